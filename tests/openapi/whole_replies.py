"""Successful replies with every documented member, and the same with one member spoilt."""

from __future__ import annotations

import copy
from typing import Any

from conformance.contract.model import Kind, Member, operations
from conformance.contract.requirements import Constraint, ConstraintKind
from strategies.violations import wrong_types

TIME = "2026-01-31T12:00:00.000Z"
IDENTIFIER = "00000000-0000-4000-8000-00000000000e"
ABSENT = object()
_NO_TIMES = ("2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00", f"{TIME}\n", "soon")
# Members whose pattern, or whose items' rules, plain letters do not keep.
_TEXTS = {
    "WebRTCConnection.Meeting.MeetingId": IDENTIFIER,
    "Websocket.Url": "wss://example.com",
    "AuthenticationUrl": "https://example.com/oauth2/authorize",
    "Contact.GlobalResiliencyMetadata.TrafficDistributionGroupId": IDENTIFIER,
}


def whole(name: str) -> dict[str, Any]:
    """A reply of the operation `name` in which each member stands, but for one of two that exclude each other."""
    reply: dict[str, Any] = _value(operations()[name].output)
    if name == "GetTranscript":
        for item in reply["Transcript"]:
            del item["RelatedContactId"]
            item["Type"] = "ATTACHMENT"
    return reply


def _value(member: Member) -> Any:
    if member.kind is Kind.STRUCTURE:
        return {below.wire_name or below.name: _value(below) for below in member.members}
    if member.kind is Kind.LIST:
        return [_value(member.child("member"))]
    if member.kind is Kind.MAP:
        return {_value(member.child("key")): _value(member.child("value"))}
    if member.kind is Kind.STRING:
        return _text(member)
    return True if member.kind is Kind.BOOLEAN else int(member.minimum or 1)


def _text(member: Member) -> str:
    if "ISO 8601" in member.documentation or member.name.endswith("Timestamp"):
        return TIME
    return _TEXTS.get(member.dotted) or (member.enum[0] if member.enum else "a" * max(1, int(member.minimum or 1)))


def spoilt(constraint: Constraint) -> list[dict[str, Any]]:
    """Whole replies that break one output constraint, in each way there is."""
    found = []
    for value in _spoiling(constraint):
        reply = whole(constraint.operation.name)
        _put(reply, constraint.member.path, value)
        found.append(reply)
    return found


def _spoiling(constraint: Constraint) -> list[Any]:
    limit, kind = constraint.limit, constraint.kind
    if kind is ConstraintKind.PRESENT:
        return [ABSENT, None]
    if kind is ConstraintKind.TYPE:
        return [None] * (constraint.member.name in ("member", "value")) + _of_wrong_type(constraint.member)
    ways: dict[ConstraintKind, Any] = {
        ConstraintKind.LENGTH_MIN: lambda: ["a" * (limit - 1)],
        ConstraintKind.LENGTH_MAX: lambda: ["a" * (limit + 1), "\U0001f600" * (limit + 1)],
        ConstraintKind.RANGE_MIN: lambda: [limit - 1],
        ConstraintKind.RANGE_MAX: lambda: [limit + 1],
        ConstraintKind.SIZE_MIN: lambda: [_of_size(constraint, limit - 1)],
        ConstraintKind.SIZE_MAX: lambda: [_of_size(constraint, limit + 1)],
        ConstraintKind.ENUM: lambda: ["SOMETHING_NEW", limit[0].lower()],
        ConstraintKind.PATTERN: lambda: ["~ "],
        ConstraintKind.TIME: lambda: [
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00+01:00",
            "soon",
        ],
        ConstraintKind.TIME_FRACTION: lambda: ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.04Z"],
    }
    found: list[Any] = ways[kind]()
    return found


def _of_wrong_type(member: Member) -> list[Any]:
    if member.kind in (Kind.TIMESTAMP, Kind.FLOAT):
        return [TIME, True, {}]
    return list(wrong_types(member).values())


def _of_size(constraint: Constraint, size: int) -> Any:
    if constraint.member.kind is Kind.LIST:
        return [_value(constraint.member.child("member"))] * size
    return {f"key{number}": _value(constraint.member.child("value")) for number in range(size)}


def _put(reply: Any, path: tuple[str, ...], value: Any) -> None:
    """Set the member at `path`, the last element or entry below lists and maps, or take it out."""
    container = reply
    for name in path[:-1]:
        container = container[{"member": -1, "value": next(iter(container), None)}.get(name, name)]
    last: Any = {"member": -1, "value": next(iter(container), None)}.get(path[-1], path[-1])
    if path[-1] == "key":
        container[value] = copy.deepcopy(container.pop(next(iter(container))))
    elif value is ABSENT:
        del container[last]
    else:
        container[last] = value
