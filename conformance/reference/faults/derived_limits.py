"""A fault for every length, range and size of an input and both directions: off by the smallest step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Kind, Location
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.reference.faults_kit.derived import (
    RULED,
    Mutation,
    faults_of,
    is_among,
    lax,
    requirement_of,
    reshape,
    with_its_member,
)
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.faults_kit.middleware import gives_value, refusing
from conformance.reference.faults_kit.shapes import changing

K = ConstraintKind
_LENGTHS = frozenset({K.LENGTH_MIN, K.LENGTH_MAX})
_RANGES = frozenset({K.RANGE_MIN, K.RANGE_MAX})
_SIZES = frozenset({K.SIZE_MIN, K.SIZE_MAX})
_UPPER = frozenset({K.LENGTH_MAX, K.RANGE_MAX, K.SIZE_MAX})
# Texts that the documents do not say to hold any character: a URL, the name of a file, a key.
_NARROW = ("GetAuthenticationUrl.RedirectUri", "StartAttachmentUpload.AttachmentName", "*.key")
# Members with a form that leaves room for any length.
_FORMED = frozenset({"GetAuthenticationUrl.RedirectUri.length-max", "StartAttachmentUpload.AttachmentName.length-max"})
_EMPTY_IS_NONE = ("RelatedContactId.length-min", "SourceContactId.length-min")
# The plainest request has this member at its very edge: it is refused as a whole.
_PLAIN = frozenset({"UpdateContactAttributes.Attributes.key.length-min"})
# What scenarios send that is at an edge: web calls ask for one kind of connection, the shortest texts are looked for.
_AT_THE_EDGE = {
    "CreateParticipantConnection.Type.size-min": (
        "CreateParticipant.call.*",
        "CreateParticipantConnection.ConnectParticipant.*",
        "CreateParticipantConnection.again.accepted",
        "LifeCycle.order.any-lawful-sequence",
        "StartWebRTCContact.*",
    ),
    "GetTranscript.MaxResults.range-max": ("GetTranscript.Transcript.holds-what-was-sent",),
    "SendMessage.Content.length-min": ("GetTranscript.Transcript.content-*",),
    "StartChatContact.ConnectionTypes.size-max": ("StartChatContact.PersistentChat.from-segment",),
    "StartChatContact.DisconnectOnCustomerExit.size-max": ("StartChatContact.PersistentChat.from-segment",),
    "StartChatContact.DisconnectOnCustomerExit.size-min": ("StartChatContact.PersistentChat.from-segment",),
}


def _variants(constraint: Constraint) -> Iterator[Mutation]:
    yield from _too_lax(constraint)
    if _edge_is_promised(constraint):
        yield _too_strict(constraint)
        if constraint.kind is K.LENGTH_MAX and not is_among(constraint, (*RULED, *_NARROW)):
            yield from _counted_otherwise(constraint)


def _bound(constraint: Constraint) -> tuple[str, int]:
    """Which end of the limits a constraint is, and the step that leads out of it."""
    return ("maximum", 1) if constraint.kind in _UPPER else ("minimum", -1)


def _too_lax(constraint: Constraint) -> Iterator[Mutation]:
    bound, step = _bound(constraint)
    outside, dotted = int(constraint.limit) + step, constraint.member.dotted
    if outside < 0 and constraint.kind not in _RANGES:
        return  # nothing is shorter than an empty text
    change = changing(**{bound: outside})
    seed = lax(constraint, change, gives_value(constraint.member, _measures(constraint, outside)))
    yield Mutation("too-lax", f"accepts {dotted} one beyond its {bound}", seed)
    lookup = f"{constraint.operation.name}.refusal.before-lookup"
    if constraint.promise == "resource" and constraint.kind in _LENGTHS and _is_looked_up(constraint):
        yield Mutation("looked-up", f"looks up {dotted} one beyond its {bound}", reshape(constraint, change), lookup)


def _is_looked_up(constraint: Constraint) -> bool:
    declares = any(error.name == "ResourceNotFoundException" for error in constraint.operation.errors)
    return declares and constraint.member.location is not Location.HEADER and not _is_never_looked_up(constraint)


def _is_never_looked_up(constraint: Constraint) -> bool:
    """An ARN is refused for its form; an empty identifier of another contact counts as none."""
    return constraint.member.name.endswith("Arn") or constraint.id.endswith(_EMPTY_IS_NONE)


def _too_strict(constraint: Constraint) -> Mutation:
    bound, step = _bound(constraint)
    edge = int(constraint.limit) if constraint.edges is None else constraint.edges[constraint.kind in _UPPER]
    seed = reshape(constraint, changing(**{bound: edge - step}))
    red = f"{constraint.operation.name}.success.valid-request" if constraint.id in _PLAIN else None
    drawn = tuple(f"{constraint.operation.name}.{rid}" for rid in ("success.valid-request", "robustness.non-bmp"))
    may = (*drawn, *_AT_THE_EDGE.get(constraint.id, ()))
    return Mutation("too-strict", f"refuses {constraint.member.dotted} at its {bound}", seed, red, may)


def _measures(constraint: Constraint, size: int) -> Callable[[Any], bool]:
    """Whether a value has just this size: a length, a number of entries, or the number itself."""
    if constraint.kind in _RANGES:
        return lambda value: bool(value == size)
    return lambda value: isinstance(value, str | list | dict) and len(value) == size


def _edge_is_promised(constraint: Constraint) -> bool:
    """Whether a value at the very limit must be accepted.

    What names a resource is as long as the endpoint makes it; a vocabulary or a form has no edge of letters.
    """
    if constraint.kind in _RANGES:
        return True
    if constraint.kind in _SIZES:
        return constraint.promise != "resource"
    member = constraint.member
    free = constraint.promise is None and not member.pattern and not member.enum and member.kind is Kind.STRING
    return constraint.id in _FORMED or (free and member.location is Location.BODY)


def _counted_otherwise(constraint: Constraint) -> Iterator[Mutation]:
    """The maximum counted in something else than code points, which shows only in text of wide characters."""
    for name, encoding, width in (("bytes", "utf-8", 1), ("utf-16-units", "utf-16-le", 2)):
        long = _is_longer_in(encoding, int(constraint.limit) * width, constraint)
        seed = refusing(constraint.operation, gives_value(constraint.member, long))
        yield Mutation(f"counted-in-{name}", f"counts {constraint.member.dotted} in {name.replace('-', ' ')}", seed)


def _is_longer_in(encoding: str, limit: int, constraint: Constraint) -> Callable[[Any], bool]:
    def long(value: Any) -> bool:
        lawful = isinstance(value, str) and len(value) <= constraint.limit
        return lawful and len(value.encode(encoding, "replace")) > limit

    return long


def _faults() -> Iterator[Fault]:
    for constraint in constraints(Direction.INPUT, *_LENGTHS, *_RANGES, *_SIZES):
        mutations = with_its_member(constraint, _variants(constraint))
        yield from faults_of(requirement_of(constraint), mutations)


FAULTS = tuple(fault for fault in _faults() if fault.red[0] in catalogue())
