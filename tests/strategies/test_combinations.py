"""Accepted edges of many members go into one request, each as it would be alone."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Operation, operation, operations
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Level
from strategies.boundaries import edges
from strategies.combinations import Combination, combinations
from strategies.examples import is_conditional, plain_arguments

TESTED = [c for c in constraints(Direction.INPUT) if catalogue()[c.id].untested is None]
EACH = [pytest.param(each, id=name) for name, each in operations().items()]


def _of(subject: Operation) -> list[Combination]:
    return list(combinations(subject, TESTED))


@pytest.mark.parametrize("subject", EACH)
def test_each_edge_is_as_it_would_be_alone(subject: Operation) -> None:
    for together in _of(subject):
        for part in together.parts:
            plain, alone = plain_arguments(subject), part.edge.arguments
            changed = {name for name in alone if name not in plain or alone[name] != plain[name]}
            assert changed
            for name in changed:
                assert _has(together.arguments[name], alone[name], part.requirement)


def _has(together: Any, alone: Any, requirement: str) -> bool:
    """Whether a member of a combination is as `alone`, or has what the edge is about among other things."""
    if together == alone or not isinstance(alone, dict):
        return bool(together == alone)
    if requirement.startswith("StartWebRTCContact.AllowedCapabilities."):
        child = requirement.split(".")[2]
        return child not in alone or _holds(together.get(child), alone[child])
    return all(any(_holds(entry, value) for entry in together.values()) for value in alone.values())


def _holds(together: Any, alone: Any) -> bool:
    if isinstance(together, dict) and isinstance(alone, dict):
        return all(name in together and _holds(together[name], value) for name, value in alone.items())
    return bool(together == alone)


def test_null_for_many_members_goes_into_few_requests() -> None:
    nulls = [each for each in _of(operation("StartChatContact")) if _kind(each.parts[0].requirement) == "null"]
    assert len(nulls) == 2
    inner = next(each.arguments["SegmentAttributes"] for each in nulls if each.arguments["SegmentAttributes"])
    assert inner["connect:Subtype"] == {
        "ValueString": "connect:Guide",
        **dict.fromkeys(("ValueMap", "ValueInteger", "ValueList", "ValueArn")),
    }


def test_entries_of_a_map_go_together_under_keys_of_their_own() -> None:
    references = next(c.arguments["References"] for c in _of(operation("StartWebRTCContact")) if c.musts)
    assert {"Type": "URL"} in references.values()
    assert {"Type": "NUMBER", "Value": "42"} in references.values()
    assert len(references) > 20


def test_attributes_together_are_no_larger_than_they_may_be() -> None:
    for subject in (operation("StartChatContact"), operation("StartWebRTCContact")):
        for together in _of(subject):
            texts = (together.arguments.get("Attributes") or {}).items()
            assert sum(len(key.encode()) + len(value.encode()) for key, value in texts) <= 32_768


def test_what_needs_a_member_absent_goes_with_nothing_that_has_it() -> None:
    for together in _of(operation("StartWebRTCContact")):
        names = {(part.requirement, part.edge.name) for part in together.parts}
        if ("StartWebRTCContact.AllowedCapabilities.Agent.optional", "absent") in names:
            assert "Agent" not in together.arguments["AllowedCapabilities"]


@pytest.mark.parametrize("subject", EACH)
def test_nothing_is_combined_that_may_lawfully_be_refused(subject: Operation) -> None:
    for together in _of(subject):
        plain = plain_arguments(subject)
        sent = {name for name, value in together.arguments.items() if value is not None and name not in plain}
        assert not [name for name in sent if is_conditional(subject.name, name)]
        assert "ClientToken" not in sent
        assert all(part.edge.accepted and part.edge.depends_on is None for part in together.parts)


def test_null_unknown_members_and_musts_are_kept_apart() -> None:
    for together in _of(operation("StartChatContact")):
        kinds = {_kind(part.requirement) for part in together.parts}
        apart = {ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER}
        assert len(kinds) == 1 or not kinds & apart
        assert together.musts == all(catalogue()[part.requirement].level is Level.MUST for part in together.parts)


def _kind(requirement: str) -> ConstraintKind:
    return next(c.kind for c in TESTED if c.id == requirement)


def _accepted_edges(subject: Operation) -> list[tuple[Constraint, str]]:
    own = (c for c in TESTED if c.operation.name == subject.name)
    return [(constraint, edge.name) for constraint in own for edge in edges(constraint) if edge.accepted]


def test_few_requests_carry_many_edges() -> None:
    subject = operation("StartChatContact")
    carried = [(part.requirement, part.edge.name) for together in _of(subject) for part in together.parts]
    assert len(carried) == len(set(carried))
    assert len(carried) > 0.7 * len(_accepted_edges(subject))
    assert len(_of(subject)) * 5 < len(carried)
