"""Drawn values, judged by schemas that do not come from the contract."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.catalogue import constraints
from conformance.contract.model import operations
from conformance.contract.requirements import Constraint, ConstraintKind, Direction
from conformance.contract.resources import fill_in
from strategies.members import from_operation
from strategies.requests import place
from strategies.text import fill, mixed_texts_of_bytes, texts, texts_between, texts_of_bytes, tile
from strategies.tokens import bearer_tokens
from strategies.violations import from_constraint, off_pattern
from tests.strategies.judges import botocore_accepts, wrongs
from tests.strategies.test_boundaries import Anything

SEARCHED = [c for c in constraints(Direction.INPUT) if from_constraint(c) is not None]


@pytest.mark.parametrize("constraint", SEARCHED, ids=lambda c: c.id)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_drawn_violation_breaks_one_promise(constraint: Constraint, data: st.DataObject) -> None:
    strategy = from_constraint(constraint)
    assert strategy is not None
    arguments = place(constraint.operation, constraint.member.path, data.draw(strategy))
    assert len(wrongs(constraint.operation.name, fill_in(arguments, Anything()))) == 1


@pytest.mark.parametrize("name", sorted(operations()))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_drawn_request_is_valid(name: str, data: st.DataObject) -> None:
    arguments: dict[str, Any] = fill_in(data.draw(from_operation(operations()[name])), Anything())
    assert wrongs(name, arguments) == []
    assert botocore_accepts(name, arguments)


@settings(max_examples=200, deadline=None)
@given(arguments=from_operation(operations()["StartWebRTCContact"]))
def test_a_drawn_reference_has_the_form_that_its_type_names(arguments: dict[str, Any]) -> None:
    """The documents promise that of a date: an epoch timestamp."""
    references = arguments.get("References") or {}
    dates = [reference["Value"] for reference in references.values() if reference["Type"] == "DATE"]
    assert all(value.isdecimal() for value in dates)


@given(st.integers(min_value=1, max_value=40_000).flatmap(lambda n: st.tuples(st.just(n), texts(n))))
@settings(max_examples=30, deadline=None)
def test_texts_have_exactly_the_length(drawn: tuple[int, str]) -> None:
    length, text = drawn
    assert len(text) == length


@given(st.integers(min_value=4, max_value=40_000).flatmap(lambda n: st.tuples(st.just(n), texts_of_bytes(n))))
@settings(max_examples=30, deadline=None)
def test_texts_of_bytes_have_exactly_the_bytes(drawn: tuple[int, str]) -> None:
    size, text = drawn
    assert len(text.encode("utf-8")) == size


@given(st.integers(min_value=1, max_value=40_000).flatmap(lambda n: st.tuples(st.just(n), mixed_texts_of_bytes(n))))
@settings(max_examples=30, deadline=None)
def test_mixed_texts_of_bytes_have_exactly_the_bytes(drawn: tuple[int, str]) -> None:
    size, text = drawn
    assert len(text.encode("utf-8")) == size


@given(texts_between(3, 9))
def test_texts_between_stay_between(text: str) -> None:
    assert 3 <= len(text) <= 9


@pytest.mark.parametrize(("width", "code_points"), [(1, 12), (2, 6), (3, 4), (4, 3)])
def test_filled_uses_the_widest_characters_first(width: int, code_points: int) -> None:
    assert len(fill(width, 12)) == code_points


def test_an_empty_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="empty seed"):
        tile("", 3)


@given(st.integers(min_value=1, max_value=1_001).flatmap(lambda n: st.tuples(st.just(n), bearer_tokens(n))))
def test_bearer_tokens_survive_a_header(drawn: tuple[int, str]) -> None:
    length, token = drawn
    assert len(token) == length
    assert token == token.strip()
    assert token.isascii()
    assert token.isprintable()


def test_the_pattern_of_a_reference_is_searched_for_not_matched_whole() -> None:
    """Reference.Arn has no $ at its end, so only its beginning decides."""
    arn = next(c for c in SEARCHED_PATTERNS if c.member.name == "Arn")
    assert off_pattern(arn) == "_" * 20


SEARCHED_PATTERNS = list(constraints(Direction.INPUT, ConstraintKind.PATTERN))
