"""A fault for every member of an input: not missed, demanded, of a wrong JSON type, null, unknown, off its enum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.contract.catalogue import constraints
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.reference.faults_kit.derived import (
    CONDITIONAL,
    NEEDED,
    MakeMutations,
    Mutation,
    faults_of,
    is_among,
    lax,
    requirement_of,
    reshape,
    with_its_member,
)
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.faults_kit.middleware import absent, gives_value, refusing, taking
from conformance.reference.faults_kit.shapes import changing

K = ConstraintKind
# What the plainest request has of these: without it that is refused as a whole.
_PLAIN = frozenset(
    {
        "CreateParticipant.ParticipantDetails.ParticipantRole.enum",
        "CreateParticipantConnection.Type.member.enum",
        "CreateParticipant.ParticipantDetails.ParticipantCapabilities.optional",
    }
)

# What is sent with a value by tests of something else.
_RICH_START = ("StartChatContact.PersistentChat.from-segment",)
_SENT = {
    "BACKWARD": ("GetTranscript.StartPosition.empty",),
    "COMPLETE": _RICH_START,
    "CONNECTION_CREDENTIALS": _RICH_START,
    "WEBSOCKET": _RICH_START,
}
# A word of the same kind that is missing from the list of values.
_KIN = {
    "StartChatContact.DisconnectOnCustomerExit.member.enum": "CUSTOMER",
    "CreateParticipantConnection.Type.member.enum": "AUTHENTICATION_SESSION",
    "StartWebRTCContact.AllowedCapabilities.Customer.Video.enum": "RECEIVE",
    "GetTranscript.SortOrder.enum": "ASC",
}


def _required_mutations(constraint: Constraint) -> Iterator[Mutation]:
    seed = taking(constraint.operation, absent(constraint.member))
    yield Mutation("not-checked", f"accepts a request without {constraint.member.dotted}", seed)


def _optional(constraint: Constraint) -> Iterator[Mutation]:
    subject, dotted = constraint.operation, constraint.member.dotted
    valid = f"{subject.name}.success.valid-request"
    red = valid if constraint.id in _PLAIN else None
    seed = refusing(subject, absent(constraint.member))
    yield Mutation(
        "demanded", f"refuses a request without {dotted}, which is optional", seed, red, (f"{subject.name}.*",)
    )


def _null(constraint: Constraint) -> Iterator[Mutation]:
    subject, dotted = constraint.operation, constraint.member.dotted
    null = gives_value(constraint.member, lambda value: value is None)
    if constraint.member.required:
        yield Mutation("taken", f"accepts null for {dotted}, which is required", taking(subject, null))
    elif not is_among(constraint, (*NEEDED, *CONDITIONAL)):
        yield Mutation(
            "refused", f"refuses null for {dotted} instead of taking it for absence", refusing(subject, null)
        )


def _unknown_member(constraint: Constraint) -> Iterator[Mutation]:
    known = {member.wire_name for member in constraint.member.members}
    foreign = gives_value(constraint.member, lambda value: isinstance(value, dict) and not value.keys() <= known)
    if not is_among(constraint, CONDITIONAL):
        does = f"refuses a member of {constraint.member.dotted or 'the input'} that it does not know"
        yield Mutation("refused", does, refusing(constraint.operation, foreign))


def _is_a(*kinds: type) -> Callable[[Any], bool]:
    """Whether a value is of a kind; true and false are no numbers in JSON."""
    return lambda value: isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


_JSON_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "number": _is_a(int, float),
    "text": _is_a(str),
    "boolean": _is_a(bool),
    "object": _is_a(dict),
    "array": _is_a(list),
    "fraction": _is_a(float),
}
# The types that an endpoint may take for each by mistake: what a lenient reader of JSON turns into it.
_TAKEN = {
    "string": ("number", "boolean", "object", "array"),
    "integer": ("text", "boolean", "fraction"),
    "number": ("text",),
    "boolean": ("text", "number"),
    "object": ("array", "text"),
    "array": ("object", "text"),
}


def _type(constraint: Constraint) -> Iterator[Mutation]:
    for name in _TAKEN[constraint.limit]:
        seed = taking(constraint.operation, gives_value(constraint.member, _JSON_TYPES[name]))
        yield Mutation(f"{name}-taken", f"accepts a JSON {name} for {constraint.member.dotted}", seed)


class _AnyCase(tuple[str, ...]):
    """An enumeration that knows its values in any case."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return any(str(value).lower() == known.lower() for known in self)


