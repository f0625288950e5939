"""Stands in for venv: makes a real environment, without the seconds that it takes to put pip into it."""

from __future__ import annotations

import os
import sys

os.execv(sys.executable, [sys.executable, "-I", "-m", "venv", "--without-pip", *sys.argv[1:]])  # noqa: S606 - no shell
