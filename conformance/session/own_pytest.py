"""pytest, called by `connect-conformance run`: it reads nothing of the directory that it is called in.

No configuration, no conftest, no plugin but those that the suite needs, no variable that adds options, and no module
of that directory in place of an installed one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from connect_conformance_pytest.activation import HOME, PACKAGE
from connect_conformance_pytest.options import BY_COMMAND

PLUGINS = ("hypothesispytest", "metadata", "html", "conformance.plugin")  # by the names of their entry points
SPREADING = ("xdist", "no:terminaldistreporter")  # the latter counts tests and processes
ALONE = (
    *("-c", os.devnull, f"--rootdir={HOME}", "--noconftest", "--import-mode=importlib"),
    *("--disable-plugin-autoload", "-p", "no:cacheprovider", "-p", "no:warnings", "-qq"),
    "--assert=plain",  # checks are no assertions; pytest would look into each module that is imported for some
)


def run_suite(options: Sequence[str], processes: int | None = None) -> int:
    """Run the whole suite with `options`, spread over so many `processes`; returns the exit code."""
    leave_directory_out()
    plugins = (*PLUGINS, *SPREADING) if processes else PLUGINS
    spread = [f"--numprocesses={processes}"] if processes else []
    loaded = [word for name in plugins for word in ("-p", name)]
    return int(pytest.main([*ALONE, *loaded, *spread, BY_COMMAND, *options, str(PACKAGE)]))


def leave_directory_out() -> None:
    """Take what belongs to the directory at hand, and to other runs of pytest, out of this process and its children."""
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]
    os.environ["PYTHONSAFEPATH"] = "1"  # the processes that pytest-xdist starts would look there first
    if Path.cwd().resolve() != HOME.resolve():
        sys.path[:] = [place for place in sys.path if not _is_here(place)]


def _is_here(place: str) -> bool:
    return Path(place or ".").resolve() == Path.cwd().resolve()
