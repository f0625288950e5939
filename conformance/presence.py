"""Whether a pytest run is about this suite at all.

The plugin is loaded in every pytest run of its environment; in a run that is about something else it must do nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).parent
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def names_suite(arguments: Sequence[str], directory: Path, *, by_module: bool) -> bool:
    """Whether one of pytest's `arguments` means this package, something in it, or a folder that pytest finds it in.

    They count from `directory`; with `by_module` they may be names of modules too, as under ``--pyargs``. A folder
    that holds the package only as part of an environment is somebody else's.
    """
    return any(_is_suite(argument.split("::", 1)[0], directory, by_module=by_module) for argument in arguments)


def _is_suite(name: str, directory: Path, *, by_module: bool) -> bool:
    if by_module and name.split(".", 1)[0] == PACKAGE.name:
        return True
    path = Path(os.path.abspath(directory / name))  # noqa: PTH100 - links stay as given
    if path.is_relative_to(PACKAGE):
        return True
    return PACKAGE.is_relative_to(path) and not _INSTALLED.intersection(PACKAGE.relative_to(path).parts)


def may_name_suite(command_line: Sequence[str], directory: Path) -> bool:
    """The same of a command line that nobody has parsed yet; true too often rather than too seldom."""
    words = [word for word in command_line if not word.startswith("-")]
    return names_suite([*words, "."], directory, by_module="--pyargs" in command_line)
