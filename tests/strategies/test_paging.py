"""The ways to page through a transcript, judged by what the documents let a request say."""

from __future__ import annotations

import pytest
from hypothesis import find, given, settings

from conformance.contract.model import operations
from strategies.paging import PageRequest, page_requests

ITEMS = 7
GIVEN = operations()["GetTranscript"].input
DIRECTIONS, ORDERS = (frozenset(GIVEN.child(name).enum) for name in ("ScanDirection", "SortOrder"))


@given(request=page_requests(ITEMS))
def test_each_request_is_one_that_the_documents_allow(request: PageRequest) -> None:
    """Every request names an item of the chat, a size within MaxResults, and a known direction and order."""
    place, size, direction, order = request
    assert place is None or 0 <= place < ITEMS
    assert 1 <= size <= (GIVEN.child("MaxResults").maximum or 0)
    assert direction in DIRECTIONS
    assert order in ORDERS


@given(request=page_requests(ITEMS))
def test_forward_always_has_a_start(request: PageRequest) -> None:
    """FORWARD without a StartPosition is refused, so it is never drawn."""
    place, _, direction, _ = request
    assert place is not None or direction == "BACKWARD"


@pytest.mark.parametrize("direction", sorted(DIRECTIONS))
@pytest.mark.parametrize("order", sorted(ORDERS))
@pytest.mark.parametrize("place", [0, ITEMS - 1])
@pytest.mark.parametrize("size", [1, ITEMS + 1])
def test_edges_in_every_direction_and_order_can_be_drawn(direction: str, order: str, place: int, size: int) -> None:
    """The first and the last item, the smallest page and one that holds more than all occur both ways."""
    wanted = (place, size, direction, order)
    assert find(page_requests(ITEMS), lambda drawn: drawn == wanted, settings=settings(max_examples=5_000)) == wanted
