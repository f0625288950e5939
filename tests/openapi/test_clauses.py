"""Each clause says its rule: it refuses bodies that the rule forbids, and lets through those that it allows."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.contract.openapi.clauses import Clause
from conformance.contract.openapi.rules import clauses
from conformance.contract.openapi.shapes import Bound, level_of
from conformance.contract.requirements import Direction, Level
from tests.openapi import cases_of_participants, cases_of_replies, cases_of_starts
from tests.openapi.judging import against, first_error, reply_schema, strict_schema

CASES = {**dict(cases_of_starts.cases()), **dict(cases_of_participants.cases()), **dict(cases_of_replies.cases())}
SAYING = [clause for clause in clauses() if level_of(clause) is not Level.RECORD]
FORBIDDING = [rid for rid, case in CASES.items() if case.forbidden]


def saying(rid: str) -> list[Clause]:
    """The clauses that say a rule, in requests and replies of the operation that its case is about first."""
    found = [clause for clause in SAYING if rid in clause.ids]
    return sorted(found, key=lambda clause: clause.subject != (CASES[rid].operation or rid.split(".", maxsplit=1)[0]))


def values_at(body: Any, path: list[str]) -> list[Any]:
    """What stands in `body` at a member path, once for each element and entry on the way."""
    if not path:
        return [body]
    name, *rest = path
    if name == "member":
        below = body if isinstance(body, list) else []
    elif not isinstance(body, dict):
        below = []
    else:
        below = {"key": list(body), "value": list(body.values())}.get(name) or ([body[name]] if name in body else [])
    return [value for part in below for value in values_at(part, rest)]


def refuses(clause: Clause, body: Any) -> bool:
    """Whether a clause by itself has something against a body."""
    found = values_at(body, clause.at.split(".") if clause.at else [])
    return any(first_error(clause.schema, value) for value in found if value is not None)


def test_every_clause_is_about_rules_that_exist_at_a_place_that_exists() -> None:
    for clause in clauses():
        assert set(clause.ids) <= catalogue().keys()
        operation = operations()[clause.subject]
        root = operation.input if clause.direction is Direction.INPUT else operation.output
        assert clause.at in {member.dotted for member in root.walk()}
        assert len({catalogue()[rule].level for rule in clause.rules}) <= 1


def test_every_rule_that_is_said_has_a_case_and_every_case_a_rule() -> None:
    assert {rid for clause in SAYING for rid in clause.ids} == CASES.keys()
    assert {rid for clause in SAYING for rid in clause.rules} == {rid for rid, case in CASES.items() if case.forbidden}
    assert all(case.allowed for case in CASES.values())


@pytest.mark.parametrize("rid", FORBIDDING)
def test_the_clauses_of_a_rule_refuse_what_it_forbids(rid: str) -> None:
    bodies = CASES[rid].forbidden
    assert all(any(refuses(clause, body) for clause in saying(rid)) for body in bodies)
    needed = [clause.schema for clause in saying(rid) if any(refuses(clause, body) for body in bodies)]
    assert all(clause.schema in needed for clause in saying(rid))


@pytest.mark.parametrize("rid", CASES)
def test_the_clauses_of_a_rule_let_through_what_it_allows(rid: str) -> None:
    assert not any(refuses(clause, body) for clause in saying(rid) for body in CASES[rid].allowed)


@pytest.mark.parametrize("rid", CASES)
def test_the_document_refuses_what_a_must_forbids_and_nothing_that_it_allows(rid: str) -> None:
    clause, must = saying(rid)[0], level_of(saying(rid)[0]) is Level.MUST
    for body in CASES[rid].forbidden:
        assert must or judge(clause, body) == []
        assert judge(clause, body, strictly=not must) != []
    for body in CASES[rid].allowed:
        assert judge(clause, body) == []


def judge(clause: Clause, body: dict[str, Any], *, strictly: bool = False) -> list[str]:
    """What the document has against a body; strictly also what stands in it under what should hold."""
    if clause.direction is Direction.OUTPUT:
        schema = reply_schema(clause.subject)
        return first_error(strict_schema(schema) if strictly else schema, body)
    return against(clause.subject, body, strictly=strictly)


@pytest.mark.parametrize("rid", [rid for rid in FORBIDDING if saying(rid)[0].direction is Direction.INPUT])
def test_no_forbidden_request_fits_the_narrowest_document(rid: str) -> None:
    for body in CASES[rid].forbidden:
        assert against(saying(rid)[0].subject, body, Bound.NARROWEST) != []


@pytest.mark.parametrize("rid", CASES)
def test_another_reader_of_json_schema_sees_it_alike(rid: str) -> None:
    clause, case = saying(rid)[0], CASES[rid]
    read = jsonschema_rs.validator_for(clause.schema)
    for body in (*case.forbidden, *case.allowed):
        for value in values_at(body, clause.at.split(".") if clause.at else []):
            assert read.is_valid(value) == (first_error(clause.schema, value) == [])
