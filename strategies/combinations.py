"""Requests that carry accepted edges of many members at once: what one such request shows, each edge shows alone.

Edges go together where they change different places of the request, or the same place in the same way. A place is a
member, or a child of a structure, or an entry of a map. Left out, and sent alone, are those whose acceptance may
lawfully depend on more than the request, and ClientTokens: a fixed one must not be sent with other members later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.limits import ATTRIBUTE_BYTES
from conformance.contract.model import Kind, Operation
from conformance.contract.requirements import Constraint, ConstraintKind, Level
from strategies.boundaries import Edge, edges
from strategies.examples import is_conditional, plain_arguments
from strategies.requests import Arguments

_FORMS = (ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER)  # kept apart, and no musts
_OWN_KEYS = ("References",)  # maps whose keys their caller invents: each edge can have an entry of its own


class _Nothing(Enum):
    """What stands at a place that an edge needs empty."""

    ABSENT = "absent"


Place = tuple[str, ...]
Changes = dict[Place, Any]
EdgesOf = Callable[[Constraint], Sequence[Edge]]


@dataclass(frozen=True, slots=True)
class Part:
    """One accepted edge of a combination, and the requirement that it belongs to.

    `changes` are what it changes in the plain request, by place. `merges` says that it needs nothing absent, so that
    another edge may add members to the structures that it sends.
    """

    requirement: str
    edge: Edge
    changes: Mapping[Place, Any]
    merges: bool = False


@dataclass(frozen=True, slots=True)
class Combination:
    """Accepted edges of one operation that go together. `musts` says that a must is behind each."""

    operation: Operation
    parts: tuple[Part, ...]
    musts: bool

    @property
    def arguments(self) -> Arguments:
        """The plain arguments with what each edge changes in them."""
        changes: Changes = {}
        for part in self.parts:
            changes.update(_beside(changes, part) or {})
        return plain_arguments(self.operation) | _as_members(changes)

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

    def half_with(self, requirement: str, edge: str) -> Combination:
        """The half of the combination that has the named edge of `requirement`."""
        middle = len(self.parts) // 2
        first, second = self.of(self.parts[:middle]), self.of(self.parts[middle:])
        return first if any((p.requirement, p.edge.name) == (requirement, edge) for p in first.parts) else second


def combinations(
    operation: Operation, constraints: Iterable[Constraint], edges_of: EdgesOf = edges
) -> Iterator[Combination]:
    """As few combinations as a first fit finds, of the edges of `constraints` of `operation` that may be combined.

    `edges_of` are the edges of a constraint that are tried. Musts, null and unknown members are kept apart: an endpoint
    that is strict about a form still shows its limits.
    """
    groups: dict[object, list[Part]] = defaultdict(list)
    for constraint in constraints:
        if constraint.operation.name == operation.name:
            form: object = constraint.kind if constraint.kind in _FORMS else catalogue()[constraint.id].level
            groups[form].extend(_parts(constraint, edges_of(constraint)))
    for form, parts in groups.items():
        for together in _pack(parts):
            yield Combination(operation, together, musts=form is Level.MUST)


def _parts(constraint: Constraint, tried: Iterable[Edge]) -> Iterator[Part]:
    for edge in tried:
        if edge.accepted and edge.depends_on is None and _may_be_combined(constraint.operation, edge):
            yield Part(constraint.id, edge, _places(constraint, edge), merges=constraint.kind in _FORMS)


def _may_be_combined(operation: Operation, edge: Edge) -> bool:
    """Whether nothing but the request decides on the edge's acceptance. null for a member says nothing of its value."""
    changed = _changes(operation, edge)
    removed = plain_arguments(operation).keys() - edge.arguments.keys()
    tokens = {member.name for member in operation.input.members if member.idempotency_token}
    open_ones = [
        name
        for name, value in changed.items()
        if value is not None and (name in tokens or is_conditional(operation.name, name))
    ]
    return bool(changed) and not removed and not open_ones


