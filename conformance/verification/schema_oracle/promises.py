"""Which requirement a finding of a schema validator is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.checks.errors import is_json
from conformance.checks.outputs import is_of_kind, output_constraints
from conformance.contract.errors import statuses_of
from conformance.contract.model import Member, Operation
from conformance.contract.requirements import ConstraintKind
from conformance.contract.wire import Response

_KINDS: Mapping[str, tuple[ConstraintKind, ...]] = {
    "type": (ConstraintKind.TYPE,),
    "required": (ConstraintKind.PRESENT,),
    "not": (ConstraintKind.PRESENT,),  # null, which counts as absent
    "minLength": (ConstraintKind.LENGTH_MIN,),
    "maxLength": (ConstraintKind.LENGTH_MAX,),
    "minimum": (ConstraintKind.RANGE_MIN,),
    "maximum": (ConstraintKind.RANGE_MAX,),
    "minItems": (ConstraintKind.SIZE_MIN,),
    "maxItems": (ConstraintKind.SIZE_MAX,),
    "minProperties": (ConstraintKind.SIZE_MIN,),
    "maxProperties": (ConstraintKind.SIZE_MAX,),
    "enum": (ConstraintKind.ENUM,),
    "pattern": (ConstraintKind.PATTERN, ConstraintKind.TIME),
}
_CHILDREN = {"items": "member", "additionalProperties": "value", "propertyNames": "key"}


def of_member(subject: Operation, path: Sequence[str | int], instance: Any, missing: str = "") -> str | None:
    """The id that a successful reply breaks where the schema at `path`, ending in a keyword, refused `instance`.

    `missing` is the member that a clause about required members asks for. None where the contract has no requirement
    for it, or where a limit speaks of a value that is of a wrong type already.
    """
    *places, keyword = path
    member = _member(subject.output, [str(place) for place in places])
    if keyword == "required":
        return _id(subject, member.child(_member_name(member, missing)), _KINDS["required"])
    if keyword == "type":
        return _of_type(subject, member)
    if keyword == "enum" and not is_of_kind(member.kind, instance):
        return None
    return _id(subject, member, _KINDS.get(str(keyword), ()))


def _member(root: Member, places: list[str]) -> Member:
    """The member that a schema's path leads to."""
    member, rest = root, iter(places)
    for place in rest:
        if place == "properties":
            member = member.child(_member_name(member, next(rest)))
        elif place in _CHILDREN:
            member = member.child(_CHILDREN[place])
    return member


def _member_name(parent: Member, wire_name: str) -> str:
    return next(child.name for child in parent.members if child.wire_name == wire_name)


def _of_type(subject: Operation, member: Member) -> str | None:
    """The type's id: that of the nearest parent where a member's own is judged with it."""
    if not member.path:
        return f"{subject.name}.success.body"
    known = output_constraints(subject.name)
    for length in range(len(member.path), 0, -1):
        for constraint in known.get(member.path[:length], ()):
            if constraint.kind is ConstraintKind.TYPE:
                return constraint.id
    return None


def _id(subject: Operation, member: Member, kinds: tuple[ConstraintKind, ...]) -> str | None:
    found = output_constraints(subject.name).get(member.path, ())
    return next((constraint.id for kind in kinds for constraint in found if constraint.kind is kind), None)


def of_error(subject: Operation, response: Response) -> str | None:
    """The id that an error breaks whose status or named type the document does not have.

    What stands around the name and where it stands is open, so the contract's reading of the reply decides. None where
    no type is named: whether one must be is told by the body's own promise.
    """
    if response.error_name is None:
        return None
    lawful = statuses_of(subject, response.error_name)
    if not lawful:
        return f"{subject.name}.error.type"
    return None if response.status in lawful else f"{subject.name}.error.status"


def of_content_type(subject: Operation, response: Response) -> Iterator[str]:
    """The id that a reply breaks whose content type the document does not list; other media types of JSON are as good.

    A success without a body needs no content type.
    """
    if is_json(response):
        return
    if not response.succeeded:
        yield f"{subject.name}.error.content-type"
    elif response.body.strip():
        yield "Protocol.success.content-type"


def of_broken_json(subject: Operation, response: Response) -> Iterator[str]:
    """The id that a body breaks which is no JSON. A lone surrogate, which some readers refuse, is JSON."""
    try:
        _ = response.document
    except ValueError:
        yield f"{subject.name}.{'success' if response.succeeded else 'error'}.body"
