"""Transcript items: made once, shown the same on the transcript and on every subscribed web socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract import content_types
from conformance.reference.clock import iso
from conformance.reference.context import Context
from conformance.reference.state import EVENT, Attachment, Contact, Item, Participant

CHAT_TOPIC = "aws/chat"
EVENT_TYPES = f"{content_types.EVENT}."


def new_item(  # noqa: PLR0913 - an item has these parts
    context: Context,
    contact: Contact,
    sender: Participant | None,
    kind: str,
    *,
    content_type: str | None = None,
    content: str | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Item:
    """A new item of the contact, later than all its items, so that their times are in their order."""
    latest = contact.items[-1].at if contact.items else 0
    at = max(context.now(), latest + 1)
    return Item(context.identifiers.uuid(), at, kind, sender, content_type, content, attachments)


def publish(contact: Contact, item: Item, *, stored: bool = True) -> None:
    """Stores the item in the transcript, unless it is one that passes by, and pushes it to all who subscribed."""
    if stored:
        contact.items.append(item)
    push(contact, lambda: item_members(item, contact) | {"InitialContactId": contact.id})


def announce(context: Context, contact: Contact, content_type: str, about: Participant | None = None) -> None:
    """Publishes an event of the system's own making, about a participant or about the chat."""
    publish(contact, new_item(context, contact, about, EVENT, content_type=content_type))


def push(contact: Contact, inner: Callable[[], Mapping[str, Any]]) -> None:
    """Sends a chat frame to every subscribed web socket of the contact (domain fact P-10: content is a text)."""
    listeners = [s for participant in contact.participants for s in participant.sockets if s.subscribed]
    frame = chat_frame(inner()) if listeners else ""
    for socket in listeners:
        socket.send(frame)


def chat_frame(inner: Mapping[str, Any]) -> str:
    """The text of a chat frame."""
    return json.dumps({"topic": CHAT_TOPIC, "contentType": "application/json", "content": json.dumps(inner)})


def item_members(item: Item, contact: Contact, *, past: bool = False) -> dict[str, Any]:
    """The item as GetTranscript shows it; `past` when it belongs to an earlier chat of a persistent one."""
    members = {
        "AbsoluteTime": iso(item.at),
        "Content": item.content,
        "ContentType": item.content_type,
        "Id": item.id,
        "Type": item.type,
        **_sender_members(item.sender),
        "Attachments": [attachment_members(attachment) for attachment in item.attachments] or None,
        "MessageMetadata": _receipt_members(item) if item.receipts else None,
        "RelatedContactId" if past else "ContactId": contact.id,
    }
    return {name: value for name, value in members.items() if value is not None}


def attachment_members(attachment: Attachment) -> dict[str, str]:
    """An attachment as it stands in an item. There is no scanner here: what was completed is approved."""
    return {
        "AttachmentId": attachment.id,
        "AttachmentName": attachment.name,
        "ContentType": attachment.content_type,
        "Status": "APPROVED",
    }


def _sender_members(sender: Participant | None) -> dict[str, str]:
    if sender is None:
        return {}
    return {"ParticipantId": sender.id, "DisplayName": sender.display_name, "ParticipantRole": sender.role}


def _receipt_members(item: Item) -> dict[str, Any]:
    receipts = [{"RecipientParticipantId": reader, **times} for reader, times in item.receipts.items()]
    return {"MessageId": item.id, "Receipts": receipts}
