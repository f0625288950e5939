"""Runs a printed script as its reader would: in a separate process, with what it prints before the reader's eyes."""

from __future__ import annotations

import subprocess
import sys


def run_standalone(script: str) -> int:
    """Run `script` and return how it ended: 1 while the promise is broken, 0 when it is kept, 2 where it cannot tell.

    It finds keys and addresses in this process's environment, as it would find them in its reader's.
    """
    done = subprocess.run([sys.executable, "-P", "-"], input=script, text=True, encoding="utf-8", check=False)
    return done.returncode if done.returncode in (0, 1) else 2
