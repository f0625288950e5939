from __future__ import annotations

import io
from unittest.mock import MagicMock

import pytest

from conformance.endpoint.budget import Budget
from conformance.engine.depth import DEPTHS
from conformance.engine.verifier import NotVerified
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.session.left_out_tests import LeftOutTests, has_to_choose

MUST, RECORD = "SendMessage.Id.unique", "SendMessage.request.wrong-path"
SHOULD, OTHER_SHOULD = "SendMessage.AbsoluteTime.when-sent", "SendMessage.AbsoluteTime.never-back"
SCENARIO = "conformance/operations/test_x.py::test_of_tomorrow"
DERIVED = "conformance/protocol/test_members.py::test_of_tomorrow[SendMessage.Id.unique]"
OPEN = "conformance/protocol/test_members.py::test_of_tomorrow[SendMessage.request.wrong-path]"


def left_out(budget: Budget | None = None, *, depth: str = "aws", asked: bool = False) -> LeftOutTests:
    return LeftOutTests(Recorder(Ledger(io.StringIO())), budget or Budget(), DEPTHS[depth], asked)


def test_a_promise_that_was_shown_is_not_shown_again() -> None:
    found = left_out()
    found.check(SCENARIO, [MUST])
    found.recorder.record_kept(MUST, "scenario")
    found.end([MUST])
    with pytest.raises(NotVerified, match="left out at this depth"):
        found.check(SCENARIO, [MUST])
    found.check(DERIVED, [MUST])
    assert not found.recorder.records[MUST].outcomes[Outcome.UNTESTED]


def test_a_promise_that_could_not_be_judged_is_tried_by_the_next_test() -> None:
    found = left_out()
    found.recorder.note(MUST, Outcome.INCONCLUSIVE, "throttled", "scenario")
    found.end([MUST])
    found.check(SCENARIO, [MUST])


def test_what_documents_leave_open_is_left_out_unless_asked_for() -> None:
    left_out(asked=True).check(OPEN, [RECORD])
    found = left_out()
    with pytest.raises(NotVerified):
        found.check(OPEN, [RECORD])
    assert found.recorder.records[RECORD].outcomes == {Outcome.UNTESTED: 1}


def test_a_should_that_costs_much_is_left_out_unless_asked_for_or_beside_a_must() -> None:
    found = left_out()  # a test in no table costs 12 requests
    with pytest.raises(NotVerified, match="left out at this depth"):
        found.check(SCENARIO, [SHOULD])
    assert found.recorder.records[SHOULD].outcomes == {Outcome.UNTESTED: 1}
    found.check(SCENARIO, [MUST, SHOULD])
    found.check(SCENARIO, [SHOULD, OTHER_SHOULD])
    left_out(asked=True).check(SCENARIO, [SHOULD])
    left_out(depth="smoke").check(SCENARIO, [SHOULD])


def test_a_test_that_the_maxima_leave_no_room_for_is_not_begun() -> None:
    left_out(Budget(max_requests=20, max_contacts=5), depth="smoke").check(SCENARIO, [MUST])
    for budget, option in ((Budget(max_requests=11), "--max-requests"), (Budget(max_contacts=2), "--max-contacts")):
        found = left_out(budget, depth="smoke")
        with pytest.raises(NotVerified, match=f"more than {option} leaves"):
            found.check(SCENARIO, [MUST])
        assert found.recorder.records[MUST].outcomes == {Outcome.INCONCLUSIVE: 1}


def test_what_another_test_shows_is_not_unseen_for_want_of_this_one() -> None:
    shown_elsewhere, own = "DescribeContact.output.Contact.Campaign.type", "Protocol.success.content-type"
    found = left_out(Budget(max_requests=0), depth="smoke")
    found.recorder.note(shown_elsewhere, Outcome.NOT_APPLICABLE, "no reply gave occasion to it", "edge")
    schema = "conformance/protocol/test_schema.py::test_of_tomorrow[DescribeContact]"
    with pytest.raises(NotVerified):
        found.check(schema, [shown_elsewhere, own])
    assert found.recorder.records[shown_elsewhere].outcomes == {Outcome.NOT_APPLICABLE: 1}
    assert found.recorder.records[own].outcomes == {Outcome.INCONCLUSIVE: 1}


@pytest.mark.parametrize(
    ("requests", "contacts", "depth", "chooses"),
    [
        (None, None, "smoke", False),
        (None, None, "aws", True),
        (1500, None, "smoke", True),
        (None, 60, "smoke", True),
    ],
)
def test_a_run_chooses_among_its_tests_where_it_has_maxima_or_pays_for_each_request(
    requests: int | None, contacts: int | None, depth: str, *, chooses: bool
) -> None:
    options = MagicMock(depth=DEPTHS[depth])
    options.__getitem__.side_effect = {"--max-requests": requests, "--max-contacts": contacts}.__getitem__
    assert has_to_choose(options) is chooses
