"""Every prose rule that a schema says something of, by the place where it is said."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conformance.contract.openapi import rules_of_participants, rules_of_replies, rules_of_starts
from conformance.contract.openapi.clauses import Clause
from conformance.contract.requirements import Direction

Place = tuple[str, Direction, str]


@cache
def clauses() -> tuple[Clause, ...]:
    """All clauses, requests first."""
    return (*rules_of_starts.clauses(), *rules_of_participants.clauses(), *rules_of_replies.clauses())


@cache
def _clauses_by_place() -> Mapping[Place, tuple[Clause, ...]]:
    found: dict[Place, tuple[Clause, ...]] = {}
    for clause in clauses():
        place = clause.subject, clause.direction, clause.at
        found[place] = (*found.get(place, ()), clause)
    return found


def clauses_of(operation: str, direction: Direction, at: str) -> tuple[Clause, ...]:
    """The clauses at the member path `at` (in dots, empty for the body) of a request or reply of `operation`."""
    return _clauses_by_place().get((operation, direction, at), ())
