"""Which requirements a test claims, and which tests a run holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import ConstraintKind, Direction
from conformance.scenario.markers import (
    claims_of,
    each_constraint,
    each_requirement,
    in_scope,
    running_order,
    runs_alone,
    session_turn,
    verifies,
    verifies_each,
)
from tests.contract.service_models import ALL_OPERATIONS, INTEGERS, nodes, operation_model


class Item:
    """As much of a pytest item as claims need."""

    def __init__(self, *marks: pytest.MarkDecorator, nodeid: str = "test_x.py::test_y") -> None:
        self.marks, self.nodeid = [mark.mark for mark in marks], nodeid

    def iter_markers(self, name: str) -> Iterable[pytest.Mark]:
        return [mark for mark in self.marks if mark.name == name]

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(iter(self.iter_markers(name)), None)


def item(*marks: pytest.MarkDecorator) -> pytest.Item:
    return cast("pytest.Item", Item(*marks))


def cases(decorator: Callable[..., Any], argument: str = "requirement") -> dict[str, tuple[str, tuple[str, ...]]]:
    """The cases that a decorator makes: by their id, what the test is given and what each case claims."""

    def test(**_: Any) -> None: ...

    (mark,) = decorator(test).pytestmark
    name, parameters = mark.args
    assert name == argument
    return {
        p.id: (
            getattr(p.values[0], "id", p.values[0]),
            tuple(c for m in p.marks if m.name == "verifies" for c in m.args),
        )
        for p in parameters
    }


def test_each_constraint_is_a_case_that_claims_its_requirement() -> None:
    found = cases(each_constraint(ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX), "constraint")
    assert {given for given, _ in found.values()} == set(found)
    assert {claims for _, claims in found.values()} == {(rid,) for rid in found}
    assert set(found) == {
        ".".join((name, *node.path, f"range-{bound}"))
        for name in ALL_OPERATIONS
        for node in nodes(operation_model(name).input_shape)
        for bound in ("min", "max")
        if node.shape.type_name in INTEGERS and bound in node.shape.metadata
    }


def test_a_constraint_that_nothing_can_show_is_no_case() -> None:
    assert "DescribeView.ViewToken.length-max" in cases(each_constraint(ConstraintKind.LENGTH_MAX), "constraint")
    assert "DescribeView.ViewToken.length-min" not in cases(each_constraint(ConstraintKind.LENGTH_MIN), "constraint")


def test_members_of_a_reply_are_cases_by_whether_they_stand_there_on_request() -> None:
    always = cases(each_constraint(ConstraintKind.PRESENT, direction=Direction.OUTPUT), "constraint")
    asked = cases(each_constraint(ConstraintKind.PRESENT, direction=Direction.OUTPUT, asked=True), "constraint")
    assert "SendMessage.output.Id.present" in always
    assert set(asked) == {
        "CreateParticipantConnection.output.Websocket.present",
        "CreateParticipantConnection.output.ConnectionCredentials.present",
        "StartChatContact.output.Websocket.present",
        "StartChatContact.output.ConnectionCredentials.present",
        "StartChatContact.output.StreamingId.present",
    }
    assert not set(always) & set(asked)


def test_the_form_of_a_member_that_was_asked_for_is_judged_whoever_asked() -> None:
    types = cases(each_constraint(ConstraintKind.TYPE, direction=Direction.OUTPUT), "constraint")
    assert {"StartChatContact.output.Websocket.type", "SendMessage.output.Id.type"} <= set(types)
    assert cases(each_constraint(ConstraintKind.TYPE, direction=Direction.OUTPUT, asked=True), "constraint") == {}


def test_a_family_is_a_case_on_each_operation_that_has_it() -> None:
    found = cases(each_requirement("error.body", "error.named-when-denied"))
    assert {f"{name}.error.body" for name in ALL_OPERATIONS} < set(found)
    assert "SendMessage.error.named-when-denied" in found
    assert "StopContact.error.named-when-denied" not in found
    assert all(found[rid] == (rid, (rid,)) for rid in found)


def test_a_kind_of_constraint_is_no_family() -> None:
    assert cases(each_requirement("length-max")) == {}
    # A prose rule is in the family of its facet, and is claimed by a test of its own.
    assert cases(each_requirement("bearer")) == {}


def test_each_id_of_a_list_is_a_case() -> None:
    ids = ("SendMessage.ClientToken.lost-reply", "SendEvent.ClientToken.lost-reply")
    assert cases(verifies_each("requirement", *ids)) == {rid: (rid, (rid,)) for rid in ids}


def test_a_row_of_ids_is_one_case_that_is_named_by_the_first_and_claims_all() -> None:
    row = ("SendMessage.ClientToken.one-frame", "SendMessage.ClientToken.one-transcript-item")
    assert cases(verifies_each("requirement, other", row), "requirement, other") == {row[0]: (row[0], row)}


def test_a_test_claims_the_ids_of_all_its_markers() -> None:
    one, other, third = list(catalogue())[:3]
    assert claims_of(item(verifies(one, other), pytest.mark.moves_clock, verifies(third))) == (one, other, third)
    assert claims_of(item(pytest.mark.moves_clock)) == ()


def test_a_mistyped_id_is_named_with_its_test() -> None:
    known = next(iter(catalogue()))
    with pytest.raises(pytest.UsageError) as raised:
        claims_of(item(verifies("SendMessage.no.such"), verifies(known, "Nobody.no.such")))
    assert str(raised.value) == (
        "test_x.py::test_y claims requirements that do not exist: SendMessage.no.such, Nobody.no.such"
    )


def test_what_ends_something_that_others_need_runs_last() -> None:
    cancels = next(rid for rid in catalogue() if rid.startswith("CancelParticipantAuthentication."))
    plain, cancelling = verifies("SendMessage.success.status"), verifies("SendMessage.success.status", cancels)
    orders = [running_order(item(*marks)) for marks in ([plain], [cancelling], [plain, pytest.mark.moves_clock])]
    assert orders == sorted(set(orders))
    assert running_order(item(cancelling, pytest.mark.moves_clock)) >= orders[-1]


def test_what_looks_back_at_the_starts_of_others_runs_after_them() -> None:
    cancels = next(rid for rid in catalogue() if rid.startswith("CancelParticipantAuthentication."))
    plain, looking = verifies("SendMessage.success.status"), pytest.mark.looks_back
    orders = [running_order(item(*marks))[:2] for marks in ([plain], [plain, looking], [plain, verifies(cancels)])]
    assert orders == sorted(set(orders))


def test_what_runs_alone_comes_behind_what_runs_beside_others() -> None:
    """So that the tests of a far endpoint that may be at work at once follow one another."""
    plain = verifies("SendMessage.success.status")
    orders = [running_order(item(*marks)) for marks in ([plain], [plain, pytest.mark.alone])]
    assert orders == sorted(set(orders))


def test_those_that_only_end_the_session_come_last_of_those_that_use_it() -> None:
    plain, reads = "SendMessage.success.status", "GetAuthenticationUrl.success.status"
    cancels = "CancelParticipantAuthentication.success.status"
    claims = [(plain,), (plain, reads), (reads, cancels), (cancels,)]
    items = [item(verifies(*ids)) for ids in claims]
    assert [session_turn(each) for each in items] == [0, 1, 2, 3]
    assert running_order(items[0]) == running_order(items[1]) < running_order(items[2]) < running_order(items[3])
    assert session_turn(item(verifies(cancels), pytest.mark.moves_clock)) == 0


def test_a_test_that_cannot_move_the_clock_waits_beside_others() -> None:
    moving = item(verifies("SendMessage.success.status"), pytest.mark.moves_clock)
    assert (runs_alone(moving), runs_alone(moving, clock=False)) == (True, False)


def test_a_run_holds_the_tests_that_claim_something_in_its_scope() -> None:
    here, there = "SendMessage.success.status", "SendEvent.success.status"
    first, second, third = item(verifies(here)), item(verifies(there)), item(verifies(there, here))
    assert in_scope([first, second, third], frozenset({here})) == ([first, third], [second])
