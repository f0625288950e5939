"""Members of an input: required and optional ones, their JSON types, null, and unknown members."""

from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import each_constraint
from conformance.verification.constraints import verify_constraint


@each_constraint(ConstraintKind.REQUIRED)
def test_a_request_without_a_required_member_is_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint refuses a request without a required member as bad input."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.TYPE)
def test_another_json_type_is_refused(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint refuses a value of another JSON type than the documented one as malformed."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.NULL)
def test_null_counts_as_absent(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint treats null for a member like a missing member."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.OPTIONAL)
def test_a_request_without_an_optional_member_is_accepted(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint accepts a structure without a member that the documents do not require."""
    verify_constraint(verifier, constraint)


@each_constraint(ConstraintKind.UNKNOWN_MEMBER)
def test_an_unknown_member_is_ignored(verifier: Verifier, constraint: Constraint) -> None:
    """The endpoint ignores a member that the structure does not have."""
    verify_constraint(verifier, constraint)
