"""A pytest run that has collected the suite's tests without the suite's plugin, which was switched off."""

from __future__ import annotations

import sys

import pytest

from conformance.results.verdicts import ExitCode

PLUGIN = "conformance.plugin"


def refuse() -> None:
    """End such a run: every test would fail for want of its fixtures, with the exit code of a broken promise."""
    if "conformance.session.hooks" not in sys.modules:
        pytest.exit(f"the suite's plugin is switched off: call pytest with -p {PLUGIN}", returncode=ExitCode.USAGE)
