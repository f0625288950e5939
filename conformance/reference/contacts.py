"""Contacts of either channel: opening, finding and ending them, StopContact and DescribeContact."""

from __future__ import annotations

import heapq
from typing import Any

from conformance.contract.content_types import CHAT_ENDED
from conformance.contract.model import Operation
from conformance.reference.clock import epoch_seconds
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import not_found, refusal_of
from conformance.reference.instances import contact_arn, refuse_unknown_instance
from conformance.reference.items import announce
from conformance.reference.lifecycle import ContactEvent, ParticipantEvent
from conformance.reference.state import Contact

INITIATION_METHODS = {"CHAT": "API", "VOICE": "WEBRTC_API"}
DISCONNECT_REASONS = {
    ContactEvent.STOP: "API",
    ContactEvent.CUSTOMER_LEAVES: "CUSTOMER_DISCONNECT",
    ContactEvent.TIME_IS_UP: "EXPIRED",
}


def register(context: Context, contact: Contact) -> None:
    """Makes the contact known and watches its duration."""
    context.state.contacts[contact.id] = contact
    heapq.heappush(context.state.deadlines, (contact.ends_at, contact.id))
    context.state.active[contact.instance_id, contact.channel] += 1


def refuse_above_quota(context: Context, operation: Operation, contact: Contact, quota: int) -> None:
    """Raises Refusal (LimitExceededException 429) where the instance has `quota` active contacts of this channel."""
    if context.state.active[contact.instance_id, contact.channel] >= quota:
        raise refusal_of(operation, ("LimitExceededException",), "The instance has no room for another active contact.")


def contact_of(context: Context, operation: Operation, instance_id: str, contact_id: str) -> Contact:
    """The contact of that instance. Raises Refusal (ResourceNotFoundException 404) when there is none."""
    refuse_unknown_instance(operation, instance_id)
    contact = context.state.contacts.get(contact_id)
    if contact is None or contact.instance_id != instance_id:
        raise not_found(operation, "No such contact in this instance.")
    return contact


def end_contact(context: Context, contact: Contact, event: ContactEvent) -> None:
    """Ends the contact for everybody: the last frame says so, sockets close, tokens open nothing any more.

    Raises KeyError when the contact has ended already.
    """
    contact.move(event)
    announce(context, contact, CHAT_ENDED)
    contact.ended_at = contact.updated_at = context.now()
    for participant in contact.participants:
        participant.move(ParticipantEvent.CONTACT_ENDS)
        participant.close_sockets()
    context.state.active[contact.instance_id, contact.channel] -= 1


def end_overdue_contacts(context: Context) -> None:
    """Ends every contact whose duration is over (model: ChatDurationInMinutes)."""
    deadlines, now = context.state.deadlines, context.now()
    while deadlines and deadlines[0][0] <= now:
        contact = context.state.contacts[heapq.heappop(deadlines)[1]]
        if contact.active:
            end_contact(context, contact, ContactEvent.TIME_IS_UP)


def stop_contact(context: Context, call: Call) -> Members:
    """StopContact: ends a contact in any state.

    Raises Refusal: ContactNotFoundException 410 when it has ended already (no document says so; see choices).
    """
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("ContactId"))
    if contact.active:
        end_contact(context, contact, ContactEvent.STOP)
    elif context.choices.stop_of_ended_contact == "410":
        raise refusal_of(call.operation, ("ContactNotFoundException",), "The contact has ended already.")
    return {}


def describe_contact(context: Context, call: Call) -> Members:
    """DescribeContact: what is known of a contact, also after its end. Times are epoch seconds."""
    contact = contact_of(context, call.operation, call.get("InstanceId"), call.get("ContactId"))
    members: dict[str, Any] = {
        "Arn": contact_arn(contact.instance_id, contact.id),
        "Id": contact.id,
        "InitialContactId": contact.id,
        "InitiationMethod": INITIATION_METHODS[contact.channel],
        "Channel": contact.channel,
        "InitiationTimestamp": epoch_seconds(contact.started_at),
        "LastUpdateTimestamp": epoch_seconds(contact.updated_at or contact.started_at),
        "Attributes": dict(contact.attributes),
        **_optional_members(contact),
    }
    return {"Contact": members}


def _optional_members(contact: Contact) -> dict[str, Any]:
    related = contact.related or contact.continued_from
    members = {
        "CustomerId": contact.customer_id,
        "Description": contact.description,
        "RelatedContactId": related.id if related else None,
        "SegmentAttributes": contact.segment_attributes or None,
        "DisconnectTimestamp": epoch_seconds(contact.ended_at) if contact.ended_at else None,
        "DisconnectReason": DISCONNECT_REASONS[contact.end_reason] if contact.end_reason else None,
    }
    return {name: value for name, value in members.items() if value is not None}
