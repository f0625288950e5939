"""Seeded faults of the frames of the web socket: their form, and what the items in them say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from conformance.reference.faults.frames import Item, each_item, item_of, meddle, meddle_with_items
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import ATTACHMENT, EVENT, MESSAGE, Socket

METADATA = "MESSAGEMETADATA"


def _reframe(change: Callable[[dict[str, Any], Item], Mapping[str, Any]]) -> Seed:
    """Replaces each chat frame by what `change` makes of it and its item."""

    def seed(service: ReferenceService) -> None:
        def frames(_: Socket, text: str) -> Iterable[str]:
            item = item_of(text)
            return [text if item is None else json.dumps(change(json.loads(text), item))]

        meddle(frames)(service)

    return seed


_items, _deliveries, _frames = Rows(each_item), Rows(meddle_with_items), Rows(_reframe)


def _without(item: Item, *names: str) -> Item:
    return {name: value for name, value in item.items() if name not in names}


@fault("WebSocket.frame.form")
def encodes_attachments_twice(service: ReferenceService) -> None:
    """The endpoint pushes an attachment as a JSON text within a JSON text."""

    def twice(frame: dict[str, Any], item: Item) -> Mapping[str, Any]:
        return {**frame, "content": json.dumps(frame["content"])} if item["Type"] == ATTACHMENT else frame

    _reframe(twice)(service)


FORMS = (
    _frames(
        "sends-content-as-an-object",
        "The endpoint pushes a chat frame whose content is a JSON object instead of a text.",
        lambda frame, item: {**frame, "content": item},
        "WebSocket.frame.form",
    ),
    _frames(
        "leaves-out-the-content-type-of-other-frames",
        "The endpoint pushes events and attachments in frames without contentType.",
        lambda frame, item: frame if item["Type"] == MESSAGE else _without(frame, "contentType"),
        "WebSocket.frame.form",
    ),
)


@fault("WebSocket.frame.contact")
def names_no_contact_in_receipts(service: ReferenceService) -> None:
    """The endpoint pushes receipts without ContactId and InitialContactId."""
    ids = ("ContactId", "InitialContactId")
    each_item(lambda item: _without(item, *ids) if item["Type"] == METADATA else item)(service)


@fault("WebSocket.frame.types", "WebSocket.frame.event-content-type", may=("WebSocket.end.chat-ended*",))
def sends_the_types_of_the_transcript(service: ReferenceService) -> None:
    """The endpoint pushes events with a Type that only the API's list of item types has, such as TYPING."""

    def with_type(item: Item) -> Item:
        name = str(item.get("ContentType", "")).rpartition("event.")[2].replace(".", "_").upper()
        return {**item, "Type": name} if item["Type"] == EVENT else item

    each_item(with_type)(service)


def _of_messages(change: Callable[[Item], Item]) -> Seed:
    return each_item(lambda item: change(item) if item["Type"] == MESSAGE else item)


_sender = Rows(_of_messages, "WebSocket.frame.sender", "Surfaces.frame-and-transcript.same-sender")
SENDERS = (
    _sender(
        "leaves-out-names-on-the-socket",
        "The endpoint pushes messages without DisplayName.",
        lambda item: _without(item, "DisplayName"),
    ),
    _sender(
        "calls-everybody-a-customer-on-the-socket",
        "The endpoint pushes messages with the role CUSTOMER for every sender.",
        lambda item: {**item, "ParticipantRole": "CUSTOMER"},
    ),
    _sender(
        "spoils-wide-names-on-the-socket",
        "A DisplayName beyond the Basic Multilingual Plane is spoilt in frames.",
        lambda item: {
            **item,
            "DisplayName": item["DisplayName"].replace("\N{GRINNING FACE}", "\N{REPLACEMENT CHARACTER}"),
        },
    ),
)


@fault("WebSocket.frame.sender", "Surfaces.frame-and-transcript.same-sender")
def swaps_participants_on_the_socket(service: ReferenceService) -> None:
    """A frame names the participant who listens instead of the one who spoke."""

    def swap(socket: Socket, item: Item) -> Iterable[Item]:
        return [{**item, "ParticipantId": socket.participant.id} if item["Type"] == MESSAGE else item]

    meddle_with_items(swap)(service)


def _changed_attachment(item: Item, change: Callable[[Item], Item]) -> Item:
    return {**item, "Attachments": [change(part) for part in item["Attachments"]]} if "Attachments" in item else item


def _with_receipts(item: Item, change: Callable[[Item], Item]) -> Item:
    if item["Type"] != METADATA:
        return item
    metadata = item["MessageMetadata"]
    return {**item, "MessageMetadata": {**metadata, "Receipts": [change(one) for one in metadata["Receipts"]]}}


