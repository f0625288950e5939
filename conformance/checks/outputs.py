"""Whether a successful reply has the documented members, with their types, limits and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import regex

from conformance.checks.value_text import json_text
from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import constraints
from conformance.contract.derivation import JSON_TYPES
from conformance.contract.model import Kind, Member, operation
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.contract.wire import Exchange

# ISO 8601 with T and a UTC designator, any number of fraction digits; 24:00 ends a day, a leap second is the 60th.
_TIME = regex.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-4]):[0-5][0-9]:(?:[0-5][0-9]|60)"
    r"(?P<fraction>[.,][0-9]+)?(?:Z|[+-]00:?00)"
)
# The end of a pattern as ECMAScript means it, whose patterns the models hold; Python's $ lets a last line feed pass.
_LAST = regex.compile(r"(?<!\\)\$\Z")
_MILLISECOND_DIGITS = 3

Path = tuple[str, ...]


@cache
def output_constraints(name: str) -> Mapping[Path, tuple[Constraint, ...]]:
    """The output constraints of the operation `name` by member path."""
    found: dict[Path, tuple[Constraint, ...]] = {}
    for constraint in constraints(Direction.OUTPUT):
        if constraint.operation.name == name:
            path = constraint.member.path
            found[path] = (*found.get(path, ()), constraint)
    return found


@cache
def _judged_members(name: str) -> tuple[tuple[Member, tuple[tuple[str, Constraint], ...]], ...]:
    """The output members of the operation `name`, each after its parent, with their requirements by id."""
    known = output_constraints(name)
    members = [member for member in operation(name).output.walk() if member.path]
    return tuple((member, tuple((c.id, c) for c in known.get(member.path, ()))) for member in members)


def judge_output(name: str, exchange: Exchange) -> Iterator[tuple[str, ContractViolation | None]]:
    """Judge a successful reply of the operation `name` by every output requirement that it says something about.

    Yields the requirement id with None for a promise kept, or with the violation. A member that stands there only
    when it was asked for is not judged for being present: see `judge_asked`.
    """
    response = exchange.response
    document = response.members if response else {}
    values: dict[Path, list[Any]] = {(): [document]}
    for member, judged in _judged_members(name):
        parents = values[member.path[:-1]]
        found = values[member.path] = [v for parent in parents for v in _below(parent, member)]
        typed = _of_right_type(member, found)
        for requirement, constraint in judged:
            if constraint.kind is ConstraintKind.PRESENT:
                wrong = _presence(constraint, parents, found)
            else:
                check = _CHECKS[constraint.kind]
                wrong = [check(constraint, v) for v in (found if constraint.kind is ConstraintKind.TYPE else typed)]
            for reason in wrong:
                yield requirement, None if reason is None else _violation(constraint, reason, exchange)


def judge_asked(constraint: Constraint, exchange: Exchange) -> ContractViolation | None:
    """Whether a member that the request asked for stands in the reply."""
    values: list[Any] = [exchange.response.members if exchange.response else {}]
    for name in constraint.member.path:
        values = [parent[name] for parent in values if isinstance(parent, dict) and parent.get(name) is not None]
    return None if values else _violation(constraint, "absent", exchange)


def _below(parent: Any, member: Member) -> list[Any]:
    """The values of `member` in `parent`: its own, each of a list, or each key or value of a map."""
    if member.name == "member":
        return parent if isinstance(parent, list) else []
    if not isinstance(parent, dict):
        return []
    if member.name == "key":
        return list(parent)
    if member.name == "value":
        return list(parent.values())
    value = parent.get(member.wire_name)
    return [] if value is None else [value]


def _presence(constraint: Constraint, parents: list[Any], found: list[Any]) -> list[str | None]:
    """Whether the member stands in each object that must have it; nothing where no object must."""
    owners = sum(isinstance(parent, dict) for parent in parents)
    if constraint.asked_by is not None or not owners:
        return []
    return ["absent" if len(found) < owners else None]


def _of_right_type(member: Member, found: list[Any]) -> list[Any]:
    """The values that a limit is about: one of a wrong type is that one violation."""
    return [value for value in found if is_of_kind(member.kind, value)]


def _violation(constraint: Constraint, actual: str, exchange: Exchange) -> ContractViolation:
    where = constraint.member.dotted
    return ContractViolation(constraint.id, f"{where} {_EXPECTED[constraint.kind](constraint)}", actual, (exchange,))


_EXPECTED: Mapping[ConstraintKind, Callable[[Constraint], str]] = {
    ConstraintKind.PRESENT: lambda _: "is present",
    ConstraintKind.TYPE: lambda c: f"is a JSON {c.limit}",
    ConstraintKind.LENGTH_MIN: lambda c: f"has at least {c.limit} code points",
    ConstraintKind.LENGTH_MAX: lambda c: f"has at most {c.limit} code points",
    ConstraintKind.RANGE_MIN: lambda c: f"is at least {c.limit}",
    ConstraintKind.RANGE_MAX: lambda c: f"is at most {c.limit}",
    ConstraintKind.SIZE_MIN: lambda c: f"holds at least {c.limit} entries",
    ConstraintKind.SIZE_MAX: lambda c: f"holds at most {c.limit} entries",
    ConstraintKind.ENUM: lambda c: f"is one of {', '.join(c.limit)}",
    ConstraintKind.PATTERN: lambda c: f"matches {c.limit}",
    ConstraintKind.TIME: lambda _: "is an ISO 8601 time with T and a UTC designator",
    ConstraintKind.TIME_FRACTION: lambda _: "has three digits of a second's fraction",
}


def is_of_kind(kind: Kind, value: Any) -> bool:
    """Whether a parsed JSON value is of the JSON type that `kind` travels as."""
    if isinstance(value, bool):
        return kind is Kind.BOOLEAN
    return isinstance(value, _PYTHON_TYPES[kind])


_PYTHON_TYPES: Mapping[Kind, tuple[type, ...]] = {
    Kind.STRING: (str,),
    Kind.INTEGER: (int,),
    Kind.LONG: (int,),
    Kind.FLOAT: (int, float),
    Kind.TIMESTAMP: (int, float),
    Kind.BOOLEAN: (bool,),
    Kind.STRUCTURE: (dict,),
    Kind.MAP: (dict,),
    Kind.LIST: (list,),
}


def _wrong_type(constraint: Constraint, value: Any) -> str | None:
    member = constraint.member
    if not is_of_kind(member.kind, value):
        return json_text(value)
    return _wrong_below(member, value) if member.members and _is_folded(constraint) else None


def _is_folded(constraint: Constraint) -> bool:
    """Whether the children of a member have no requirements and are judged with it."""
    first = (*constraint.member.path, constraint.member.members[0].name)
    return first not in output_constraints(constraint.operation.name)


def _wrong_below(parent: Member, value: Any) -> str | None:
    """What is wrong with the types of the members below a member whose children have no requirement."""
    for member in parent.members:
        for below in _below(value, member):
            if not is_of_kind(member.kind, below):
                return f"{member.dotted} {json_text(below)}, no JSON {JSON_TYPES[member.kind]}"
            if (wrong := _wrong_below(member, below)) is not None:
                return wrong
    return None


def _wrong_length(constraint: Constraint, value: str) -> str | None:
    shortest = constraint.kind is ConstraintKind.LENGTH_MIN
    wrong = len(value) < constraint.limit if shortest else len(value) > constraint.limit
    return f"{len(value)} code points" if wrong else None


def _wrong_size(constraint: Constraint, value: list[Any] | dict[str, Any]) -> str | None:
    smallest = constraint.kind is ConstraintKind.SIZE_MIN
    wrong = len(value) < constraint.limit if smallest else len(value) > constraint.limit
    return f"{len(value)} entries" if wrong else None


def _wrong_range(constraint: Constraint, value: float) -> str | None:
    lowest = constraint.kind is ConstraintKind.RANGE_MIN
    return json_text(value) if (value < constraint.limit if lowest else value > constraint.limit) else None


def _wrong_enum(constraint: Constraint, value: str) -> str | None:
    return None if value in constraint.limit else json_text(value)


def _wrong_pattern(constraint: Constraint, value: str) -> str | None:
    return None if regex.search(_LAST.sub(r"\\Z", constraint.limit), value) else json_text(value)


def _wrong_time(_: Constraint, value: str) -> str | None:
    return None if _time(value) else json_text(value)


def _wrong_fraction(_: Constraint, value: str) -> str | None:
    time = _time(value)
    digits = len((time["fraction"] or ".")[1:]) if time else _MILLISECOND_DIGITS
    return None if digits == _MILLISECOND_DIGITS else json_text(value)


def _time(text: str) -> regex.Match[str] | None:
    """`text` as the parts of a time, or None where it is none or names a day that no calendar has."""
    if (time := _TIME.fullmatch(text)) is None:
        return None
    try:
        date.fromisoformat(time["date"])
    except ValueError:
        return None
    return time


_CHECKS: Mapping[ConstraintKind, Callable[[Constraint, Any], str | None]] = {
    ConstraintKind.TYPE: _wrong_type,
    ConstraintKind.LENGTH_MIN: _wrong_length,
    ConstraintKind.LENGTH_MAX: _wrong_length,
    ConstraintKind.RANGE_MIN: _wrong_range,
    ConstraintKind.RANGE_MAX: _wrong_range,
    ConstraintKind.SIZE_MIN: _wrong_size,
    ConstraintKind.SIZE_MAX: _wrong_size,
    ConstraintKind.ENUM: _wrong_enum,
    ConstraintKind.PATTERN: _wrong_pattern,
    ConstraintKind.TIME: _wrong_time,
    ConstraintKind.TIME_FRACTION: _wrong_fraction,
}
