"""For every output constraint that the reference's replies show: a reply that breaks it turns just that one red."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.replies import examine_asked, examine_replies
from conformance.reference.routing import route
from conformance.verdicts import Outcome
from conformance.wire import Request, Response
from tests.power.direct import examiner, service

K = ConstraintKind
GONE = object()


def wrong_value(constraint: Constraint, value: Any) -> Any:
    """What an endpoint that breaks only this constraint would send for `value`."""
    limit = constraint.limit
    return {
        K.PRESENT: lambda: GONE,
        K.TYPE: lambda: 7 if isinstance(value, str) else "text",
        K.LENGTH_MIN: lambda: "",
        K.LENGTH_MAX: lambda: "a" * (int(limit or 0) + 1),
        K.RANGE_MIN: lambda: limit - 1,
        K.RANGE_MAX: lambda: limit + 1,
        K.ENUM: lambda: "NOTHING_THAT_IS_LISTED",
        K.PATTERN: lambda: "\n",
        K.TIME: lambda: "2026-11-21 00:00:00",
        K.TIME_FRACTION: lambda: "2026-11-21T00:00:00Z",
        K.SIZE_MIN: dict,
        K.SIZE_MAX: lambda: {f"key{i}": "v" for i in range(int(limit or 0) + 1)},
    }[constraint.kind]()


def spoil(container: Any, path: tuple[str, ...], change: Callable[[Any], Any]) -> bool:
    """Change the values at `path` in place; says whether there was one."""
    name, below = path[0], path[1:]
    if name == "member" and isinstance(container, list):
        keys: list[Any] = list(range(len(container)))
    elif name == "value" and isinstance(container, dict):
        keys = list(container)
    elif isinstance(container, dict) and name in container:
        keys = [name]
    else:
        return False
    found = False
    for key in keys:
        if below:
            found |= spoil(container[key], below, change)
        else:
            found, value = True, change(container[key])
            if value is GONE:
                del container[key]
            else:
                container[key] = value
    return found


class Spoilt:
    """The reference, one member of whose successful replies is wrong. `spoilt` says whether any reply held it."""

    def __init__(self, constraint: Constraint) -> None:
        self.service, self.constraint, self.spoilt = service(), constraint, False

    def handle(self, request: Request) -> Response:
        response = self.service.handle(request)
        if not response.succeeded or not response.members or self._other(request):
            return response
        document = json.loads(response.body)
        if spoil(document, self.constraint.member.path, lambda value: wrong_value(self.constraint, value)):
            self.spoilt = True
            return replace(response, body=json.dumps(document).encode())
        return response

    def _other(self, request: Request) -> bool:
        return route(request.method, request.path).operation.name != self.constraint.operation.name


def look(looking: Examiner, constraint: Constraint) -> None:
    asked = constraint.kind is K.PRESENT and constraint.asked_by is not None
    with suppress(ContractViolation, Unwitnessed):
        if asked:
            examine_asked(looking, constraint)
        else:
            examine_replies(looking, catalogue()[constraint.id])


# Map keys cannot be wrong by themselves here, and a reply's identifiers for the run are its own set-up.
OUTPUTS = [c for c in constraints(Direction.OUTPUT) if c.member.name != "key" and c.operation.name != "DescribeContact"]


@pytest.mark.parametrize("constraint", OUTPUTS, ids=lambda c: c.id)
def test_a_reply_that_breaks_a_promise_is_found(constraint: Constraint) -> None:
    endpoint = Spoilt(constraint)
    looking = examiner(endpoint.handle)
    look(looking, constraint)
    broken = {rid for rid, account in looking.witness.accounts.items() if account.outcomes[Outcome.BROKEN]}
    assert not endpoint.spoilt or constraint.id in broken


def test_the_reference_shows_most_outputs() -> None:
    """A test that never meets the member would show nothing."""
    shown = [c for c in OUTPUTS if _is_shown(c)]
    assert len(shown) > len(OUTPUTS) * 0.7


def _is_shown(constraint: Constraint) -> bool:
    endpoint = Spoilt(constraint)
    look(examiner(endpoint.handle), constraint)
    return endpoint.spoilt
