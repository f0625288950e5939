"""From the models' constraints to requirements: which limits there are, and in whose words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import Any

from conformance.contract.model import Kind, Location, Member, Operation
from conformance.contract.requirements import (
    Constraint,
    ConstraintKind,
    Direction,
    Level,
    Requirement,
    read_toml,
)
from conformance.contract.statements import statement

NUMBERS = frozenset({Kind.INTEGER, Kind.LONG, Kind.FLOAT})
SHOULD_KINDS = frozenset({ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER, ConstraintKind.TIME_FRACTION})
JSON_TYPES = {
    Kind.STRING: "string",
    Kind.INTEGER: "integer",
    Kind.LONG: "integer",
    Kind.FLOAT: "number",
    Kind.BOOLEAN: "boolean",
    Kind.TIMESTAMP: "number",
    Kind.STRUCTURE: "object",
    Kind.MAP: "object",
    Kind.LIST: "array",
}
URI_REASON = "an empty segment of the path names another path"

_LIMITS = {
    Kind.STRING: (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX),
    Kind.LIST: (ConstraintKind.SIZE_MIN, ConstraintKind.SIZE_MAX),
    Kind.MAP: (ConstraintKind.SIZE_MIN, ConstraintKind.SIZE_MAX),
} | dict.fromkeys(NUMBERS, (ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX))


def derived_requirements(covered: Mapping[str, Operation]) -> Iterator[Requirement]:
    """Every requirement that follows from the models of the operations `covered`, operation by operation."""
    for operation in covered.values():
        for constraint in (*input_constraints(operation), *output_constraints(operation)):
            yield _requirement(constraint)
        yield from _families(operation)


def input_constraints(operation: Operation) -> Iterator[Constraint]:
    """The limits on what is sent, members in the model's order."""
    for member in operation.input.walk():
        for kind, limit in _input_limits(operation, member):
            promise = _promise(operation, member)
            edges = promise.get("edges")
            yield Constraint(
                operation,
                member,
                kind,
                Direction.INPUT,
                limit,
                accepts=promise.get("why"),
                promise=promise.get("promise"),
                values=tuple(promise.get("values", ())),
                edges=tuple(edges) if edges else None,
            )


def _input_limits(operation: Operation, member: Member) -> Iterator[tuple[ConstraintKind, Any]]:
    in_body = member.location is Location.BODY
    if member.required:
        yield ConstraintKind.REQUIRED, None
    if in_body and member.name not in ("", "key"):
        yield ConstraintKind.TYPE, JSON_TYPES[member.kind]
    if in_body and member.name not in ("", "member", "key", "value"):
        yield ConstraintKind.NULL, None
        if len(member.path) > 1 and not member.required:
            yield ConstraintKind.OPTIONAL, None
    yield from _limits(member)
    if member.kind is Kind.STRUCTURE and member.members and operation.has_body:
        yield ConstraintKind.UNKNOWN_MEMBER, None


def _limits(member: Member) -> Iterator[tuple[ConstraintKind, Any]]:
    if member.kind in _LIMITS:
        lower, upper = _LIMITS[member.kind]
        if member.minimum is not None:
            yield lower, member.minimum
        if member.maximum is not None:
            yield upper, member.maximum
    if member.enum:
        yield ConstraintKind.ENUM, member.enum
    if member.pattern is not None:
        yield ConstraintKind.PATTERN, member.pattern


@cache
def _values() -> Mapping[str, Any]:
    return read_toml("values.toml")


def _promise(operation: Operation, member: Member) -> Mapping[str, Any]:
    """What values.toml adds about a member; empty for a member whose limits say all."""
    return _promise_at(f"{operation.name}.{member.dotted}")


@cache  # each limit of a member asks for it
def _promise_at(dotted: str) -> Mapping[str, Any]:
    for entry in _values()["input"]:
        if any(fnmatchcase(dotted, pattern) for pattern in entry["members"]):
            return MappingProxyType(entry)
    return {}


def output_constraints(operation: Operation) -> Iterator[Constraint]:
    """The limits on what comes back. Members below the documented depth are judged with their parent."""
    output = _values()["output"]
    asked = {entry["member"]: (entry["by"], entry.get("value")) for entry in output["asked"]}
    for member in operation.output.walk():
        dotted = f"{operation.name}.{member.dotted}"
        if member.path and len(member.path) <= output["depth"].get(operation.name, len(member.path)):
            for kind, limit in _output_limits(member, dotted, output["always"], asked):
                yield Constraint(
                    operation,
                    member,
                    kind,
                    Direction.OUTPUT,
                    limit,
                    asked_by=asked.get(dotted),
                )


