"""The limits of the models in the words of JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from conformance.contract.catalogue import catalogue
from conformance.contract.model import Kind, Member
from conformance.contract.openapi.clauses import Schema
from conformance.contract.requirements import Constraint, ConstraintKind, Level

LEFT_OUT = "x-conformance-pattern-left-out"
UNREADABLE = "readers of patterns differ: Unicode properties are unknown to many of them, or need a mode of their own"
# ISO 8601 with T and a UTC designator, any number of fraction digits.
_TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]+)?(Z|[+-]00:?00)(?!\\n)$"
_MILLISECONDS = "[.,][0-9]{3}(Z|[+-]00:?00)(?!\\n)$"
# Texts of which each pattern of a reply lets one through: a mock that fills a pattern in takes any text else.
_EXAMPLES = ("example", "00000000-0000-4000-8000-00000000000e", "2026-01-31T12:00:00.000Z")
_SOCKET, _PAGE = "wss://example.com/chat", "https://example.com/oauth2/authorize"
_SIZES = {
    (Kind.LIST, ConstraintKind.SIZE_MIN): "minItems",
    (Kind.LIST, ConstraintKind.SIZE_MAX): "maxItems",
    (Kind.MAP, ConstraintKind.SIZE_MIN): "minProperties",
    (Kind.MAP, ConstraintKind.SIZE_MAX): "maxProperties",
}


def limit(constraint: Constraint) -> Schema:
    """What a schema says at the member of `constraint`; empty where its type or its parent says it."""
    say = _LIMITS.get(constraint.kind)
    return say(constraint) if say else {}


def wish(constraint: Constraint) -> Schema:
    """What a schema would say of a constraint that a reply should keep and need not."""
    return {"pattern": _MILLISECONDS} if constraint.kind is ConstraintKind.TIME_FRACTION else {}


def example(member: Member, schema: Schema) -> Schema:
    """An example for mocks, where `schema`, that of a reply's `member`, asks for more than any text; else empty."""
    if member.name.lower().endswith("url"):
        return {"examples": [_SOCKET if member.path[:1] == ("Websocket",) else _PAGE]}
    fitting = [text for text in _EXAMPLES if "pattern" in schema and re.search(schema["pattern"], text)]
    return {"examples": fitting[:1]} if fitting else {}


def portable(pattern: str) -> str | None:
    r"""`pattern` as readers of every language understand it alike, or None where no such form is known.

    An underscore that is escaped without need, which ECMAScript refuses, loses its backslash. A Unicode property
    (``\p{L}``) and any other escape without need have no such form.
    """
    plain = pattern.replace(r"\_", "_")
    if re.search(r"\\[pP]|\\[^\w\s^$\\.*+?()\[\]{}|/-]", plain):
        return None
    try:
        re.compile(plain)
    except re.error:
        return None
    return plain


def _pattern(constraint: Constraint) -> Schema:
    readable = portable(constraint.limit)
    if readable is None:
        return {LEFT_OUT: {"pattern": constraint.limit, "reason": UNREADABLE}}
    return {"pattern": readable}


def _size(constraint: Constraint) -> Schema:
    return {_SIZES[constraint.member.kind, constraint.kind]: int(constraint.limit)}


def _number(word: str) -> Callable[[Constraint], Schema]:
    return lambda constraint: {word: int(constraint.limit)}


_LIMITS: Mapping[ConstraintKind, Callable[[Constraint], Schema]] = {
    ConstraintKind.LENGTH_MIN: _number("minLength"),
    ConstraintKind.LENGTH_MAX: _number("maxLength"),
    ConstraintKind.RANGE_MIN: _number("minimum"),
    ConstraintKind.RANGE_MAX: _number("maximum"),
    ConstraintKind.SIZE_MIN: _size,
    ConstraintKind.SIZE_MAX: _size,
    ConstraintKind.ENUM: lambda constraint: {"enum": list(constraint.limit)},
    ConstraintKind.PATTERN: _pattern,
    ConstraintKind.TIME: lambda _: {"pattern": _TIME},
}
# Kinds that a schema says without a word of its own: by the type, by the parent's list of required members, by null
# beside the type, and by leaving an object open.
_SILENT = frozenset({ConstraintKind.TYPE, ConstraintKind.REQUIRED, ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER})
# Kinds that a narrow schema does not say: it lets fewer requests through than must be accepted.
LENIENT = frozenset({ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER})


def is_expressed(constraint: Constraint) -> bool:
    """Whether a schema says `constraint` as something that must hold."""
    if constraint.kind is ConstraintKind.PRESENT:
        return constraint.asked_by is None
    if constraint.kind is ConstraintKind.PATTERN:
        return portable(constraint.limit) is not None
    if constraint.kind is ConstraintKind.OPTIONAL:
        return catalogue()[constraint.id].level is Level.MUST
    return constraint.kind in _LIMITS or constraint.kind in _SILENT


def is_needed(member: Member, found: tuple[Constraint, ...]) -> bool:
    """Whether the parent of `member` must hold it: required in a request, always present in a reply."""
    needing = {ConstraintKind.REQUIRED, ConstraintKind.PRESENT}
    return any(c.kind in needing and c.asked_by is None and c.member.path == member.path for c in found)
