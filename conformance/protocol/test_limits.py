"""Limits of an input: lengths, ranges, sizes, enumerations and patterns, at their exact edges from both sides."""

from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import each_constraint
from conformance.verification.constraints import verify_constraint


@each_constraint(ConstraintKind.LENGTH_MIN)
def test_the_shortest_text_is_accepted_and_a_shorter_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a text of the documented minimum and refuses one code point less."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.LENGTH_MAX)
def test_the_longest_text_is_accepted_and_a_longer_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a text of the documented maximum and refuses one code point more."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.RANGE_MIN)
def test_the_smallest_number_is_accepted_and_a_smaller_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a number at the documented minimum and refuses one less."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.RANGE_MAX)
def test_the_largest_number_is_accepted_and_a_larger_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a number at the documented maximum and refuses one more."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.SIZE_MIN)
def test_the_smallest_list_is_accepted_and_a_smaller_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a list or map of the documented minimum size and refuses one entry less."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.SIZE_MAX)
def test_the_largest_list_is_accepted_and_a_larger_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a list or map of the documented maximum size and refuses one entry more."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.ENUM)
def test_only_the_listed_values_are_accepted(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts each listed value and refuses another text, another case and a blank around it."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.PATTERN)
def test_text_off_the_pattern_is_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint refuses a text in which the documented pattern does not match anywhere."""
    verify_constraint(verifier, constraint)
