"""Faults of the types of events: which ones a chat takes, and what a receipt needs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from conformance.contract.content_types import DELIVERED, READ, TYPING
from conformance.contract.model import operation
from conformance.contract.wire import Request
from conformance.reference.content_types import EVENTS, RECEIPTS, SUPPORTED
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import content_type_of, into, lacks, refuses, takes
from conformance.reference.faults_kit.middleware import gives_value, taking
from conformance.reference.items import EVENT_TYPES
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import an_event_has_a_listed_type
from conformance.reference.service import ReferenceService

SEND = "SendEvent"
OF_EVENTS = (
    "SendEvent.*",
    "WebSocket.*",
    "Surfaces.*",
    "GetTranscript.*",
    "*.bearer.*",
    "LifeCycle.*",
    "Idempotency.*",
)
OF_RECEIPTS = ("SendEvent.*", "GetTranscript.*", "WebSocket.*")


_refusing = Rows(into(refuses, SEND))


def _is_empty_typing(request: Request) -> bool:
    empty = gives_value(operation(SEND).input.child("Content"), lambda content: content == "")
    return TYPING.encode() in request.body and empty(request)


EMPTY = declare(
    "takes-empty-content-of-typing",
    "The endpoint checks the least length of Content for receipts only.",
    taking(operation(SEND), _is_empty_typing),
    "SendEvent.Content.typing-with-empty",
)
REFUSED = (
    _refusing(
        "keeps-typing-to-customers",
        "The endpoint refuses typing of an added participant.",
        lambda call: content_type_of(call) == TYPING and call.participant.role != CUSTOMER,
        "SendEvent.ContentType.typing",
        "SendEvent.Content.typing-without",
        may=OF_EVENTS,
    ),
    _refusing(
        "wants-content-of-typing",
        "The endpoint refuses typing without Content.",
        lambda call: content_type_of(call) == TYPING and not call.get("Content"),
        "SendEvent.success.valid-request",
        may=(*OF_EVENTS, "*.ClientToken.*", "Clients.*", "CreateParticipantConnection.*", "*.token-works", "Tokens.*"),
    ),
    _refusing(
        "does-not-know-delivered",
        "The endpoint refuses message.delivered.",
        lambda call: content_type_of(call) == DELIVERED,
        "SendEvent.ContentType.message-delivered",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "does-not-know-read",
        "The endpoint refuses message.read.",
        lambda call: content_type_of(call) == READ,
        "SendEvent.ContentType.message-read",
        may=("*.ClientToken.*",),
    ),
    _refusing(
        "keeps-receipts-to-customers",
        "The endpoint refuses receipts of an added participant.",
        lambda call: content_type_of(call) in RECEIPTS and call.participant.role != CUSTOMER,
        "SendEvent.ContentType.message-delivered",
        "SendEvent.ContentType.message-read",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "reads-compact-receipts-only",
        "The endpoint refuses a receipt whose JSON text has blanks.",
        lambda call: content_type_of(call) in RECEIPTS and not str(call.get("Content")).startswith('{"messageId":"'),
        "SendEvent.Content.receipt-json",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "reads-no-escapes-in-receipts",
        "The endpoint refuses a receipt whose JSON text escapes the name messageId.",
        lambda call: content_type_of(call) in RECEIPTS and "messageId" not in str(call.get("Content")),
        "SendEvent.Content.receipt-json",
    ),
    _refusing(
        "knows-the-last-ten-messages",
        "The endpoint refuses a receipt of a message that is not among the last ten.",
        lambda call: (
            content_type_of(call) in RECEIPTS
            and not any(item.id in str(call.get("Content")) for item in call.contact.items[-10:])
        ),
        "SendEvent.Content.receipt-json",
    ),
    _refusing(
        "takes-receipts-in-order-only",
        "The endpoint refuses a receipt of a message older than one that was reported.",
        lambda call: content_type_of(call) in RECEIPTS and _is_overtaken(call),
        "SendEvent.Content.receipt-json",
    ),
)


def _is_overtaken(call: Call) -> bool:
    """Whether a message behind the one that a receipt names has receipts already."""
    places = [place for place, item in enumerate(call.contact.items) if item.id in str(call.get("Content"))]
    return bool(places) and any(item.receipts for item in call.contact.items[places[0] + 1 :])


@fault("SendEvent.ContentType.message-delivered", "SendEvent.ContentType.message-read", may=OF_RECEIPTS)
def takes_each_receipt_once(service: ReferenceService) -> None:
    """The endpoint refuses a receipt that was sent before."""

    def is_seen(call: Call) -> bool:
        stamp = RECEIPTS.get(content_type_of(call))
        return any(
            stamp in item.receipts.get(call.participant.id, {})
            for item in call.contact.items
            if stamp and item.id in str(call.get("Content"))
        )

    refuses(service, SEND, is_seen)


@fault("SendEvent.Content.receipt-not-json", may=("SendEvent.Content.*",))
def looks_for_an_id_in_receipts(service: ReferenceService) -> None:
    """The endpoint accepts a receipt whose Content holds the Id of a message anywhere, JSON or not."""

    def find(_: Context, call: Call) -> Members:
        match = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(call.get("Content")))
        return {"Content": json.dumps({"messageId": match.group()})} if match else {}

    takes(service, SEND, find)


def _take_types(is_taken: Callable[[str], bool]) -> Seed:
    """Takes event types beyond the listed ones: those that `is_taken` is true of."""

    def rule(call: Call) -> None:
        if not is_taken(content_type_of(call)):
            an_event_has_a_listed_type(call)

    return lambda service: lacks(service, SEND, an_event_has_a_listed_type, rule)


_loose = Rows(_take_types, "SendEvent.ContentType.unsupported-refused")
LOOSE = (
    _loose(
        "takes-any-event",
        "The endpoint accepts any type of an event.",
        lambda kind: kind.startswith(EVENT_TYPES),
        may=("*.refusal.no-effect", "*.ClientToken.*"),
    ),
    _loose(
        "takes-system-events",
        "The endpoint accepts an event of type chat.ended from a participant.",
        lambda kind: kind.endswith("chat.ended"),
        may=("*.refusal.no-effect", "WebSocket.*"),
    ),
    _loose(
        "takes-longer-event-types",
        "The endpoint accepts a type that begins as a listed one.",
        lambda kind: any(kind.startswith(known) for known in EVENTS),
    ),
    _loose(
        "takes-shorter-event-types",
        "The endpoint accepts a type with which a listed one begins.",
        lambda kind: any(known.startswith(kind) for known in EVENTS),
    ),
    _loose(
        "takes-short-event-names",
        "The endpoint accepts the end of a listed type in its place.",
        lambda kind: EVENT_TYPES + kind in EVENTS,
    ),
    _loose(
        "takes-messages-as-events",
        "The endpoint accepts the types of messages.",
        lambda kind: kind in SUPPORTED,
        may=("*.refusal.no-effect",),
    ),
    _loose(
        "takes-metadata-events",
        "The endpoint accepts metadata from a participant.",
        lambda kind: kind.endswith("message.metadata"),
    ),
)
