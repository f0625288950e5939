"""A reply fits the document where the suite's own judge has nothing against it, and only there."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from conformance.checks.outputs import judge_output
from conformance.contract.catalogue import constraints
from conformance.contract.model import operations
from conformance.contract.openapi.limits import is_expressed
from conformance.contract.requirements import ConstraintKind, Direction
from conformance.contract.wire import Exchange, Request, Response
from tests.openapi.judging import first_error, reply_schema, strict_schema
from tests.openapi.whole_replies import spoilt, whole

OUTPUTS = [c for c in constraints(Direction.OUTPUT) if c.asked_by is None or c.kind is not ConstraintKind.PRESENT]


def judge(name: str, reply: Any) -> set[str]:
    """The ids of the requirements that the suite's own judge finds broken."""
    body = json.dumps(reply).encode()
    exchange = Exchange(Request(name, "POST", "/"), Response(200, (("Content-Type", "application/json"),), body))
    return {rid for rid, violation in judge_output(name, exchange) if violation is not None}


@pytest.mark.parametrize("name", operations())
def test_a_reply_with_every_member_fits(name: str) -> None:
    assert judge(name, whole(name)) == set()
    assert first_error(strict_schema(reply_schema(name)), whole(name)) == []


@pytest.mark.parametrize("name", operations())
def test_new_members_and_null_for_optional_ones_fit(name: str) -> None:
    assert first_error(strict_schema(reply_schema(name)), {**whole(name), "SomethingNew": {"a": 1}}) == []
    for member in operations()[name].output.members:
        without: dict[str, Any] = {**copy.deepcopy(whole(name)), member.name: None}
        assert (first_error(reply_schema(name), without) == []) == (judge(name, without) == set())


def test_every_kind_of_limit_is_tried() -> None:
    kinds = {c.kind for c in OUTPUTS if is_expressed(c)}
    assert kinds >= {
        *(ConstraintKind.PRESENT, ConstraintKind.TYPE, ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX),
        *(ConstraintKind.RANGE_MIN, ConstraintKind.RANGE_MAX, ConstraintKind.SIZE_MIN, ConstraintKind.SIZE_MAX),
        *(ConstraintKind.ENUM, ConstraintKind.PATTERN, ConstraintKind.TIME),
    }


def test_a_spoilt_member_does_not_fit_where_the_judge_sees_it() -> None:
    tried = [(c, reply_schema(c.operation.name), reply) for c in OUTPUTS for reply in spoilt(c)]
    assert [(c.id, reply) for c, _, reply in tried if c.id not in judge(c.operation.name, reply)] == []
    assert [(c.id, reply) for c, schema, reply in tried if bool(first_error(schema, reply)) != is_expressed(c)] == []
    fractions = [one for one in tried if one[0].kind is ConstraintKind.TIME_FRACTION]
    assert [(c.id, reply) for c, schema, reply in fractions if not first_error(strict_schema(schema), reply)] == []