def _output_limits(
    member: Member, dotted: str, always: list[str], asked: Mapping[str, Any]
) -> Iterator[tuple[ConstraintKind, Any]]:
    if dotted in always or dotted in asked:
        yield ConstraintKind.PRESENT, None
    if member.name != "key":
        yield ConstraintKind.TYPE, JSON_TYPES[member.kind]
    lawful = _values()["output"]["empty"]["lawful"]
    yield from (
        (kind, limit)
        for kind, limit in _limits(member)
        if not _is_always_kept(kind, limit)
        and not (kind is ConstraintKind.LENGTH_MIN and limit == 1 and dotted in lawful)
    )
    if member.kind is Kind.STRING and ("ISO 8601" in member.documentation or member.name.endswith("Timestamp")):
        yield ConstraintKind.TIME, None
        yield ConstraintKind.TIME_FRACTION, None


def _is_always_kept(kind: ConstraintKind, limit: Any) -> bool:
    """Whether no value can break a limit: nothing is shorter than an empty text, list or map."""
    return limit == 0 and kind is not ConstraintKind.RANGE_MIN


def _requirement(constraint: Constraint) -> Requirement:
    member, kind = constraint.member, constraint.kind
    open_question = _not_optional(constraint.operation, member, kind)
    return Requirement(
        id=constraint.id,
        operation=constraint.operation.name,
        level=Level.RECORD if open_question else Level.SHOULD if kind in SHOULD_KINDS else Level.MUST,
        statement=statement(constraint),
        source="model",
        locator=f"{constraint.operation.name} {constraint.direction} {member.dotted}".strip(),
        family=f"output {kind}" if constraint.direction is Direction.OUTPUT else kind.value,
        derived=True,
        constraint=constraint,
        untested=open_question.get("why") or _untestable(constraint),
        superseded_by=open_question.get("instead"),
        readings=("accepted", "refused") if open_question else (),
    )


def _not_optional(operation: Operation, member: Member, kind: ConstraintKind) -> Mapping[str, str]:
    """Why prose, or the account, asks for a member that the model calls optional; empty for one that is optional."""
    dotted = f"{operation.name}.{member.dotted}"
    if kind is ConstraintKind.OPTIONAL:
        for entry in _values()["not_optional"]:
            if any(fnmatchcase(dotted, pattern) for pattern in entry["members"]):
                return dict(entry)
    return {}


def _untestable(constraint: Constraint) -> str | None:
    """Why no request can show a constraint, or None where one can."""
    member, kind = constraint.member, constraint.kind
    if member.location is Location.URI and kind in (ConstraintKind.REQUIRED, ConstraintKind.LENGTH_MIN):
        return URI_REASON
    no_outside = kind is ConstraintKind.LENGTH_MIN and constraint.limit == 0
    if no_outside and constraint.direction is Direction.INPUT and constraint.promise is not None:
        return f"nothing is shorter than an empty text, and {constraint.accepts}"
    return None


@cache
def _family_tables() -> Mapping[str, Any]:
    return read_toml("families.toml")


def _families(operation: Operation) -> Iterator[Requirement]:
    applies = _where_families_apply(operation)
    for rule, table in _family_tables().items():
        if applies[table["applies"]]:
            yield Requirement(
                id=f"{operation.name}.{rule}",
                operation=operation.name,
                level=Level(table["level"]),
                statement=table["says"],
                source=table["source"],
                locator=operation.name,
                family=rule,
                derived=True,
                readings=tuple(table.get("readings", ())),
            )


def _where_families_apply(operation: Operation) -> Mapping[str, bool]:
    """Whether families of requirements make sense for `operation`, by the word of families.toml for such operations."""
    kinds = {m.kind for m in operation.input.walk() if m.location is Location.BODY}
    return {
        "all": True,
        "body": operation.has_body,
        "bearer": operation.bearer is not None,
        "text": bool(free_texts(operation)),
        "integer": bool(kinds & NUMBERS),
        "identifier": any(is_identifier(operation, m) for m in operation.input.walk()),
    }


def is_identifier(operation: Operation, member: Member) -> bool:
    """Whether a text member, in body or path, names something that exists and has a documented length."""
    limited = member.maximum is not None or member.minimum is not None
    names_something = _promise(operation, member).get("promise") == "resource"
    return member.kind is Kind.STRING and limited and names_something and member.location is not Location.HEADER


def free_texts(operation: Operation) -> tuple[Member, ...]:
    """The body members that take any text inside their length: no enumeration, pattern or other promise."""
    return tuple(
        m
        for m in operation.input.walk()
        if m.kind is Kind.STRING
        and m.location is Location.BODY
        and m.name != "key"
        and not m.enum
        and not m.pattern
        and not _promise(operation, m)
    )
