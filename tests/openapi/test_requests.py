"""A request that breaks a limit of the models does not fit the document, whatever the limit and wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import Location, operations
from conformance.contract.openapi.document import ids_expressed_in
from conformance.contract.openapi.shapes import Bound
from conformance.contract.requirements import Constraint, ConstraintKind, Direction, Level
from strategies.boundaries import edges
from strategies.members import from_operation
from strategies.requests import place
from strategies.violations import from_constraint
from tests.openapi.judging import CALLS, DOCUMENTS, against, body_schema, fill, first_error

LIMITS = list(constraints(Direction.INPUT))
WITH_EDGES = [c for c in LIMITS if edges(c)]
DRAWN = [
    pytest.param(constraint, drawn, id=constraint.id)
    for constraint in LIMITS
    if (drawn := from_constraint(constraint)) is not None and constraint.member.location is Location.BODY
]
WITH_BODY = [name for name, operation in operations().items() if operation.has_body]


def test_every_kind_of_limit_is_tried_at_every_depth() -> None:
    tried = {
        (c.kind, len(c.member.path), c.member.name in ("member", "key", "value"))
        for c in LIMITS
        if any(not edge.accepted for edge in edges(c))
    }
    kinds = {ConstraintKind.REQUIRED, ConstraintKind.TYPE, ConstraintKind.LENGTH_MIN, ConstraintKind.LENGTH_MAX}
    assert kinds | {ConstraintKind.ENUM} <= {kind for kind, depth, _ in tried if depth > 1}
    assert {ConstraintKind.TYPE, ConstraintKind.LENGTH_MAX, ConstraintKind.ENUM} <= {
        k for k, _, below in tried if below
    }
    judged = {c.id for c in LIMITS if catalogue()[c.id].level is not Level.RECORD}
    assert judged <= ids_expressed_in(DOCUMENTS[Bound.WIDEST])


def test_an_edge_fits_where_it_must_be_accepted_and_no_other() -> None:
    tried = [(constraint, edge) for constraint in WITH_EDGES for edge in edges(constraint)]
    wrong = [(c, e) for c, e in tried if e.accepted == bool(against(c.operation.name, fill(e.arguments)))]
    assert [(constraint.id, edge.name) for constraint, edge in wrong] == []


@pytest.mark.parametrize(("constraint", "drawn"), DRAWN)
def test_what_is_drawn_beyond_a_limit_does_not_fit(constraint: Constraint, drawn: st.SearchStrategy[Any]) -> None:
    @settings(max_examples=8, database=None)
    @given(drawn)
    def try_value(value: object) -> None:
        arguments = fill(place(constraint.operation, constraint.member.path, value))
        assert against(constraint.operation.name, arguments) != []

    try_value()


@pytest.mark.parametrize("name", WITH_BODY)
@settings(max_examples=25, deadline=None, database=None)
@given(data=st.data())
def test_a_valid_request_fits(name: str, data: st.DataObject) -> None:
    arguments = fill(data.draw(from_operation(operations()[name])))
    assert against(name, arguments) == []
    assert against(name, {**arguments, "SomethingNew": 1}) == []


@pytest.mark.parametrize("name", WITH_BODY)
def test_no_other_json_than_an_object_is_a_body(name: str) -> None:
    for other in (["text"], "text", 7, True, None):
        assert first_error(body_schema(name), other) != []
    needed = any(m.required for m in operations()[name].body_members)
    assert CALLS[Bound.WIDEST][name]["requestBody"]["required"] == needed
