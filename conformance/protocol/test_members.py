"""Members of an input: required ones, their JSON types, null, and members that nobody knows."""

from conformance.claims import each_constraint
from conformance.contract.requirements import Constraint, ConstraintKind
from conformance.examination.constraints import examine
from conformance.examination.examiner import Examiner


@each_constraint(ConstraintKind.REQUIRED)
def test_a_request_without_a_required_member_is_refused(examiner: Examiner, constraint: Constraint) -> None:
    """A request without a required member is refused as bad input."""
    examine(examiner, constraint)


@each_constraint(ConstraintKind.TYPE)
def test_another_json_type_is_refused(examiner: Examiner, constraint: Constraint) -> None:
    """A value of another JSON type than the documented one is refused as malformed."""
    examine(examiner, constraint)


@each_constraint(ConstraintKind.NULL)
def test_null_counts_as_absent(examiner: Examiner, constraint: Constraint) -> None:
    """Null for a member is as good as leaving the member out."""
    examine(examiner, constraint)


@each_constraint(ConstraintKind.UNKNOWN_MEMBER)
def test_an_unknown_member_is_ignored(examiner: Examiner, constraint: Constraint) -> None:
    """A member that the structure does not have changes nothing."""
    examine(examiner, constraint)
