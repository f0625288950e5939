"""The fixed edges, judged by schemas that do not come from the contract."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from conformance.contract.catalogue import constraints
from conformance.contract.model import Location, operations
from conformance.contract.operation_traits import TRAITS
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.contract.resources import fill_in
from strategies.boundaries import Edge, edges
from strategies.examples import plain_arguments
from strategies.valid_requests import valid_requests
from tests.strategies.judges import botocore_accepts, without_nulls, wrongs

INPUTS = list(constraints(Direction.INPUT))


class Anything(Mapping[str, str]):
    """Resources of plausible length, without an endpoint."""

    def __getitem__(self, name: str) -> str:
        return "2026-11-21T00:00:00.000Z" if name == "message_time" else "r" * 36

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def fill(edge: Edge) -> dict[str, Any]:
    return dict(fill_in(edge.arguments, Anything()))


@cache
def all_edges() -> list[tuple[Constraint, Edge]]:
    return [(constraint, edge) for constraint in INPUTS for edge in edges(constraint)]


def breaks(constraint: Constraint, edge: Edge) -> list[str]:
    """What the independent schema says against an edge, in the first words of each."""
    arguments = without_nulls(fill(edge)) if edge.accepted else fill(edge)
    return [wrong.message[:200] for wrong in wrongs(constraint.operation.name, arguments)]


def test_an_edge_breaks_one_promise_or_none() -> None:
    found = {(constraint.id, edge.name): (edge, breaks(constraint, edge)) for constraint, edge in all_edges()}
    assert {place: broken for place, (edge, broken) in found.items() if len(broken) != (not edge.accepted)} == {}


def test_botocore_would_send_what_must_be_accepted() -> None:
    accepted = [(c, edge) for c, edge in all_edges() if edge.accepted and c.kind is not ConstraintKind.UNKNOWN_MEMBER]
    refused = [pair for pair in accepted if not botocore_accepts(pair[0].operation.name, without_nulls(fill(pair[1])))]
    assert [(constraint.id, edge.name) for constraint, edge in refused] == []


@pytest.mark.parametrize("name", sorted(operations()))
def test_valid_requests_are_valid(name: str) -> None:
    for edge in valid_requests(operations()[name]):
        assert wrongs(name, fill(edge)) == []
        assert botocore_accepts(name, fill(edge))


def test_every_operation_has_a_plain_request() -> None:
    assert set(TRAITS) == set(operations())


def test_plain_arguments_are_the_callers_own() -> None:
    first = plain_arguments(operations()["StartChatContact"])
    first["ParticipantDetails"]["DisplayName"] = "changed"
    assert plain_arguments(operations()["StartChatContact"])["ParticipantDetails"]["DisplayName"] == "Ann"


def test_every_input_limit_is_refused_outside() -> None:
    """Refusing is derived for every input constraint; a limit of zero has no outside."""
    only_accepted = (ConstraintKind.NULL, ConstraintKind.OPTIONAL, ConstraintKind.UNKNOWN_MEMBER)
    outside = [c for c in INPUTS if c.kind not in only_accepted]
    outside = [c for c in outside if not (c.kind is ConstraintKind.LENGTH_MIN and c.limit == 0)]
    assert [c.id for c in outside if all(edge.accepted for edge in edges(c))] == []


def test_the_exact_limits_are_sent() -> None:
    """The documented limits of the models, typed in by hand."""
    sent = {c.id: {e.name: e.accepted for e in edges(c)} for c in INPUTS}
    assert sent["SendMessage.Content.length-max"] == {"16385 code points": False, "16384 code points": True}
    assert sent["StartChatContact.ClientToken.length-max"] == {
        "501 code points": False,
        "500 code points": True,
        "500 code points of 4 bytes": True,
    }
    assert sent["GetAttachment.UrlExpiryInSeconds.range-min"] == {"4": False, "5": True}
    assert sent["GetAttachment.UrlExpiryInSeconds.range-max"] == {"301": False, "300": True}
    assert sent["StartChatContact.ChatDurationInMinutes.range-max"] == {"10081": False, "10080": True}
    assert sent["GetTranscript.MaxResults.range-min"] == {"-1": False, "1": True}
    assert sent["StartChatContact.ConnectionTypes.size-max"] == {"3 entries": False, "2 entries": True}


def test_no_accepted_edge_breaks_the_limit_of_attribute_bytes() -> None:
    """32,768 UTF-8 bytes over all keys and values (StartChatContact, Attributes)."""
    for constraint in INPUTS:
        for edge in edges(constraint):
            attributes = edge.arguments.get("Attributes")
            if edge.accepted and isinstance(attributes, dict):
                total = sum(len(text.encode()) for pair in attributes.items() for text in pair if text is not None)
                assert total <= 32_768, (constraint.id, edge.name)


def test_no_accepted_edge_breaks_the_limit_of_content_bytes() -> None:
    """16,384 bytes for all content types (SendMessage, Content)."""
    for constraint in INPUTS:
        for edge in edges(constraint):
            content = edge.arguments.get("Content")
            if edge.accepted and isinstance(content, str):
                assert len(content.encode()) <= 16_384


def test_what_is_too_long_for_an_arn_is_an_arn() -> None:
    """An endpoint that knows an ARN by its form would refuse any other text, and so hide a wrong limit."""
    arns = {
        f"{c.operation.name}.{c.member.dotted}": next(iter(edges(c))).arguments
        for c in INPUTS
        if c.kind is ConstraintKind.LENGTH_MAX and c.member.name in ("StreamingEndpointArn", "ValueArn")
    }
    assert len(arns) == 4
    assert all("arn:aws:sns:us-east-1:123456789012:aaa" in str(arguments) for arguments in arns.values())


def test_header_values_survive_the_wire() -> None:
    for constraint in INPUTS:
        if constraint.member.location is Location.HEADER:
            for edge in edges(constraint):
                value = fill(edge).get(constraint.member.name, "")
                assert value == value.strip()
                assert value.isascii()


def test_numbers_stay_finite() -> None:
    assert all(math.isfinite(c.limit) for c in INPUTS if isinstance(c.limit, int | float))


@pytest.mark.parametrize(
    ("requirement", "tried"),
    [
        ("SendMessage.Content.type", ["number", "true", "object", "array"]),
        ("GetTranscript.MaxResults.type", ["fraction", "true", "text", "object", "array"]),
        ("GetTranscript.StartPosition.type", ["number", "text", "array"]),
        ("StartChatContact.ConnectionTypes.type", ["number", "text", "object"]),
    ],
)
def test_wrong_types_that_no_reader_tells_apart_are_sent_once(requirement: str, tried: list[str]) -> None:
    constraint = next(constraint for constraint in INPUTS if constraint.id == requirement)
    assert [edge.name for edge in edges(constraint) if not edge.accepted] == tried
