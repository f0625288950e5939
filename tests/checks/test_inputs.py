"""Which limits a request breaks: told from the contract, and held against a judge that does not read it."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.checks.inputs import broken_limits
from conformance.contract.catalogue import constraints
from conformance.contract.model import operations
from conformance.contract.requirements import ConstraintKind, Direction
from strategies.boundaries import edges
from tests.openapi.judging import fill, plain
from tests.strategies.judges import without_nulls, wrongs

KINDS = frozenset(ConstraintKind) - {ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER, ConstraintKind.PATTERN}
WITH_EDGES = [c for c in constraints(Direction.INPUT) if c.kind in KINDS and edges(c)]


def broken_ids(name: str, arguments: dict[str, Any]) -> set[str]:
    return {constraint.id for constraint, _ in broken_limits(operations()[name], arguments)}


@pytest.mark.parametrize("name", operations())
def test_a_plain_request_breaks_nothing(name: str) -> None:
    assert broken_ids(name, plain(name)) == set()


def test_an_edge_breaks_its_own_limit_or_none() -> None:
    tried = [(constraint, edge) for constraint in WITH_EDGES for edge in edges(constraint)]
    found = {(c.id, edge.name): broken_ids(c.operation.name, fill(edge.arguments)) for c, edge in tried}
    assert found == {(c.id, edge.name): set() if edge.accepted else {c.id} for c, edge in tried}


BODIES: list[tuple[str, dict[str, Any]]] = [
    ("SendMessage", {"ContentType": "", "Content": 5}),
    ("SendMessage", {"ContentType": None, "Content": "x", "Unknown": 1}),
    ("GetTranscript", {"MaxResults": 101, "SortOrder": "UP", "StartPosition": []}),
    ("CreateParticipantConnection", {"Type": []}),
    ("CreateParticipantConnection", {"Type": ["WEBSOCKET", 5, "SOCKET"], "ConnectParticipant": "yes"}),
    ("UpdateContactAttributes", {"Attributes": {"": 1, "k" * 32768: "v"}}),
    ("StopContact", {"DisconnectReason": {"Code": True}}),
]


@pytest.mark.parametrize(("name", "body"), BODIES)
def test_a_request_breaks_as_many_members_as_the_models_say(name: str, body: dict[str, Any]) -> None:
    arguments = {**plain(name), **body}
    kinds = [constraint.kind for constraint, _ in broken_limits(operations()[name], arguments)]
    assert kinds
    assert len(kinds) == len(wrongs(name, without_nulls(arguments)))
