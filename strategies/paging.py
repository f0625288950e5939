"""Ways to page through a transcript, drawn: where to start, how large a page is, which way, in which order."""

from __future__ import annotations

from hypothesis import strategies as st

PageRequest = tuple[int | None, int, str, str]


def page_requests(items: int) -> st.SearchStrategy[PageRequest]:
    """Start (the place of one of `items`, or None for the end), page size, ScanDirection and SortOrder.

    Without a start only BACKWARD is lawful (GetTranscript.ScanDirection.forward-needs-start).
    """
    sizes, orders = st.integers(1, items + 1), st.sampled_from(("ASCENDING", "DESCENDING"))
    directions = st.sampled_from(("FORWARD", "BACKWARD"))
    from_end = st.tuples(st.none(), sizes, st.just("BACKWARD"), orders)
    return st.one_of(st.tuples(st.integers(0, items - 1), sizes, directions, orders), from_end)
