"""StartContactStreaming and StopContactStreaming. Nothing is published: there is no topic behind the ARN."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.reference.contacts import contact_of
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_combination, not_found
from conformance.reference.state import Contact


def start_contact_streaming(context: Context, call: Call) -> Members:
    """StartContactStreaming: a new streaming configuration of an active contact."""
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("ContactId"))
    if not contact.active:
        raise bad_combination(call.operation, "The contact has ended.")
    return {"StreamingId": start_stream(context, contact, call.get("ChatStreamingConfiguration"))}


def stop_contact_streaming(context: Context, call: Call) -> Members:
    """StopContactStreaming: ends one configuration. Raises Refusal (ResourceNotFoundException) for an unknown one."""
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("ContactId"))
    if contact.streams.pop(call.get("StreamingId"), None) is None:
        raise not_found(call.operation, "No such streaming configuration on this contact.")
    return {}


def start_stream(context: Context, contact: Contact, configuration: Mapping[str, str]) -> str:
    """The identifier of a new streaming configuration of the contact."""
    streaming_id = context.identifiers.uuid()
    contact.streams[streaming_id] = configuration["StreamingEndpointArn"]
    return streaming_id
