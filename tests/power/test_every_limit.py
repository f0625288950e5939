"""For every input constraint and both directions: an endpoint that is off by one turns just that requirement red.

The edges are deterministic, so this holds at smoke depth already.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Location, Member
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Level
from conformance.examination.constraints import examine
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.valid import examine_valid
from conformance.verdicts import Outcome
from strategies.boundaries import edges
from strategies.samples import is_conditional
from tests.power.direct import changing, examiner, service, with_member

Change = Callable[[Member], Member | None]
K = ConstraintKind


def no_member(_: Member) -> None:
    """The endpoint does not look at the member at all."""


def lax(constraint: Constraint) -> Change | None:
    """The smallest change that lets through what must be refused."""
    limit = constraint.limit
    return {
        K.REQUIRED: changing(required=False),
        # The reference walks a map by its value, which must stay there.
        K.TYPE: no_member if constraint.member.name != "value" else None,
        K.LENGTH_MIN: changing(minimum=limit - 1) if isinstance(limit, int) else None,
        K.RANGE_MIN: changing(minimum=limit - 1) if isinstance(limit, int) else None,
        K.SIZE_MIN: changing(minimum=limit - 1) if isinstance(limit, int) else None,
        K.LENGTH_MAX: changing(maximum=limit + 1) if isinstance(limit, int) else None,
        K.RANGE_MAX: changing(maximum=limit + 1) if isinstance(limit, int) else None,
        K.SIZE_MAX: changing(maximum=limit + 1) if isinstance(limit, int) else None,
        K.ENUM: changing(enum=()),
        K.PATTERN: changing(pattern=None),
    }.get(constraint.kind)


def strict(constraint: Constraint) -> Change | None:
    """The smallest change that refuses what must be accepted."""
    lowest, highest = constraint.edges or (constraint.limit, constraint.limit)
    change = {
        K.LENGTH_MIN: lambda: changing(minimum=constraint.limit + 1),
        K.RANGE_MIN: lambda: changing(minimum=lowest + 1),
        K.SIZE_MIN: lambda: changing(minimum=constraint.limit + 1),
        K.LENGTH_MAX: lambda: changing(maximum=constraint.limit - 1),
        K.RANGE_MAX: lambda: changing(maximum=highest - 1),
        K.SIZE_MAX: lambda: changing(maximum=constraint.limit - 1),
        K.ENUM: lambda: changing(enum=("NOTHING_THAT_IS_LISTED",)),
    }.get(constraint.kind)
    return change() if change else None


def cases(make: Callable[[Constraint], Change | None], *, accepted: bool) -> list[Any]:
    found = []
    for constraint in constraints(Direction.INPUT):
        change, tried = make(constraint), [e for e in edges(constraint) if e.accepted == accepted]
        judged = catalogue()[constraint.id]
        body = constraint.member.location is not Location.HEADER
        # A value that the account may refuse altogether cannot be told from one that a fault refuses.
        refusable = (
            accepted
            and constraint.kind is K.ENUM
            and is_conditional(constraint.operation.name, constraint.member.dotted)
        )
        if change and tried and body and judged.level is Level.MUST and judged.untested is None and not refusable:
            found.append(pytest.param(constraint, change, id=constraint.id))
    return found


def changed(constraint: Constraint, change: Change) -> Examiner:
    """An examiner of the reference in which one constraint is changed."""
    endpoint = service()
    name = constraint.operation.name
    endpoint.shapes[name] = with_member(endpoint.shapes[name], constraint.member.path, change)
    return examiner(endpoint.handle)


def reds(looking: Examiner, constraint: Constraint) -> set[str]:
    """The requirements that are seen broken when the constraint is examined, and the operation's valid requests."""
    for look in (
        lambda: examine(looking, constraint),
        lambda: examine_valid(looking, catalogue()[f"{constraint.operation.name}.success.valid-request"]),
    ):
        with suppress(ContractViolation, Unwitnessed):
            look()
    accounts = looking.witness.accounts
    return {requirement for requirement, account in accounts.items() if account.outcomes[Outcome.BROKEN]}


def statuses(looking: Examiner, constraint: Constraint) -> list[int]:
    """What an endpoint answers to the requests that the constraint refuses."""
    found = []
    for edge in edges(constraint):
        if not edge.accepted:
            with looking.conversations.own() as conversation:
                response = looking.send(constraint.operation, edge.arguments, conversation).response
                found.append(response.status if response else 0)
    return found


@pytest.mark.parametrize(("constraint", "change"), cases(lax, accepted=False))
def test_a_limit_that_is_too_lax_is_found(constraint: Constraint, change: Change) -> None:
    """Unless it does not show: another rule of the reference then refuses the same requests with the same status."""
    looking = changed(constraint, change)
    hidden = statuses(looking, constraint) == statuses(examiner(service().handle), constraint)
    lookup = f"{constraint.operation.name}.refusal.before-lookup"
    assert hidden or reds(looking, constraint) & {constraint.id, lookup}


@pytest.mark.parametrize(("constraint", "change"), cases(strict, accepted=True))
def test_a_limit_that_is_too_strict_is_found(constraint: Constraint, change: Change) -> None:
    """It breaks its own requirement or, where the plainest call needs the value, that valid requests are accepted."""
    broken = reds(changed(constraint, change), constraint)
    assert broken & {constraint.id, f"{constraint.operation.name}.success.valid-request"}


TESTABLE = [c for c in constraints(Direction.INPUT) if edges(c) and catalogue()[c.id].untested is None]


@pytest.mark.parametrize("constraint", TESTABLE, ids=lambda c: c.id)
def test_the_reference_itself_stays_green(constraint: Constraint) -> None:
    assert reds(examiner(service().handle), constraint) == set()
