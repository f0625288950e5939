"""Which texts of a recorded request name things that whoever repeats it makes anew."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports.resources import Resource, resources_of

CONTACT, PAGE = "5f0a7a5e-8a62-4c6f-9c0e-0d4a7f6a1b2c", "a-token-of-a-page"


def exchange(operation: str, **members: Any) -> dict[str, Any]:
    """The entry of a call of `operation` in the ledger."""
    return {"operation": operation, "request": {"path": "/", "headers": [], "body": json.dumps(members)}}


@pytest.mark.parametrize("operation", ["GetTranscript", "ListRealtimeContactAnalysisSegmentsV2"])
def test_a_page_token_is_made_anew_where_it_leads_through_a_transcript_alone(operation: str) -> None:
    """Calls that page through a transcript make one for GetTranscript, which is a wrong one for any other list."""
    found = {
        resource.member: resource for resource in resources_of(exchange(operation, ContactId=CONTACT, NextToken=PAGE))
    }
    assert found["ContactId"] == Resource("ContactId", CONTACT, "contact_id")
    expected = Resource("NextToken", PAGE, "next_token") if operation == "GetTranscript" else None
    assert found.get("NextToken") == expected
