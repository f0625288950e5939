"""The deterministic edges of a constraint: what must be accepted just inside it and refused just outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.model import Kind, Location, Operation
from conformance.contract.operation_traits import CONSUMING
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.contract.resources import RECEIPT, Resource
from strategies.examples import example, is_conditional, is_needed, members_instead_of
from strategies.requests import Arguments, add_unknown, member_at, place, place_fitting, remove, structures_without
from strategies.text import BY_WIDTH, tile
from strategies.violations import distinct_wrong_types, near_enum, off_pattern


@dataclass(frozen=True, slots=True)
class Edge:
    """One fixed example of a requirement: what is sent, and whether it must be accepted or refused.

    `spends` is how many accepted edges like this one use up a conversation, 0 where they leave it as it is.
    `depends_on` is a request that must be accepted first for this one's acceptance to be promised at all.
    """

    name: str
    accepted: bool
    arguments: Arguments
    spends: int = 0
    depends_on: Arguments | None = None


def edges(constraint: Constraint) -> tuple[Edge, ...]:
    """The edges of an input constraint, refusals first."""
    return (*refused_edges(constraint), *_accepted_edges(constraint))


def _edge(constraint: Constraint, name: str, value: Any, *, accepted: bool) -> Edge:
    operation, path = constraint.operation, constraint.member.path
    if accepted:
        return _with(constraint, name, place_fitting(operation, constraint.member, value), accepted=True)
    return _with(constraint, name, place(operation, path, value), accepted=accepted)


def _with(constraint: Constraint, name: str, arguments: Arguments, *, accepted: bool) -> Edge:
    operation, member = constraint.operation, constraint.member
    depends_on = None
    if accepted and is_conditional(operation.name, member.dotted):
        depends_on = place(operation, member.path, _inner(constraint))
    return Edge(name, accepted, arguments, spends=cost_of(operation) if accepted else 0, depends_on=depends_on)


def cost_of(operation: Operation) -> int:
    """How many accepted edges use up a conversation. Attributes of different edges may be too large together."""
    return 1 if operation.name == "UpdateContactAttributes" else CONSUMING.get(operation.name, 0)


def _inner(constraint: Constraint) -> Any:
    """A value well inside the limits, to find out whether the account allows the member at all."""
    member = constraint.member
    if member.kind in (Kind.INTEGER, Kind.LONG) and member.maximum is not None:
        return (int(member.minimum or 0) + int(member.maximum)) // 2
    return example(constraint.operation, member)


def refused_edges(constraint: Constraint) -> Iterator[Edge]:
    """Those of them that must be refused, each made when it is asked for."""
    for name, value in _refused_values(constraint).items():
        yield _edge(constraint, name, value, accepted=False)
    required = constraint.member.required
    if constraint.kind is ConstraintKind.REQUIRED:
        yield _with(constraint, "absent", remove(constraint.operation, constraint.member.path), accepted=False)
    if constraint.kind is ConstraintKind.NULL and required:
        yield _edge(constraint, "null", None, accepted=False)


def _refused_values(constraint: Constraint) -> dict[str, Any]:  # noqa: PLR0911 - one line a kind
    member, limit = constraint.member, constraint.limit
    match constraint.kind:
        case ConstraintKind.TYPE:
            return distinct_wrong_types(member)
        case ConstraintKind.ENUM:
            return near_enum(limit)
        case ConstraintKind.PATTERN:
            return {"no match": off_pattern(constraint)}
        case ConstraintKind.LENGTH_MIN if limit > 0:
            return {f"{limit - 1} code points": _text_outside(constraint, limit - 1)}
        case ConstraintKind.LENGTH_MAX:
            return {f"{limit + 1} code points": _text_outside(constraint, limit + 1)}
        case ConstraintKind.RANGE_MIN:
            return {f"{limit - 1}": limit - 1}
        case ConstraintKind.RANGE_MAX:
            return {f"{limit + 1}": limit + 1}
        case ConstraintKind.SIZE_MIN if limit > 0:
            return {f"{limit - 1} entries": entries(constraint, limit - 1)}
        case ConstraintKind.SIZE_MAX:
            return {f"{limit + 1} entries": entries(constraint, limit + 1)}
    return {}


def _accepted_edges(constraint: Constraint) -> Iterator[Edge]:
    if constraint.kind is ConstraintKind.UNKNOWN_MEMBER:
        yield from _unknown_members(constraint)
    if constraint.kind is ConstraintKind.NULL:
        yield from _absent_by_null(constraint)
    if constraint.kind is ConstraintKind.OPTIONAL:
        yield from _absent(constraint)
    for name, value in _accepted_values(constraint).items():
        yield _edge(constraint, name, value, accepted=True)


def _unknown_members(constraint: Constraint) -> Iterator[Edge]:
    operation, path = constraint.operation, constraint.member.path
    if not is_conditional(operation.name, constraint.member.dotted):
        yield _with(constraint, "a text", add_unknown(operation, path, "x"), accepted=True)
        yield _with(constraint, "an object", add_unknown(operation, path, {"a": [1]}), accepted=True)


def _accepted_values(constraint: Constraint) -> dict[str, Any]:
    kind = constraint.kind
    if kind is ConstraintKind.ENUM:
        return {value: value for value in _enum_values(constraint)}
    if kind in (ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX):
        edge = _range_edge(constraint)
        return {f"{edge}": edge}
    if kind in (ConstraintKind.SIZE_MIN, ConstraintKind.SIZE_MAX) and constraint.promise != "resource":
        return {f"{constraint.limit} entries": entries(constraint, int(constraint.limit))}
    if kind in (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX):
        return _accepted_texts(constraint)
    return {}


def _absent_by_null(constraint: Constraint) -> Iterator[Edge]:
    """An edge with null for an optional member, which counts as a request without the member."""
    operation, member = constraint.operation, constraint.member
    parent = ".".join(member.path[:-1])
    if not (member.required or is_conditional(operation.name, parent) or is_needed(operation.name, member.dotted)):
        arguments = place(operation, member.path, None, companions=len(member.path) > 1)
        arguments.update(members_instead_of(operation, member.dotted))
        yield Edge("null", accepted=True, arguments=arguments, spends=cost_of(operation))


def _absent(constraint: Constraint) -> Iterator[Edge]:
    """Without an optional member of a nested structure: beside its siblings, and with nothing else in the structure."""
    operation, member = constraint.operation, constraint.member
    if catalogue()[constraint.id].untested is not None:
        return
    spends = cost_of(operation)
    for name, structure in structures_without(operation, member).items():
        yield Edge(name, accepted=True, arguments=place(operation, member.path[:-1], structure), spends=spends)


def _enum_values(constraint: Constraint) -> tuple[str, ...]:
    if constraint.values:
        return constraint.values
    return () if constraint.promise in ("resource", "vocabulary") else constraint.limit


def _range_edge(constraint: Constraint) -> int:
    if constraint.edges is None:
        return int(constraint.limit)
    return constraint.edges[0] if constraint.kind is ConstraintKind.RANGE_MIN else constraint.edges[1]


def _accepted_texts(constraint: Constraint) -> dict[str, Any]:
    """Texts of exactly the limit; of wide characters too where no limit of bytes stands beside it."""
    member, limit = constraint.member, int(constraint.limit)
    dotted, longest = f"{constraint.operation.name}.{member.dotted}", constraint.kind is ConstraintKind.LENGTH_MAX
    if dotted in _ACCEPTED_FORMS and longest:
        return {f"{limit} code points": _ACCEPTED_FORMS[dotted](limit)}
    if constraint.promise is not None or member.location is not Location.BODY or member.pattern or member.enum:
        return {}
    found: dict[str, Any] = {f"{limit} code points": tile("a", limit)}
    if longest and not _is_limited_in_bytes(constraint):
        found[f"{limit} code points of 4 bytes"] = tile(BY_WIDTH[4], limit)
    return found


def _is_limited_in_bytes(constraint: Constraint) -> bool:
    """Whether the documents limit the member in bytes or by an alphabet besides the model's code points."""
    return constraint.member.name in ("Content", "key") or constraint.member.path[:1] == ("Attributes",)