class _LaterInAnyCase(tuple[str, ...]):
    """An enumeration that knows its values, and all but the first in any case."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return any(str(value).lower() == known.lower() for known in self[1:]) or value == self[0]


class _Trimmed(tuple[str, ...]):
    """An enumeration that knows its values with blanks around them."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        return any(str(value).strip() == known for known in self)


def _enum(constraint: Constraint) -> Iterator[Mutation]:
    values, dotted = tuple(constraint.limit), constraint.member.dotted
    for name, known, does in (
        ("any-text", None, f"accepts any text for {dotted}"),
        ("any-case", _AnyCase(values), f"accepts the values of {dotted} in any case"),
        ("blanks", _Trimmed(values), f"accepts the values of {dotted} with blanks around them"),
    ):
        odd = gives_value(constraint.member, _is_off(values, known))
        yield Mutation(name, does, lax(constraint, changing(enum=known or ()), odd))
    if len(values) > 1:
        later = _LaterInAnyCase(values)
        does, odd = (
            f"accepts all values of {dotted} but one in any case",
            gives_value(constraint.member, _is_off(values, later)),
        )
        yield Mutation("any-later-case", does, lax(constraint, changing(enum=later), odd))
    if constraint.id in _KIN:
        more = (*values, _KIN[constraint.id])
        does, odd = f"accepts {more[-1]} for {dotted}", gives_value(constraint.member, _is_off(values, more))
        yield Mutation("one-more", does, lax(constraint, changing(enum=more), odd))
    yield from _one_missing(constraint, values)


def _is_off(values: tuple[str, ...], known: tuple[str, ...] | None) -> Callable[[Any], bool]:
    """Whether a text is none of `values` but `known`, which None says of every text."""
    return lambda value: isinstance(value, str) and value not in values and (known is None or value in known)


def _one_missing(constraint: Constraint, values: tuple[str, ...]) -> Iterator[Mutation]:
    """Each value that must be accepted, refused; which values a resource has is the endpoint's own."""
    valid = f"{constraint.operation.name}.success.valid-request"
    red = valid if constraint.id in _PLAIN else None
    for value in constraint.values or (() if constraint.promise == "resource" else values):
        left = tuple(known for known in values if known != value)
        does, may = f"refuses {value} for {constraint.member.dotted}", (valid, *_SENT.get(value, ()))
        yield Mutation(f"without-{value.lower()}", does, reshape(constraint, changing(enum=left)), red, may)


def _pattern(constraint: Constraint) -> Iterator[Mutation]:
    seed = reshape(constraint, changing(pattern=None))
    yield Mutation("not-checked", f"accepts any text for {constraint.member.dotted}", seed)


_VARIANTS: Mapping[ConstraintKind, MakeMutations] = {
    K.REQUIRED: _required_mutations,
    K.OPTIONAL: _optional,
    K.NULL: _null,
    K.UNKNOWN_MEMBER: _unknown_member,
    K.TYPE: _type,
    K.ENUM: _enum,
    K.PATTERN: _pattern,
}


def _faults() -> Iterator[Fault]:
    for constraint in constraints(Direction.INPUT, *_VARIANTS):
        mutations = with_its_member(constraint, _VARIANTS[constraint.kind](constraint))
        yield from faults_of(requirement_of(constraint), mutations)


FAULTS = tuple(_faults())
