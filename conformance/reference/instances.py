"""What the account of this endpoint holds from the start: two instances, two flows, a view, a sign-in session."""

from __future__ import annotations

from conformance.contract.model import Operation
from conformance.reference.errors import not_found

ACCOUNT_ID = "123456789012"
REGION = "us-west-2"
INSTANCE_ID = "0d8f7e6a-4c1b-4f0e-9a7d-2b6c5e4f3a21"
SECOND_INSTANCE_ID = "7a4e2c19-8b5d-4d36-8f0a-91c3d7e6b5f4"
CONTACT_FLOW_ID = "846ec553-a005-41c0-8341-5b7d9e1f3c20"
SECOND_CONTACT_FLOW_ID = "2f9b6d48-37ac-4e85-b0d1-6c8e5a4f7b93"
# A flow belongs to one instance.
FLOWS = {INSTANCE_ID: CONTACT_FLOW_ID, SECOND_INSTANCE_ID: SECOND_CONTACT_FLOW_ID}
# It holds what a path has to encode, so that a client which does not is seen.
VIEW_TOKEN = "reference/view+token=="
AUTH_SESSION_ID = "5c3d1e7f-90ab-4cde-8f12-34567890abcd"
STREAMING_ENDPOINT_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:chat-stream"


def refuse_unknown_instance(operation: Operation, instance_id: str) -> None:
    """Raises Refusal (ResourceNotFoundException 404) unless the account has the instance."""
    if instance_id not in FLOWS:
        raise not_found(operation, "No such instance.")


def refuse_unknown_flow(operation: Operation, instance_id: str, flow_id: str) -> None:
    """Raises Refusal (ResourceNotFoundException 404) unless the account has the instance, and that the flow."""
    refuse_unknown_instance(operation, instance_id)
    if FLOWS[instance_id] != flow_id:
        raise not_found(operation, "No such flow.")


def contact_arn(instance_id: str, contact_id: str) -> str:
    """The ARN of a contact."""
    return f"arn:aws:connect:{REGION}:{ACCOUNT_ID}:instance/{instance_id}/contact/{contact_id}"
