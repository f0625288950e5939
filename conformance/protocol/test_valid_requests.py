"""Requests inside all documented limits."""

from conformance.contract.requirements import Requirement
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import each_requirement
from conformance.verification.valid_requests import verify_valid_requests


@each_requirement("success.valid-request")
def test_a_valid_request_is_accepted(verifier: Verifier, requirement: Requirement) -> None:
    """The endpoint accepts a request inside all documented limits."""
    verify_valid_requests(verifier, requirement)
