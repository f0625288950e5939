"""Requests inside all documented limits."""

from conformance.claims import each_requirement
from conformance.contract.requirements import Requirement
from conformance.examination.examiner import Examiner
from conformance.examination.valid import examine_valid


@each_requirement("success.valid-request")
def test_a_valid_request_is_accepted(examiner: Examiner, requirement: Requirement) -> None:
    """A request inside all documented limits is accepted."""
    examine_valid(examiner, requirement)