@fault("WebSocket.frame.receipt", "WebSocket.frame.receipt-recipient")
def sends_only_receipts_of_reading(service: ReferenceService) -> None:
    """The endpoint pushes receipts of reading to a message's sender, and none of delivery."""

    def items(_: Socket, item: Item) -> Iterable[Item]:
        unread = item["Type"] == METADATA and "ReadTimestamp" not in item["MessageMetadata"]["Receipts"][0]
        return [] if unread else [item]

    meddle_with_items(items)(service)


ITEMS = (
    _items(
        "names-no-contact",
        "The endpoint pushes items without ContactId and InitialContactId.",
        lambda item: _without(item, "ContactId", "InitialContactId"),
        "WebSocket.frame.contact",
    ),
    _items(
        "does-not-say-which-event-it-is",
        "The endpoint pushes events without ContentType.",
        lambda item: _without(item, "ContentType") if item["Type"] == EVENT else item,
        "WebSocket.frame.event-content-type",
        may=("WebSocket.delivery.typing", "WebSocket.end.*", "Surfaces.*"),
    ),
    _items(
        "leaves-out-file-names-on-the-socket",
        "The endpoint pushes attachments without the name of the file.",
        lambda item: _changed_attachment(item, lambda part: _without(part, "AttachmentName")),
        "WebSocket.frame.attachment",
    ),
    _items(
        "sends-attachments-as-messages",
        "The endpoint pushes attachments with Type MESSAGE.",
        lambda item: {**item, "Type": MESSAGE} if item["Type"] == ATTACHMENT else item,
        "WebSocket.frame.attachment",
    ),
    _items(
        "sends-receipts-as-events",
        "The endpoint pushes receipts with Type EVENT.",
        lambda item: {**item, "Type": EVENT} if item["Type"] == METADATA else item,
        "WebSocket.frame.receipt",
    ),
)


@fault("WebSocket.frame.receipt-recipient", may=("SendEvent.receipt.recipient",))
def names_the_listener_in_receipts(service: ReferenceService) -> None:
    """RecipientParticipantId is the participant who receives the receipt, not the one who read the message."""

    def items(socket: Socket, item: Item) -> Iterable[Item]:
        return [_with_receipts(item, lambda one: {**one, "RecipientParticipantId": socket.participant.id})]

    meddle_with_items(items)(service)


@fault("WebSocket.frame.receipt", "WebSocket.frame.receipt-recipient")
def sends_receipts_to_the_reader_only(service: ReferenceService) -> None:
    """A receipt arrives only at the participant who read the message."""

    def items(socket: Socket, item: Item) -> Iterable[Item]:
        if item["Type"] != METADATA:
            return [item]
        readers = [one["RecipientParticipantId"] for one in item["MessageMetadata"]["Receipts"]]
        return [item] if socket.participant.id in readers else []

    meddle_with_items(items)(service)


DELIVERIES = (
    _deliveries(
        "sends-no-attachments",
        "The endpoint does not push a completed attachment.",
        lambda _, item: [] if item["Type"] == ATTACHMENT else [item],
        "WebSocket.frame.attachment",
    ),
    _deliveries(
        "sends-no-receipts",
        "The endpoint does not push receipts.",
        lambda _, item: [] if item["Type"] == METADATA else [item],
        "WebSocket.frame.receipt",
        "WebSocket.frame.receipt-recipient",
    ),
    _deliveries(
        "sends-receipts-to-customers-only",
        "A receipt arrives at the customer, and at no author who was added.",
        lambda at, item: [item] if item["Type"] != METADATA or _is_customer(at) else [],
        "WebSocket.frame.receipt",
        "WebSocket.frame.receipt-recipient",
        may=("SendEvent.receipt.*",),
    ),
)


def _is_customer(socket: Socket) -> bool:
    return socket.participant.role == CUSTOMER


def _of_receipts(change: Callable[[Item], Item]) -> Seed:
    return each_item(lambda item: change(item) if item["Type"] == METADATA else item)


def _with_epochs(item: Item) -> Item:
    return _with_receipts(
        item, lambda one: {**one, **dict.fromkeys(one.keys() - {"RecipientParticipantId"}, 1_700_000_000)}
    )


_receipt = Rows(_of_receipts, "WebSocket.frame.receipt", may=("SendEvent.receipt.*",))
RECEIPT_FRAMES = (
    _receipt(
        "sends-receipts-without-an-id", "The endpoint pushes receipts without Id.", lambda item: _without(item, "Id")
    ),
    _receipt(
        "sends-receipts-without-a-time",
        "The endpoint pushes receipts without a time.",
        lambda item: _without(item, "AbsoluteTime"),
    ),
    _receipt("counts-seconds-in-receipts", "The endpoint pushes receipts with numbers for their times.", _with_epochs),
)
