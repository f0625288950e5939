"""The model's constraints at any depth: required members, JSON types, lengths, ranges, sizes, enums, patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.model import Kind, Location, Member, Operation
from conformance.reference.errors import bad_value, malformed


def refuse_violations(operation: Operation, shape: Member, arguments: Mapping[str, Any]) -> None:
    """Raises Refusal where an argument breaks a constraint of `shape`, the operation's input; null counts as absence.

    A wrong JSON type is a SerializationException, anything else the operation's exception for bad input.
    Header members are authentication's business.
    """
    for member in shape.members:
        if member.location is not Location.HEADER:
            _check_member(operation, member, arguments.get(member.name))


def _check_member(operation: Operation, member: Member, value: Any) -> None:
    if value is not None:
        _check(operation, member, value)
    elif member.required:
        raise bad_value(operation, f"{member.dotted} is missing.")


def _check(operation: Operation, member: Member, value: Any) -> None:
    if not _JSON_TYPES[member.kind](value):
        raise malformed(f"{member.dotted} has a wrong JSON type; a {member.kind} is due.")
    broken = _broken_limit(member, value)
    if broken:
        raise bad_value(operation, f"{member.dotted} {broken}.")
    _CHILDREN.get(member.kind, _check_nothing)(operation, member, value)


def _broken_limit(member: Member, value: Any) -> str | None:
    size = _SIZES.get(member.kind)
    if size is not None:
        measured = size(value)
        if member.minimum is not None and measured < member.minimum:
            return f"is below its minimum of {member.minimum}"
        if member.maximum is not None and measured > member.maximum:
            return f"is above its maximum of {member.maximum}"
    if member.enum and value not in member.enum:
        return f"is none of {', '.join(member.enum)}"
    if member.pattern is not None and not re.search(member.pattern, value):
        return f"does not match {member.pattern}"
    return None


def _check_structure(operation: Operation, member: Member, value: Any) -> None:
    for child in member.members:
        _check_member(operation, child, value.get(child.name))


def _check_list(operation: Operation, member: Member, value: Any) -> None:
    element = member.child("member") if member.members else None
    for entry in value:
        if entry is None:
            raise malformed(f"{member.dotted} holds a null.")
        if element is not None:
            _check(operation, element, entry)


def _check_map(operation: Operation, member: Member, value: Any) -> None:
    if not member.members:
        return
    key_member, value_member = member.child("key"), member.child("value")
    for key, entry in value.items():
        if entry is None:
            raise malformed(f"{member.dotted} holds a null.")
        _check(operation, key_member, key)
        _check(operation, value_member, entry)


def _check_nothing(operation: Operation, member: Member, value: Any) -> None:
    """A scalar has no children."""


def _is_integer(bits: int) -> Callable[[Any], bool]:
    bound = 2 ** (bits - 1)
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and -bound <= value < bound


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_a(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_JSON_TYPES: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.STRING: _is_a(str),
    Kind.INTEGER: _is_integer(32),
    Kind.LONG: _is_integer(64),
    Kind.FLOAT: _is_number,
    Kind.TIMESTAMP: _is_number,
    Kind.BOOLEAN: _is_a(bool),
    Kind.STRUCTURE: _is_a(dict),
    Kind.MAP: _is_a(dict),
    Kind.LIST: _is_a(list),
}
_SIZES: Mapping[Kind, Callable[[Any], Any]] = dict.fromkeys((Kind.STRING, Kind.LIST, Kind.MAP), len) | dict.fromkeys(
    (Kind.INTEGER, Kind.LONG, Kind.FLOAT), lambda number: number
)
_CHILDREN: Mapping[Kind, Callable[[Operation, Member, Any], None]] = {
    Kind.STRUCTURE: _check_structure,
    Kind.LIST: _check_list,
    Kind.MAP: _check_map,
}
