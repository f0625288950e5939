"""DescribeView: the one view that this endpoint knows, as a Show view block would show it."""

from __future__ import annotations

import json

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.instances import ACCOUNT_ID, INSTANCE_ID, REGION, VIEW_TOKEN

VIEW_ID = "9b2f4c6e-1d3a-4857-8e60-af7b5c9d2e14:1"


def describe_view(_context: Context, call: Call) -> Members:
    """DescribeView. Raises Refusal (ResourceNotFoundException 404, which says what is missing) for another token."""
    token = call.get("ViewToken")
    if token != VIEW_TOKEN:
        missing = {"ResourceId": token, "ResourceType": "VIEW"}
        raise Refusal("ResourceNotFoundException", 404, "No such view.", missing)
    return {
        "View": {
            "Id": VIEW_ID,
            "Arn": f"arn:aws:connect:{REGION}:{ACCOUNT_ID}:instance/{INSTANCE_ID}/view/{VIEW_ID}",
            "Name": "Reference form",
            "Version": 1,
            "Content": {
                "InputSchema": json.dumps({"type": "object", "properties": {"Heading": {"type": "string"}}}),
                "Template": json.dumps({"Head": {"Title": "Form"}, "Body": [{"_id": "heading", "Type": "Heading"}]}),
                "Actions": ["Submit", "Cancel"],
            },
        }
    }
