"""The edges that decide most, for runs in which each request costs money.

An edge is left out where another one of the same promise shows the same mistake, or where no reader of JSON is known to
make the mistake that it would show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from conformance.contract.model import Kind
from conformance.contract.requirements import Constraint, ConstraintKind
from strategies.boundaries import Edge, edges
from strategies.malformed import OddRequest

# What lenient readers of JSON turn into a value of each kind.
_TAKEN_FOR: Mapping[Kind, frozenset[str]] = {
    Kind.STRING: frozenset({"number", "true", "object", "array"}),
    Kind.INTEGER: frozenset({"text", "true", "fraction"}),
    Kind.LONG: frozenset({"text", "true", "fraction"}),
    Kind.BOOLEAN: frozenset({"text", "number"}),
    Kind.STRUCTURE: frozenset({"array", "text"}),
    Kind.MAP: frozenset({"array", "text"}),
    Kind.LIST: frozenset({"object", "text"}),
}
_LENGTHS = (ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX)
# A reader that stops at the end of the first value takes what stands behind; one that finds no value may crash.
_TELLING = {"request.broken-json": ("a bare word", "something behind")}


def decisive_edges(constraint: Constraint) -> tuple[Edge, ...]:
    """Those of the edges of an input constraint that decide, in their order."""
    found = edges(constraint)
    refused, accepted = ([edge for edge in found if edge.accepted is taken] for taken in (False, True))
    return (*_refused_edges(constraint, refused), *_accepted_edges(constraint, accepted))


def _refused_edges(constraint: Constraint, found: list[Edge]) -> Iterator[Edge]:
    if constraint.kind is ConstraintKind.TYPE:
        yield from (edge for edge in found if edge.name in _TAKEN_FOR[constraint.member.kind])
    elif constraint.kind is ConstraintKind.ENUM:
        # A reader that takes any text, or any case, takes the last value in other case.
        yield from [edge for edge in found if edge.name.endswith("in other case")][-1:]
        yield from (edge for edge in found if edge.name == "blank behind")
    else:
        yield from found


def _accepted_edges(constraint: Constraint, found: list[Edge]) -> list[Edge]:
    """The longest text is tried in its widest characters alone, an unknown member as an object alone."""
    if constraint.kind in (*_LENGTHS, ConstraintKind.UNKNOWN_MEMBER):
        return found[-1:]
    return found


def one_edge(decisive: Sequence[Edge], free: Sequence[Edge]) -> tuple[Edge, ...]:
    """The first of the `decisive` edges of a constraint, with those that are `free` of a request of their own."""
    return tuple(edge for place, edge in enumerate(decisive) if not place or edge in free)


def decisive_odd_requests(rule: str, requests: Iterable[OddRequest]) -> tuple[OddRequest, ...]:
    """The odd requests of an operation for `rule` that decide: the first where no others are known to tell more."""
    found = tuple(requests)
    return tuple(each for each in found if each.name in _TELLING.get(rule, (found[0].name,)))
