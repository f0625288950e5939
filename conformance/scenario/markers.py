"""The link from tests to requirements: a marker for written tests, parameters for derived ones.

A mistyped id stops the collection; nothing is claimed by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import operations
from conformance.contract.operation_traits import ENDING
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Requirement

MARKERS = (
    "verifies(id, ...): the requirement ids that a test shows to be kept or broken",
    "moves_clock: the test moves the endpoint's clock, so it runs after all others",
    "looks_back: the test needs what many others have started, so it runs after them",
    "alone: no other test is at work while this one is (--in-flight)",
)
READING_SESSION, ENDING_SESSION = "GetAuthenticationUrl", "CancelParticipantAuthentication"
NEEDS_SESSION, MAY_END_SESSION, ENDS_SESSION = 1, 2, 3  # the turns of those that use the authentication session
Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def each_constraint(*kinds: ConstraintKind, direction: Direction = Direction.INPUT, asked: bool = False) -> Decorator:
    """One test for each constraint of `kinds`; its requirement id is the parameter's id.

    If `asked`, only output members returned on request; otherwise all others.
    """
    chosen = [c for c in constraints(direction, *kinds) if (c.asked_by is not None and c.kind in _ASKED) == asked]
    return pytest.mark.parametrize("constraint", [_parameter(c.id, c) for c in chosen if not _is_untested(c.id)])


_ASKED = (ConstraintKind.PRESENT,)


def each_requirement(*families: str) -> Decorator:
    """One test for each requirement whose id ends in one of `families`, on every operation that has it."""
    chosen = [r for r in catalogue().values() if r.derived and not r.constraint and r.family in families]
    return pytest.mark.parametrize("requirement", [_parameter(r.id, r) for r in chosen])


def verifies_each(names: str, *rows: str | tuple[str, ...]) -> Decorator:
    """One test for each of `rows`, which claims the requirement ids of its row.

    A row is one id, or a tuple of ids, given to the test as its arguments `names` ("requirement, answer"). The test of
    a row is named by its first id. The ids are written in full where the test is.
    """
    tuples = [(row,) if isinstance(row, str) else row for row in rows]
    return pytest.mark.parametrize(names, [pytest.param(*ids, id=ids[0], marks=verifies(*ids)) for ids in tuples])


def verifies(*requirements: str) -> pytest.MarkDecorator:
    """Claim `requirements` for a written test."""
    return pytest.mark.verifies(*requirements)


def _parameter(requirement: str, value: Constraint | Requirement) -> Any:
    return pytest.param(value, id=requirement, marks=pytest.mark.verifies(requirement))


def _is_untested(requirement: str) -> bool:
    return catalogue()[requirement].untested is not None


def claims_of(item: pytest.Item) -> tuple[str, ...]:
    """The requirement ids that `item` claims. Raises pytest.UsageError for an id that does not exist."""
    ids = tuple(rid for marker in item.iter_markers("verifies") for rid in marker.args)
    unknown = [rid for rid in ids if rid not in catalogue()]
    if unknown:
        raise pytest.UsageError(f"{item.nodeid} claims requirements that do not exist: {', '.join(unknown)}")
    return ids


_NEEDED_FIRST = ("StartChatContact", "CreateParticipantConnection")


def operations_in(items: Iterable[pytest.Item]) -> list[str]:
    """The operations that `items` claim something about: first those that the others need, last those that end a chat.

    Without the one that ends an authentication session, which other tests need: it is called when its own tests are.
    """
    claims = {rid.partition(".")[0] for item in items for rid in claims_of(item)}
    named = claims.intersection(operations()) - {ENDING_SESSION}
    first = _NEEDED_FIRST if named else ()
    others = (name for name in operations() if name in named.difference(first))
    return [*first, *sorted(others, key=ENDING.__contains__)]


def running_order(item: pytest.Item) -> tuple[bool, int, bool]:
    """The key that items are sorted by: tests that move the clock come last, before them those that end a session.

    Before both come tests that look back at the starts of a run: where these are too few, such a test makes more. Tests
    that run alone come after the others of their kind, so that those that may run at once follow one another.
    """
    turn = session_turn(item)
    late = turn if turn > NEEDS_SESSION else int(item.get_closest_marker("looks_back") is not None)
    return moves_clock(item), late, runs_alone(item)


def moves_clock(item: pytest.Item) -> bool:
    """Whether `item` moves the endpoint's clock. Then it looks at the age of what it has made itself."""
    return item.get_closest_marker("moves_clock") is not None


def runs_alone(item: pytest.Item, *, clock: bool = True) -> bool:
    """Whether no other test may be at work while `item` is: it measures, meets quotas, or changes what others need.

    `clock` says that the run can move the endpoint's clock. Where it cannot, a test that would may run with others.
    """
    return (clock and moves_clock(item)) or item.get_closest_marker("alone") is not None


def session_turn(item: pytest.Item) -> int:
    """When `item` uses the one authentication session that a run has: its turn, 0 where it does not use it.

    First come tests that need the session, then those that may end it besides other things, then one by one those that
    only end it. Tests that move the clock are ordered apart.
    """
    operations_claimed = _operations_of(item)
    if moves_clock(item) or not operations_claimed & {READING_SESSION, ENDING_SESSION}:
        return 0
    if ENDING_SESSION not in operations_claimed:
        return NEEDS_SESSION
    return ENDS_SESSION if operations_claimed == {ENDING_SESSION} else MAY_END_SESSION


def _operations_of(item: pytest.Item) -> set[str]:
    return {rid.partition(".")[0] for rid in claims_of(item)}


def in_scope(items: Iterable[pytest.Item], scope: frozenset[str]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """`items` that claim something in `scope`, and the others."""
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (chosen if scope.intersection(claims_of(item)) else left).append(item)
    return chosen, left
