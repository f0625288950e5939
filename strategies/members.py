"""Valid values of a member, drawn inside every documented limit, and whole valid requests of an operation."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.contract.catalogue import constraints
from conformance.contract.model import Kind, Location, Member, Operation
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from strategies.examples import is_conditional, plain_arguments
from strategies.requests import Arguments, place_fitting
from strategies.text import ASCII, texts_between

# A drawn text is no longer than this unless it stands at an edge; long ones say nothing that the edges do not.
_LONGEST = 300


def promises(operation: Operation) -> dict[tuple[str, ...], Constraint]:
    """For each input member of `operation` one of its constraints, to read the documents' further promises from."""
    return {
        c.member.path: c
        for c in constraints(Direction.INPUT)
        if c.operation.name == operation.name and c.kind is ConstraintKind.TYPE
    }


def from_member(constraint: Constraint) -> st.SearchStrategy[Any] | None:
    """Values that `constraint.member` accepts; None where only particular values are accepted."""
    member = constraint.member
    if constraint.values:
        return st.sampled_from(constraint.values)
    if constraint.promise is not None and constraint.edges is None:
        return None
    if member.enum:
        return st.sampled_from(member.enum)
    return _inside(constraint, member)


def _inside(constraint: Constraint, member: Member) -> st.SearchStrategy[Any] | None:
    if member.kind is Kind.STRING and member.pattern is None:
        lowest = int(member.minimum or 0) or 1
        return texts_between(lowest, min(int(member.maximum or _LONGEST), _LONGEST), alphabet=ASCII + "é€\U0001f600 -")
    if member.kind in (Kind.INTEGER, Kind.LONG) and member.maximum is not None:
        lowest, highest = constraint.edges or (int(member.minimum or 0), int(member.maximum))
        return st.integers(min_value=lowest, max_value=highest)
    if member.kind is Kind.BOOLEAN:
        return st.booleans()
    return None


def optional_members(operation: Operation) -> list[Constraint]:
    """The optional members, at any depth, whose valid values are known to be accepted on every endpoint."""
    plain = plain_arguments(operation)
    return [
        constraint
        for path, constraint in promises(operation).items()
        if constraint.member.location is Location.BODY
        and path[-1] not in ("key", "member")
        and path[0] not in plain
        and not is_conditional(operation.name, constraint.member.dotted)
    ]


@st.composite
def from_operation(draw: st.DrawFn, operation: Operation) -> Arguments:
    """Valid arguments of `operation`: the plain ones and any choice of optional members, inside all limits.

    Members that exclude each other are never drawn together.
    """
    arguments = plain_arguments(operation)
    for constraint in optional_members(operation):
        values = from_member(constraint)
        if values is not None and draw(st.booleans()) and not _excludes(arguments, constraint):
            placed = place_fitting(operation, constraint.member, draw(values))
            arguments.update({k: v for k, v in placed.items() if k not in plain_arguments(operation) or k in arguments})
    return arguments


def _excludes(arguments: Arguments, constraint: Constraint) -> bool:
    """Whether another member of the same top-level member stands already, so that both would have to be merged."""
    return constraint.member.path[0] in arguments
