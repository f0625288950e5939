"""StartChatContact."""

from __future__ import annotations

from typing import Any

from conformance.contract.content_types import TEXT
from conformance.reference.clock import MINUTE
from conformance.reference.connections import connection_members
from conformance.reference.contacts import contact_of, refuse_above_quota, register
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_combination, bad_value, not_found
from conformance.reference.instances import refuse_unknown_flow
from conformance.reference.items import new_item, publish
from conformance.reference.participants import CUSTOMER, add_participant, another_token
from conformance.reference.state import CHAT, MESSAGE, Contact
from conformance.reference.streaming import start_stream
from conformance.reference.transcript import past_chats

DEFAULT_MINUTES = 25 * 60
FROM_SEGMENT = "FROM_SEGMENT"


def start_chat_contact(context: Context, call: Call) -> Members:
    """StartChatContact: a chat, its customer, its first message, and the connection information asked for.

    Raises Refusal: ResourceNotFoundException for an unknown instance, flow or contact, InvalidRequestException for a
    source that is still active, LimitExceededException when the instance has its most active chats.
    """
    refuse_unknown_flow(call.operation, call.get("InstanceId"), call.get("ContactFlowId"))
    contact = _new_contact(context, call)
    refuse_above_quota(context, call.operation, contact, context.quotas.active_chats)
    register(context, contact)
    customer = add_participant(context, contact, CUSTOMER, call.get("ParticipantDetails")["DisplayName"])
    message = call.get("InitialMessage")
    if message:
        kind, content = message["ContentType"], message["Content"]
        publish(contact, new_item(context, contact, customer, MESSAGE, content_type=kind, content=content))
    members: Members = {"ContactId": contact.id, "ParticipantId": customer.id, "ParticipantToken": customer.token}
    if contact.continued_from:
        members["ContinuedFromContactId"] = contact.continued_from.id
    if call.get("ChatStreamingConfiguration"):
        members["StreamingId"] = start_stream(context, contact, call.get("ChatStreamingConfiguration"))
    return members | connection_members(context, customer, call.get("ConnectionTypes") or ())


def _new_contact(context: Context, call: Call) -> Contact:
    now = context.now()
    return Contact(
        id=context.identifiers.uuid(),
        instance_id=call.get("InstanceId"),
        flow_id=call.get("ContactFlowId"),
        channel=CHAT,
        started_at=now,
        moved_before=context.clock.moved,
        ends_at=now + (call.get("ChatDurationInMinutes") or DEFAULT_MINUTES) * MINUTE,
        attributes=dict(call.get("Attributes") or {}),
        content_types=tuple(call.get("SupportedMessagingContentTypes") or (TEXT,)),
        segment_attributes=dict(call.get("SegmentAttributes") or {}),
        customer_id=call.get("CustomerId"),
        related=_related_contact(context, call),
        continued_from=_source_of(context, call, call.get("PersistentChat")),
    )


def _related_contact(context: Context, call: Call) -> Contact | None:
    related = call.get("RelatedContactId")
    return contact_of(context, call.operation, call.get("InstanceId"), related) if related else None


def _source_of(context: Context, call: Call, persistence: dict[str, Any] | None) -> Contact | None:
    """The ended contact that a persistent chat continues.

    It is the source, or with ENTIRE_PAST_SESSION the one of the source's session that ended last.
    """
    if persistence is None:
        return None
    if not persistence.get("RehydrationType") or not persistence.get("SourceContactId"):
        raise bad_value(call.operation, "A persistent chat needs a RehydrationType and a SourceContactId.")
    source = contact_of(context, call.operation, call.get("InstanceId"), persistence["SourceContactId"])
    if source.channel != CHAT:
        raise not_found(call.operation, "The source of a persistent chat is a chat.")
    if source.active:
        raise bad_combination(call.operation, "The source of a persistent chat has not ended yet.")
    return source if persistence["RehydrationType"] == FROM_SEGMENT else _ended_last(context, source)


def _ended_last(context: Context, source: Contact) -> Contact:
    if context.choices.continued_chats == "other sessions":
        return source
    session = [contact for contact in context.state.contacts.values() if source in (contact, *past_chats(contact))]
    return max((c for c in session if c.ended_at is not None), key=lambda c: (c.ended_at, session.index(c)))


def repeated_start(context: Context, call: Call, result: Members) -> Members:
    """What a repeated StartChatContact gives: the first contact, with connection information that works now.

    A web socket URL is left out when the chat has ended; the documents allow that for a repetition alone.
    """
    contact = context.state.contacts[result["ContactId"]]
    if not contact.active:
        return {name: value for name, value in result.items() if name != "Websocket"}
    customer = context.state.participant_tokens[result["ParticipantToken"]]
    token = another_token(context, customer) if context.choices.repeated_start_token == "fresh" else customer.token
    return (
        result | {"ParticipantToken": token} | connection_members(context, customer, call.get("ConnectionTypes") or ())
    )
