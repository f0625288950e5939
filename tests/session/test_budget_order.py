from __future__ import annotations

import pytest

from conformance.engine.depth import Edges
from conformance.session import coverage_order
from conformance.session.budget_order import USUAL_PRICE, best_order, musts_within
from conformance.session.coverage_order import Cost, by_coverage

SENDS, STARTS, STARTS_TOO = (f"operations/a.py::test_{name}" for name in ("sends", "starts", "starts_too"))
COSTS = {SENDS: Cost(15, 0), STARTS: Cost(10, 1), STARTS_TOO: Cost(10, 1)}
TESTS = {
    SENDS: ("SendMessage.Content.bytes-max",),
    STARTS: ("SendMessage.Id.unique",),
    STARTS_TOO: ("StartChatContact.ContactId.unique",),
}


@pytest.fixture(autouse=True)
def costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test costs what stands in COSTS."""
    monkeypatch.setattr(coverage_order, "_table", lambda _: COSTS)


def test_a_contact_counts_for_little_where_the_requests_run_out_first() -> None:
    maxima = Cost(20, 9)
    assert musts_within(by_coverage(TESTS, USUAL_PRICE), TESTS, maxima, Edges.ALL) == 1
    assert best_order(TESTS, maxima, Edges.ALL) == (STARTS, STARTS_TOO, SENDS)


def test_a_contact_counts_for_much_where_the_contacts_run_out_first() -> None:
    assert best_order(TESTS, Cost(100, 1), Edges.ALL)[0] == SENDS


def test_what_does_not_fit_is_passed_over() -> None:
    assert musts_within([STARTS, SENDS, STARTS_TOO], TESTS, Cost(20, 9), Edges.ALL) == 2
