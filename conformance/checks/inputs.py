"""Which limits of the models a request breaks: so that a request from elsewhere can be judged under one requirement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import regex

from conformance.checks.outputs import is_of_kind
from conformance.contract.catalogue import constraints
from conformance.contract.model import Member, Operation
from conformance.contract.requirements import Constraint, ConstraintKind, Direction

_BROKEN: Mapping[ConstraintKind, Callable[[Any, Any], bool]] = {
    ConstraintKind.LENGTH_MIN: lambda limit, value: len(value) < limit,
    ConstraintKind.LENGTH_MAX: lambda limit, value: len(value) > limit,
    ConstraintKind.SIZE_MIN: lambda limit, value: len(value) < limit,
    ConstraintKind.SIZE_MAX: lambda limit, value: len(value) > limit,
    ConstraintKind.RANGE_MIN: lambda limit, value: value < limit,
    ConstraintKind.RANGE_MAX: lambda limit, value: value > limit,
    ConstraintKind.ENUM: lambda limit, value: value not in limit,
    ConstraintKind.PATTERN: lambda limit, value: regex.search(limit, value) is None,
}


def broken_limits(subject: Operation, arguments: Mapping[str, Any]) -> Iterator[tuple[Constraint, Any]]:
    """Each limit that `arguments` break, with the value that breaks it; for a required member that is absent, None.

    Null counts as absent. A value of a wrong type breaks its type alone, whatever limits it then misses as well.
    """
    values: dict[tuple[str, ...], list[Any]] = {(): [arguments]}
    for member in subject.input.walk():
        if not member.path:
            continue
        parents = [parent for parent in values.get(member.path[:-1], ()) if isinstance(parent, (dict, list))]
        found = [below for parent in parents for below in _below(parent, member)]
        values[member.path] = [value for value in found if is_of_kind(member.kind, value)]
        for constraint in _limits(subject.name).get(member.path, ()):
            yield from _breaking(constraint, parents, found)


def _breaking(constraint: Constraint, parents: list[Any], found: list[Any]) -> Iterator[tuple[Constraint, Any]]:
    kind, member = constraint.kind, constraint.member
    if kind is ConstraintKind.REQUIRED:
        yield from ((constraint, None) for parent in parents if not _below(parent, member))
    elif kind is ConstraintKind.TYPE:
        yield from ((constraint, value) for value in found if not is_of_kind(member.kind, value))
    elif kind in _BROKEN:
        typed = (value for value in found if is_of_kind(member.kind, value))
        yield from ((constraint, value) for value in typed if _BROKEN[kind](constraint.limit, value))


def _below(parent: Any, member: Member) -> list[Any]:
    """The values of `member` in `parent`: its own, each of a list, or each key or value of a map."""
    if member.name == "member":
        return parent if isinstance(parent, list) else []
    if not isinstance(parent, dict):
        return []
    if member.name in ("key", "value"):
        return list(parent) if member.name == "key" else list(parent.values())
    value = parent.get(member.name)
    return [] if value is None else [value]


@cache
def _limits(name: str) -> Mapping[tuple[str, ...], tuple[Constraint, ...]]:
    found: dict[tuple[str, ...], tuple[Constraint, ...]] = {}
    for constraint in constraints(Direction.INPUT):
        if constraint.operation.name == name:
            path = constraint.member.path
            found[path] = (*found.get(path, ()), constraint)
    return found
