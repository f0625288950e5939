"""Requests that carry accepted edges of many members at once: what one such request shows, each edge shows alone.

Edges go together where they change different members of the request. Left out, and sent alone, are those whose
acceptance may lawfully depend on more than the request, and ClientTokens: a fixed one must not be sent with other
members later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.contract.catalogue import catalogue
from conformance.contract.model import Operation
from conformance.contract.requirements import Constraint, ConstraintKind, Level
from strategies.boundaries import Edge, edges
from strategies.examples import is_conditional, plain_arguments
from strategies.requests import Arguments

_FORMS = (ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER)  # kept apart, and no musts


@dataclass(frozen=True, slots=True)
class Part:
    """One accepted edge of a combination, and the requirement that it belongs to."""

    requirement: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class Combination:
    """Accepted edges of one operation that go together. `musts` says that a must is behind each."""

    operation: Operation
    parts: tuple[Part, ...]
    musts: bool

    @property
    def arguments(self) -> Arguments:
        """The plain arguments with what each edge changes in them."""
        merged = plain_arguments(self.operation)
        for part in self.parts:
            merged.update(_changed(self.operation, part.edge))
        return merged

    @property
    def name(self) -> str:
        """The edges in a few words."""
        return " with ".join(f"{part.requirement} ({part.edge.name})" for part in self.parts)

    @property
    def spends(self) -> int:
        """How many of its successes use up a conversation, 0 where they leave it as it is."""
        return min(part.edge.spends for part in self.parts)

    def of(self, parts: Iterable[Part]) -> Combination:
        """A combination of some of the parts."""
        return Combination(self.operation, tuple(parts), self.musts)


def combinations(operation: Operation, constraints: Iterable[Constraint]) -> Iterator[Combination]:
    """As few combinations as a first fit finds, of all edges of `constraints` of `operation` that may be combined.

    Musts, null and unknown members are kept apart: an endpoint that is strict about a form still shows its limits.
    """
    groups: dict[object, list[Part]] = defaultdict(list)
    for constraint in constraints:
        if constraint.operation.name == operation.name:
            form: object = constraint.kind if constraint.kind in _FORMS else catalogue()[constraint.id].level
            groups[form].extend(_parts(constraint))
    for form, parts in groups.items():
        for together in _packed(operation, parts):
            yield Combination(operation, together, musts=form is Level.MUST)


def _parts(constraint: Constraint) -> Iterator[Part]:
    for edge in edges(constraint):
        if edge.accepted and edge.depends_on is None and _may_be_combined(constraint.operation, edge):
            yield Part(constraint.id, edge)


def _may_be_combined(operation: Operation, edge: Edge) -> bool:
    names = _changed(operation, edge).keys()
    tokens = {member.name for member in operation.input.members if member.idempotency_token}
    removed = plain_arguments(operation).keys() - edge.arguments.keys()
    return bool(names) and not (
        removed or tokens & names or any(is_conditional(operation.name, name) for name in names)
    )


def _changed(operation: Operation, edge: Edge) -> Arguments:
    """The members of the request that the edge changes or adds."""
    plain = plain_arguments(operation)
    return {name: value for name, value in edge.arguments.items() if name not in plain or plain[name] != value}


def _packed(operation: Operation, parts: Iterable[Part]) -> Iterator[tuple[Part, ...]]:
    packs: list[tuple[set[str], list[Part]]] = []
    for part in parts:
        names = set(_changed(operation, part.edge))
        fitting = next((pack for pack in packs if pack[0].isdisjoint(names)), None)
        if fitting is None:
            packs.append((names, [part]))
        else:
            fitting[0].update(names)
            fitting[1].append(part)
    return (tuple(together) for _, together in packs if len(together) > 1)
