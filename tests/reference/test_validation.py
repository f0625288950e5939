"""Every limit of the models is kept, at any depth; expected values are the models' own limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.derivation import input_constraints
from conformance.contract.model import Kind, Location, Member, Operation, operation, operations
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.reference.errors import Refusal
from conformance.reference.instances import INSTANCE_ID
from conformance.reference.validation import refuse_violations
from tests.reference.account import (
    FLOW,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    SERIALIZATION,
    VALIDATION,
    Account,
    Chat,
    refusal_of,
)

WRONG_TYPES = {
    Kind.STRING: 7,
    Kind.INTEGER: "60",
    Kind.LONG: 60.0,
    Kind.BOOLEAN: "true",
    Kind.STRUCTURE: ["a"],
    Kind.MAP: "a",
    Kind.LIST: {"a": "b"},
}
BEYOND: dict[ConstraintKind, Callable[[Any], Any]] = {
    ConstraintKind.TYPE: lambda member: WRONG_TYPES[member.kind],
    ConstraintKind.LENGTH_MIN: lambda member: "a" * (int(member.minimum) - 1),
    ConstraintKind.LENGTH_MAX: lambda member: "😀" * (int(member.maximum) + 1),
    ConstraintKind.RANGE_MIN: lambda member: int(member.minimum) - 1,
    ConstraintKind.RANGE_MAX: lambda member: int(member.maximum) + 1,
    ConstraintKind.SIZE_MIN: lambda _member: [],
    ConstraintKind.SIZE_MAX: lambda member: ["WEBSOCKET"] * (int(member.maximum) + 1),
    ConstraintKind.ENUM: lambda member: member.enum[0].lower(),
    ConstraintKind.PATTERN: lambda member: "é" * int(member.minimum),
}
LIMITED = [
    constraint
    for covered in operations().values()
    for constraint in input_constraints(covered)
    if constraint.kind in BEYOND
    and constraint.member.location is not Location.HEADER
    and not (constraint.kind is ConstraintKind.LENGTH_MIN and constraint.limit == 0)
]


def around(path: tuple[str, ...], value: Any) -> Any:
    """`value` at `path` below an input, alone: nothing else that the structures could hold."""
    if not path:
        return value
    inner = around(path[1:], value)
    return {"member": [inner], "value": {"k": inner}}.get(path[0]) or {(inner if path[0] == "key" else path[0]): inner}


def relax(member: Member) -> Member:
    """The member and all below it, none of them required, so that only one thing can be wrong."""
    return replace(member, required=False, members=tuple(relax(child) for child in member.members))


def answer_beyond(constraint: Constraint) -> str:
    """The status and the member that a refusal of a value beyond the limit names."""
    member, covered = constraint.member, constraint.operation
    try:
        refuse_violations(covered, relax(covered.input), around(member.path, BEYOND[constraint.kind](member)))
    except Refusal as refusal:
        return f"{refusal.status} {refusal.message.partition(' ')[0]}"
    return "accepted"


def test_a_value_beyond_a_limit_is_refused_for_that_limit() -> None:
    """Each limit of the models, broken by one, is refused, and the message names the member."""
    found = {constraint.id: answer_beyond(constraint) for constraint in LIMITED}
    assert found == {constraint.id: f"400 {constraint.member.dotted}" for constraint in LIMITED}


@pytest.mark.parametrize("covered", operations().values(), ids=lambda covered: covered.name)
def test_each_required_member_is_required(covered: Operation) -> None:
    """Without a required top-level member of body or path the call is refused for its absence."""
    required = [m for m in covered.input.members if m.required and m.location is not Location.HEADER]
    for member in required:
        only = replace(covered.input, members=(member,))
        for arguments in ({}, {member.name: None}):
            with pytest.raises(Refusal, match=f"{member.name} is missing"):
                refuse_violations(covered, only, arguments)


def test_a_length_counts_code_points(account: Account) -> None:
    """DisplayName takes 256 code points beyond the Basic Multilingual Plane, and not 257."""
    assert account.start(ParticipantDetails={"DisplayName": "😀" * 256}).status == 200
    assert refusal_of(account.start(ParticipantDetails={"DisplayName": "😀" * 257})) == INVALID_PARAMETER


@pytest.mark.parametrize(("minutes", "status"), [(59, 400), (60, 200), (10_080, 200), (10_081, 400)])
def test_a_range_includes_its_edges(account: Account, minutes: int, status: int) -> None:
    """ChatDurationInMinutes is 60 to 10,080."""
    assert account.start(ChatDurationInMinutes=minutes).status == status


@pytest.mark.parametrize("value", [True, 60.0, "60", [60], {}])
def test_only_a_json_integer_is_an_integer(account: Account, value: object) -> None:
    """A boolean, a fraction and a text are no integers (restJson1: SerializationException)."""
    assert refusal_of(account.start(ChatDurationInMinutes=value)) == SERIALIZATION


def test_null_counts_as_absence(chat: Chat) -> None:
    """A null member is an absent one, at the top and within a structure."""
    assert chat.call("GetTranscript", MaxResults=None, StartPosition={"Id": None}).status == 200
    assert refusal_of(chat.call("SendMessage", ContentType="text/plain", Content=None)) == VALIDATION


def test_null_is_no_entry_of_a_list_or_map(account: Account) -> None:
    """A null within a list or a map is refused (restJson1's malformed lists and maps)."""
    assert refusal_of(account.start(SupportedMessagingContentTypes=["text/plain", None])) == SERIALIZATION
    assert refusal_of(account.start(Attributes={"a": None})) == SERIALIZATION


def test_unknown_members_are_ignored(account: Account) -> None:
    """A member that the model does not have changes nothing, at the top and within a structure."""
    assert account.start(Unheard=["of"], ParticipantDetails={"DisplayName": "a", "Unheard": 1}).status == 200


def test_a_pattern_is_searched(account: Account) -> None:
    """Reference.Arn begins with a letter, digit, colon, slash or dash; the pattern has no end."""
    references = {"r": {"Type": "URL", "Value": "u", "Arn": "arn:aws:s3:::" + "é" * 10}}
    started = account.call("StartWebRTCContact", **FLOW, References=references)
    assert started.status == 200


@pytest.mark.parametrize("name", ["GetContactAttributes", "CreateParticipant"])
def test_bad_input_has_an_exception_that_the_operation_declares(account: Account, name: str) -> None:
    """Two operations declare no InvalidParameterException: theirs is InvalidRequestException."""
    long: dict[str, Any] = {
        "InstanceId": INSTANCE_ID,
        "InitialContactId": "a" * 257,
        "ContactId": "a" * 257,
        "ParticipantDetails": {},
    }
    members = {member.name for member in operation(name).input.members}
    assert refusal_of(account.call(name, **{key: long[key] for key in members & set(long)})) == INVALID_REQUEST
