"""The command that runs a module of this very copy of the suite in a separate process.

``python -m`` would look in the working directory first, where a project may have a package of the same name, and
would take over whoever's wish that warnings are errors.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[2]
_RUN = (
    "import runpy, sys; home = sys.argv.pop(1); sys.path[:0] = [] if home in sys.path else [home]; "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def command_of(module: str, *arguments: str) -> list[str]:
    """The words that run `module`, the dotted name of one of ours, with `arguments`."""
    return [sys.executable, "-P", "-W", "ignore", "-c", _RUN, str(HOME), module, *arguments]
