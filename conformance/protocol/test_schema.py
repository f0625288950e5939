"""The exported OpenAPI document in another tool: replies judged by it, and requests generated from it."""

import pytest

from conformance.contract.model import Operation, operations
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import verifies
from conformance.verification.generated_requests import ids_claimed_by, verify_generated_requests
from conformance.verification.schema_oracle.findings import reply_requirements
from conformance.verification.schema_replies import verify_by_schema

EACH_OPERATION = [
    pytest.param(o, id=o.name, marks=verifies(*reply_requirements(o), "Protocol.success.content-type"))
    for o in operations().values()
]
EACH_WITH_BODY = [
    pytest.param(o, id=o.name, marks=verifies(*ids_claimed_by(o))) for o in operations().values() if o.has_body
]


@pytest.mark.parametrize("subject", EACH_OPERATION)
def test_replies_fit_the_exported_document(verifier: Verifier, subject: Operation) -> None:
    """Replies match the OpenAPI document that is made from the contract."""
    verify_by_schema(verifier, subject)


@pytest.mark.parametrize("subject", EACH_WITH_BODY)
def test_made_up_requests_are_accepted_or_refused_as_promised(verifier: Verifier, subject: Operation) -> None:
    """Requests generated from the OpenAPI document are accepted where they match it and refused where not."""
    verify_generated_requests(verifier, subject)
