"""Parts of a long text: its beginning, and the places that a sentence about it names.

A reply that shows a missing message may hold a hundred others. What decides is never cut away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

AROUND = 120  # code points on each side of a value that decides
PLACES = 4  # of them
_QUOTED = re.compile(r'"((?:[^"\\]|\\.){4,400})"')
_NAME = re.compile(r"[\w-]{16,}")  # ids, tokens' marks and the like


def deciding_values(*sentences: str | None) -> tuple[str, ...]:
    """The values that `sentences` about a reply name: quoted texts and ids, the longest first."""
    text = " ".join(filter(None, sentences))
    found = dict.fromkeys([*_QUOTED.findall(text), *_NAME.findall(text)])
    return tuple(sorted(found, key=len, reverse=True))


def excerpt(text: str, limit: int, values: Sequence[str] = ()) -> str:
    """`text` in about `limit` code points, with the places where the first of `values` stand; notes say what is cut."""
    if len(text) <= limit:
        return text
    places = [at for value in values if (at := text.find(value)) >= 0][:PLACES]
    around = sorted((max(0, at - AROUND), min(len(text), at + AROUND)) for at in places)
    spans = list(_merge([(0, limit), *around]))
    shown = sum(end - start for start, end in spans)
    parts = "… [left out] …".join(text[start:end] for start, end in spans)
    more = "" if spans[-1][1] == len(text) else "…"
    return f"{parts}{more} [cut: {len(text) - shown:,} of {len(text):,} code points not shown]"


def _merge(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """`spans`, which are in order, those that touch made one."""
    start, end = spans[0]
    for another, its_end in spans[1:]:
        if another <= end:
            end = max(end, its_end)
        else:
            yield start, end
            start, end = another, its_end
    yield start, end


def reach(text: str, limit: int, values: Sequence[str] = ()) -> int:
    """How much of the beginning of `text` holds what decides: `limit` code points, or more."""
    places = [at for value in values if (at := text.find(value)) >= 0][:PLACES]
    return max([limit, *(at + AROUND for at in places)])
