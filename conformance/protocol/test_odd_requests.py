"""Requests that are odd as a whole: broken, misdeclared or monstrous."""

from conformance.claims import each_requirement
from conformance.contract.requirements import Requirement
from conformance.engine.verifier import Verifier
from conformance.verification.malformed_requests import verify_malformed_requests
from strategies.malformed import RULES


@each_requirement(*RULES)
def test_an_odd_request_gets_what_is_documented(verifier: Verifier, requirement: Requirement) -> None:
    """A request that is odd as a whole is accepted, refused or recorded as documented, and never a server error."""
    verify_malformed_requests(verifier, requirement)
