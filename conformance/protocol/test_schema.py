"""A second opinion: replies held against the exported OpenAPI document by a reader that is not ours."""

import pytest

from conformance.claims import verifies
from conformance.contract.model import Operation, operations
from conformance.examination.examiner import Examiner
from conformance.examination.second_opinion import examine_by_schema
from conformance.opinion.opinion import spoken_of

EACH_OPERATION = [pytest.param(o, id=o.name, marks=verifies(*spoken_of(o))) for o in operations().values()]


@pytest.mark.parametrize("subject", EACH_OPERATION)
def test_replies_fit_the_exported_document(examiner: Examiner, subject: Operation) -> None:
    """Replies fit the OpenAPI document that is made from the contract."""
    examine_by_schema(examiner, subject)