def _changes(operation: Operation, edge: Edge) -> Arguments:
    """The members of the request that the edge changes or adds."""
    plain = plain_arguments(operation)
    return {name: value for name, value in edge.arguments.items() if name not in plain or plain[name] != value}


def _places(constraint: Constraint, edge: Edge) -> Changes:
    """What the edge changes, by place."""
    found: Changes = {}
    for name, value in _changes(constraint.operation, edge).items():
        children = _children(constraint, name, value)
        found |= {(name,): value} if children is None else {(name, child): v for child, v in children.items()}
    return found


def _children(constraint: Constraint, name: str, value: object) -> dict[str, Any] | None:
    """The children of member `name`, which has `value`, that the edge is about; None where it is about all of it.

    An edge about something inside a child does not depend on the others. An edge about a member's absence needs those
    absent that it lacks.
    """
    members = {member.name: member for member in constraint.operation.input.members}
    if not isinstance(value, dict) or name not in members or members[name].kind not in (Kind.STRUCTURE, Kind.MAP):
        return None
    if members[name].kind is Kind.MAP:
        return value or None
    inside = constraint.member.path + (("?",) if constraint.kind is ConstraintKind.UNKNOWN_MEMBER else ())
    if len(inside) > len((name, "child")) and inside[0] == name:
        return {inside[1]: value[inside[1]]}
    absent = [child.name for child in members[name].members if child.name not in value]
    return value | (dict.fromkeys(absent, _Nothing.ABSENT) if constraint.kind is ConstraintKind.OPTIONAL else {})


def _pack(parts: Iterable[Part]) -> Iterator[tuple[Part, ...]]:
    packs: list[tuple[Changes, list[Part]]] = []
    for part in parts:
        for changes, together in packs:
            added = _beside(changes, part)
            if added is not None:
                changes.update(added)
                together.append(part)
                break
        else:
            packs.append((dict(part.changes), [part]))
    return (tuple(together) for _, together in packs if len(together) > 1)


def _beside(changes: Changes, part: Part) -> Changes | None:
    """What `part` changes with `changes`, an entry of a map maybe under another key; None where they clash."""
    found: Changes = {}
    for place, value in part.changes.items():
        own = place
        together = _merge(changes.get(own, value), value, merges=part.merges)
        while together is None and place[0] in _OWN_KEYS and len(place) > 1:
            own = (place[0], f"{own[1]}-")
            together = _merge(changes.get(own, value), value, merges=part.merges)
        if together is None or any(_overlaps(own, other) for other in changes):
            return None
        found[own] = together[0]
    return found if all(_bytes(changes | found, name) <= ATTRIBUTE_BYTES for name, *_ in found) else None


def _merge(one: Any, other: Any, *, merges: bool) -> tuple[Any] | None:
    """The value that stands for both, in a tuple for it may be None; None where they differ or may not be merged."""
    if one == other:
        return (one,)
    if not (merges and isinstance(one, dict) and isinstance(other, dict)):
        return None
    parts = {name: _merge(one.get(name, value), value, merges=True) for name, value in other.items()}
    if any(part is None for part in parts.values()):
        return None
    return ({**one, **{name: part[0] for name, part in parts.items() if part is not None}},)


def _overlaps(one: Place, other: Place) -> bool:
    return one[0] == other[0] and len(one) != len(other)


def _bytes(changes: Changes, name: str) -> int:
    """How large the entries of a map are together. Attributes are limited so; other maps are kept as small."""
    entries = {place[1]: value for place, value in changes.items() if place[0] == name and len(place) > 1}
    return sum(len(key.encode()) + len(str(value).encode()) for key, value in entries.items())


def _as_members(changes: Changes) -> Arguments:
    found: Arguments = {}
    for place, value in changes.items():
        if len(place) == 1:
            found[place[0]] = value
            continue
        whole = found.setdefault(place[0], {})
        if value is not _Nothing.ABSENT:
            whole[place[1]] = value
    return found