def _text_outside(constraint: Constraint, code_points: int) -> str | Resource:
    """A text of exactly `code_points`, outside the limit, that has the form which the documents ask for."""
    form = _FORMS.get(f"{constraint.operation.name}.{constraint.member.dotted}")
    return form(code_points) if form and code_points > _SHORTEST_FORM else tile("a", code_points)


def _url(code_points: int) -> str:
    start = "https://example.com/"
    return start + tile("a", code_points - len(start))


def _file_name(code_points: int) -> str:
    return tile("a", code_points - len(".txt")) + ".txt"


def _topic_arn(code_points: int) -> str:
    start = "arn:aws:sns:us-east-1:123456789012:"
    return start + tile("a", code_points - len(start))


_ACCEPTED_FORMS: dict[str, Callable[[int], str]] = {
    "GetAuthenticationUrl.RedirectUri": _url,
    "StartAttachmentUpload.AttachmentName": _file_name,
}
_FORMS: dict[str, Callable[[int], str | Resource]] = {
    **_ACCEPTED_FORMS,
    "SendEvent.Content": lambda n: replace(RECEIPT, code_points=n),
    "StartContactStreaming.ChatStreamingConfiguration.StreamingEndpointArn": _topic_arn,
    "StartChatContact.ChatStreamingConfiguration.StreamingEndpointArn": _topic_arn,
    "StartChatContact.SegmentAttributes.value.ValueArn": _topic_arn,
    "StartWebRTCContact.SegmentAttributes.value.ValueArn": _topic_arn,
}
_SHORTEST_FORM = 100  # code points; below it a text cannot have any of the forms


def entries(constraint: Constraint, count: int) -> list[Any]:
    """A list of `count` valid elements, distinct as far as the enumeration goes."""
    element = member_at(constraint.operation, (*constraint.member.path, "member"))
    first = example(constraint.operation, constraint.member)[0]
    pool = [first, *(value for value in element.enum if value != first)]
    return [pool[i % min(len(pool), 2)] for i in range(count)]
