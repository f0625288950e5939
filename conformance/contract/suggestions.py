"""Names that somebody may have meant: what a message about an unknown name offers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

_WILDCARDS = frozenset("*?[")
_PART = re.compile(r"[.-]")
_MOST = 3


def did_you_mean(glob: str, names: Collection[str]) -> str:
    """The end of a sentence about a glob that matches none of `names`: "did you mean A or B?"; empty if none is near.

    For a glob with wildcards, or a single word such as an operation, globs are offered, each of which matches a name.
    """
    lowered = {_fold(candidate): candidate for candidate in _candidates(glob, names)}
    near = difflib.get_close_matches(_fold(glob), lowered, n=_MOST, cutoff=0.75)
    return f"did you mean {' or '.join(lowered[one] for one in near)}?" if near else ""


def unmatched_globs(globs: Collection[str], names: Collection[str]) -> list[str]:
    """Those of `globs` that match none of `names`."""
    return [glob for glob in globs if not any(fnmatchcase(name, glob) for name in names)]


def _fold(name: str) -> str:
    return name.lower()


def _candidates(glob: str, names: Collection[str]) -> Iterator[str]:
    yield from names
    if _WILDCARDS.intersection(glob):
        for name in names:
            yield from (f"{name[: part.end()]}*" for part in _PART.finditer(name))
    elif "." not in glob:
        yield from (f"{name.partition('.')[0]}.*" for name in names if "." in name)
