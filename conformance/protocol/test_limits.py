"""Limits of an input: lengths, ranges, sizes, enumerations and patterns, at their exact edges from both sides."""

from conformance.claims import each_constraint
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.engine.verifier import Verifier
from conformance.verification.constraints import verify_constraint


@each_constraint(ConstraintKind.LENGTH_MIN)
def test_the_shortest_text_is_accepted_and_a_shorter_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A text of the documented minimum is accepted, one code point less is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.LENGTH_MAX)
def test_the_longest_text_is_accepted_and_a_longer_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A text of the documented maximum is accepted, one code point more is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.RANGE_MIN)
def test_the_smallest_number_is_accepted_and_a_smaller_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A number at the documented minimum is accepted, one less is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.RANGE_MAX)
def test_the_largest_number_is_accepted_and_a_larger_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A number at the documented maximum is accepted, one more is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.SIZE_MIN)
def test_the_smallest_list_is_accepted_and_a_smaller_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A list or map of the documented minimum size is accepted, one entry less is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.SIZE_MAX)
def test_the_largest_list_is_accepted_and_a_larger_one_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A list or map of the documented maximum size is accepted, one entry more is refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.ENUM)
def test_only_the_listed_values_are_accepted(verifier: Verifier, constraint: Constraint) -> None:
    """Each listed value is accepted; another text, another case and a blank around it are refused."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.PATTERN)
def test_text_off_the_pattern_is_refused(verifier: Verifier, constraint: Constraint) -> None:
    """A text in which the documented pattern is found nowhere is refused."""
    verify_constraint(verifier, constraint)
