"""Does a pytest run ask for the suite, and would an import give this copy of it?

A project may have packages of the same names. What they are called by in a run is theirs, unless that run asks for
this suite.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).parents[1]  # the clone, or the folder that the wheel was installed in
PACKAGE = HOME / "conformance"
PARTS = ("conformance", "strategies", "reports")
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def names_suite(arguments: Iterable[str], directory: Path, *, by_module: bool) -> bool:
    """Whether one of pytest's `arguments` means this package, something in it, or a folder that pytest finds it in.

    They count from `directory`; with `by_module` they may be names of modules too, as under ``--pyargs``. A folder
    that holds the package only as part of an environment is somebody else's.
    """
    return any(_is_suite(argument.split("::", 1)[0], directory, by_module=by_module) for argument in arguments)


def _is_suite(name: str, directory: Path, *, by_module: bool) -> bool:
    if by_module and names_package(name):
        return hider_of(PACKAGE.name) is None
    path = Path(os.path.abspath(directory / name))  # noqa: PTH100 - links stay as given
    if path.is_relative_to(PACKAGE):
        return True
    return PACKAGE.is_relative_to(path) and not _INSTALLED.intersection(PACKAGE.relative_to(path).parts)


def names_path(arguments: Iterable[str], directory: Path, place: Path) -> bool:
    """Whether one of `arguments`, which count from `directory`, is `place` or lies in it."""
    return any((directory / argument.split("::", 1)[0]).resolve().is_relative_to(place) for argument in arguments)


def names_package(module: str) -> bool:
    """Whether the dotted name `module` lies in a package called like this one, whoever's it is."""
    return module.split(".", 1)[0] == PACKAGE.name


def hidden_parts() -> Iterator[str]:
    """A sentence for each part of the suite that something else hides, with the place of both."""
    for part in PARTS:
        place = hider_of(part)
        if place is not None:
            yield f"the package {part} of {place} hides that of the suite in {HOME}"


def hider_of(part: str) -> str | None:
    """The place of what ``import part`` gives or gave instead of this copy's; None where it is this copy's."""
    try:
        spec = find_spec(part)
    except ValueError:  # a module that was put together at run time is there already
        return "a module without a file"
    if spec is None:
        return "nowhere"
    place = next(iter(spec.submodule_search_locations or ()), str(spec.origin))
    return None if Path(place).resolve() == (HOME / part).resolve() else place


class OthersFirst:
    """An import finder that prefers any other package of a part's name to this copy's, wherever it lies on the path.

    Python itself would take this copy's for a project's folder without ``__init__.py``.
    """

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What another place has under `name`; None leaves the search to Python."""
        if name not in PARTS or path is not None:
            return None
        others = [place for place in sys.path if Path(place).resolve() != HOME.resolve()]
        found = PathFinder.find_spec(name, others, target)
        return found if found and _holds_python(found) else None


def _holds_python(found: ModuleSpec) -> bool:
    """Whether `found` is more than a folder of other things that happens to have the name."""
    folders = [Path(place) for place in found.submodule_search_locations or ()]
    return found.origin is not None or any(next(folder.rglob("*.py"), None) for folder in folders)


OTHERS_FIRST = OthersFirst()


def default_arguments(testpaths: Sequence[str], directory: Path, root: Path) -> list[str]:
    """What pytest takes where no argument names a place: the configured paths in the root, else where it was called."""
    return list(testpaths) if testpaths and directory == root else [str(directory)]
