"""SendMessage and SendEvent."""

from __future__ import annotations

import json
from typing import Any

from conformance.reference.clock import iso
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value, refusal_of
from conformance.reference.items import EVENT_TYPES, new_item, publish, push
from conformance.reference.lifecycle import ParticipantStage
from conformance.reference.state import EVENT, MESSAGE, Contact, Item

MOST_READERS = 2


def send_message(context: Context, call: Call) -> Members:
    """SendMessage: the message stands in the transcript and is pushed to everybody, its sender included.

    Raises Refusal (ValidationException) for a content type that the chat did not declare.
    """
    if call.get("ContentType") not in call.contact.content_types:
        raise bad_value(call.operation, "The chat was not started with this content type.")
    return _send(context, call, MESSAGE, stored=True)


def send_event(context: Context, call: Call) -> Members:
    """SendEvent: pushed to everybody, not kept (see choices); a receipt is noted at the message that it is about.

    Raises Refusal: ValidationException for a receipt that names no message of the chat, ConflictException for a
    receipt where more than two participants are active.
    """
    if call.get("ContentType") in RECEIPTS:
        return _receipt(context, call)
    return _send(context, call, EVENT, stored=context.choices.typing_in_transcript)


def _send(context: Context, call: Call, kind: str, *, stored: bool) -> Members:
    content_type, content = call.get("ContentType"), call.get("Content")
    item = new_item(context, call.contact, call.participant, kind, content_type=content_type, content=content)
    publish(call.contact, item, stored=stored)
    return {"Id": item.id, "AbsoluteTime": iso(item.at)}


def _receipt(context: Context, call: Call) -> Members:
    message = _message_of(call)
    active = [p for p in call.contact.participants if p.stage is ParticipantStage.CONNECTED]
    if len(active) > MOST_READERS:
        raise refusal_of(call.operation, ("ConflictException",), "Receipts end where a third participant is active.")
    event = new_item(context, call.contact, call.participant, EVENT)
    times = message.receipts.setdefault(call.participant.id, {})
    times.setdefault(RECEIPTS[call.get("ContentType")], iso(event.at))
    push(call.contact, lambda: _receipt_frame(call.contact, event, message, {call.participant.id: times}))
    return {"Id": event.id, "AbsoluteTime": iso(event.at)}


def _message_of(call: Call) -> Item:
    try:
        content = json.loads(call.get("Content") or "")
        wanted = content["messageId"]
    except (ValueError, TypeError, KeyError, RecursionError) as broken:
        raise bad_value(call.operation, "The content of a receipt is a JSON text with a messageId.") from broken
    for item in reversed(call.contact.items):
        if item.id == wanted and item.type != EVENT:
            return item
    raise bad_value(call.operation, "The messageId of the receipt names no message of this chat.")


def _receipt_frame(contact: Contact, event: Item, message: Item, readers: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A receipt as clients know it (real-clients: MESSAGEMETADATA)."""
    receipts = [{"RecipientParticipantId": reader, **times} for reader, times in readers.items()]
    return {
        "AbsoluteTime": iso(event.at),
        "ContentType": EVENT_TYPES + "message.metadata",
        "Id": event.id,
        "Type": "MESSAGEMETADATA",
        "MessageMetadata": {"MessageId": message.id, "Receipts": receipts},
        "ContactId": contact.id,
        "InitialContactId": contact.id,
    }
