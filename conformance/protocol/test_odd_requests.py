"""Requests that are wrong as a whole: broken, misdeclared or far too large."""

from conformance.contract.requirements import Requirement
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import each_requirement
from conformance.verification.malformed_requests import ODD_REQUESTS, verify_malformed_requests


@each_requirement(*ODD_REQUESTS)
def test_an_odd_request_gets_what_is_documented(verifier: Verifier, requirement: Requirement) -> None:
    """A request that is wrong as a whole is accepted, refused or recorded as documented, and is no server error."""
    verify_malformed_requests(verifier, requirement)
