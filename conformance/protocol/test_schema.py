"""The exported OpenAPI document in hands that are not ours: replies judged by it, and requests made up from it."""

import pytest

from conformance.claims import verifies
from conformance.contract.model import Operation, operations
from conformance.examination.examiner import Examiner
from conformance.examination.made_up import claimed_by, examine_made_up
from conformance.examination.second_opinion import examine_by_schema
from conformance.opinion.opinion import spoken_of

EACH_OPERATION = [
    pytest.param(o, id=o.name, marks=verifies(*spoken_of(o), "Protocol.success.content-type"))
    for o in operations().values()
]
EACH_WITH_BODY = [
    pytest.param(o, id=o.name, marks=verifies(*claimed_by(o))) for o in operations().values() if o.has_body
]


@pytest.mark.parametrize("subject", EACH_OPERATION)
def test_replies_fit_the_exported_document(examiner: Examiner, subject: Operation) -> None:
    """Replies fit the OpenAPI document that is made from the contract."""
    examine_by_schema(examiner, subject)


@pytest.mark.parametrize("subject", EACH_WITH_BODY)
def test_made_up_requests_are_accepted_or_refused_as_promised(examiner: Examiner, subject: Operation) -> None:
    """Requests that are made up from the OpenAPI document are accepted where they fit and refused where they do not."""
    examine_made_up(examiner, subject)
