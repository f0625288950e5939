"""Faults of SendEvent: which events are taken, what receipts need, what they show, and what a refusal leaves."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from conformance.contract.content_types import DELIVERED, READ, TYPING
from conformance.contract.model import operation
from conformance.contract.wire import Request
from conformance.reference.clock import HOUR, iso
from conformance.reference.content_types import EVENTS, RECEIPTS, SUPPORTED
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, declare, fault
from conformance.reference.faults_kit.hooks import gives, into, lacks, refuses, takes
from conformance.reference.faults_kit.middleware import given, taking
from conformance.reference.items import EVENT_TYPES, new_item, publish
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import an_event_has_a_listed_type
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT, MESSAGE

SEND, THIRD = "SendEvent", 3
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


def kind_of(call: Call) -> str:
    """The type of the event that a call sends."""
    return str(call.get("ContentType"))


_refusing = Rows(into(refuses, SEND))


def _is_empty_typing(request: Request) -> bool:
    empty = given(operation(SEND).input.child("Content"), lambda content: content == "")
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
        lambda call: kind_of(call) == TYPING and call.participant.role != CUSTOMER,
        "SendEvent.ContentType.typing",
        "SendEvent.Content.typing-without",
        may=OF_EVENTS,
    ),
    _refusing(
        "wants-content-of-typing",
        "The endpoint refuses typing without Content.",
        lambda call: kind_of(call) == TYPING and not call.get("Content"),
        "SendEvent.success.valid-request",
        may=(*OF_EVENTS, "*.ClientToken.*", "Clients.*", "CreateParticipantConnection.*", "*.token-works", "Tokens.*"),
    ),
    _refusing(
        "does-not-know-delivered",
        "The endpoint refuses message.delivered.",
        lambda call: kind_of(call) == DELIVERED,
        "SendEvent.ContentType.message-delivered",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "does-not-know-read",
        "The endpoint refuses message.read.",
        lambda call: kind_of(call) == READ,
        "SendEvent.ContentType.message-read",
        may=("*.ClientToken.*",),
    ),
    _refusing(
        "keeps-receipts-to-customers",
        "The endpoint refuses receipts of an added participant.",
        lambda call: kind_of(call) in RECEIPTS and call.participant.role != CUSTOMER,
        "SendEvent.ContentType.message-delivered",
        "SendEvent.ContentType.message-read",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "reads-compact-receipts-only",
        "The endpoint refuses a receipt whose JSON text has blanks.",
        lambda call: kind_of(call) in RECEIPTS and not str(call.get("Content")).startswith('{"messageId":"'),
        "SendEvent.Content.receipt-json",
        may=OF_RECEIPTS,
    ),
    _refusing(
        "reads-no-escapes-in-receipts",
        "The endpoint refuses a receipt whose JSON text escapes the name messageId.",
        lambda call: kind_of(call) in RECEIPTS and "messageId" not in str(call.get("Content")),
        "SendEvent.Content.receipt-json",
    ),
    _refusing(
        "knows-the-last-ten-messages",
        "The endpoint refuses a receipt of a message that is not among the last ten.",
        lambda call: (
            kind_of(call) in RECEIPTS
            and not any(item.id in str(call.get("Content")) for item in call.contact.items[-10:])
        ),
        "SendEvent.Content.receipt-json",
    ),
    _refusing(
        "takes-receipts-in-order-only",
        "The endpoint refuses a receipt of a message older than one that was reported.",
        lambda call: kind_of(call) in RECEIPTS and _is_overtaken(call),
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

    def seen(call: Call) -> bool:
        stamp = RECEIPTS.get(kind_of(call))
        return any(
            stamp in item.receipts.get(call.participant.id, {})
            for item in call.contact.items
            if stamp and item.id in str(call.get("Content"))
        )

    refuses(service, SEND, seen)


@fault("SendEvent.Content.receipt-not-json", may=("SendEvent.Content.*",))
def looks_for_an_id_in_receipts(service: ReferenceService) -> None:
    """The endpoint accepts a receipt whose Content holds the Id of a message anywhere, JSON or not."""

    def found(_: Context, call: Call) -> Members:
        match = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(call.get("Content")))
        return {"Content": json.dumps({"messageId": match.group()})} if match else {}

    takes(service, SEND, found)


def _take_types(is_taken: Callable[[str], bool]) -> Seed:
    """Takes event types beyond the listed ones: those that `is_taken` is true of."""

    def rule(call: Call) -> None:
        if not is_taken(kind_of(call)):
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


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_events_by_their_sender(service: ReferenceService) -> None:
    """SendEvent gives all events of a participant one Id."""
    gives(service, SEND, lambda _, call, members: {**members, "Id": call.participant.id})


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_an_event_by_the_latest_message(service: ReferenceService) -> None:
    """SendEvent gives an event the Id of the message that was sent before it."""

    def named(_: Context, call: Call, members: Members) -> Members:
        messages = [item.id for item in call.contact.items if item.type == MESSAGE]
        return {**members, "Id": messages[-1]} if messages else members

    gives(service, SEND, named)


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_every_sixth_event_as_the_one_before(service: ReferenceService) -> None:
    """SendEvent gives every sixth event of a chat the Id of the one before it."""
    before: defaultdict[str, list[str]] = defaultdict(list)

    def named(_: Context, call: Call, members: Members) -> Members:
        ids = before[call.contact.id]
        ids.append(members["Id"] if (len(ids) + 1) % 6 else ids[-1])
        return {**members, "Id": ids[-1]}

    gives(service, SEND, named)


Timed = tuple[Callable[[Context, Call], int], Callable[[Call], bool]]


def _date(timed: Timed) -> Seed:
    """The reply has another time, in milliseconds since the epoch, where the other part holds for the call."""
    time, when = timed

    def changed(context: Context, call: Call, members: Members) -> Members:
        return {**members, "AbsoluteTime": iso(time(context, call))} if when(call) else members

    return lambda service: gives(service, SEND, changed)


_timed = Rows(_date, "SendEvent.AbsoluteTime.when-sent", may=("Surfaces.event-*", "SendEvent.receipt.*"))
TIMES = (
    _timed(
        "tells-event-times-of-another-zone",
        "SendEvent dates typing an hour ahead.",
        (lambda context, _: context.now() + HOUR, lambda call: kind_of(call) == TYPING),
    ),
    _timed(
        "tells-receipt-times-of-another-zone",
        "SendEvent dates a receipt an hour ago.",
        (lambda context, _: context.now() - HOUR, lambda call: kind_of(call) in RECEIPTS),
    ),
    _timed(
        "stamps-events-with-the-start-of-the-chat",
        "SendEvent dates all events at the start of the chat.",
        (lambda _, call: call.contact.started_at, lambda _: True),
    ),
)


def _tells_of_refused(service: ReferenceService, *, stored: bool) -> None:
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            if call.operation.name == SEND:
                kind, content = kind_of(call), call.get("Content")
                item = new_item(
                    service.context, call.contact, call.participant, EVENT, content_type=kind, content=content
                )
                publish(call.contact, item, stored=stored)
            raise

    service.perform = perform


@fault("SendEvent.refusal.no-effect", may=("WebSocket.*", "Surfaces.*"))
def pushes_refused_events(service: ReferenceService) -> None:
    """The endpoint pushes an event that it refuses for its type."""
    _tells_of_refused(service, stored=False)


@fault("SendEvent.refusal.no-effect", may=("GetTranscript.*", "Surfaces.*", "WebSocket.*"))
def keeps_refused_events(service: ReferenceService) -> None:
    """The transcript contains an event that was refused for its type."""
    _tells_of_refused(service, stored=True)


@fault("SendEvent.ContentType.typing", may=OF_EVENTS)
def takes_two_events_of_a_participant(service: ReferenceService) -> None:
    """The endpoint refuses a participant's third typing event in a chat."""
    typed: Counter[str] = Counter()

    def third(call: Call) -> bool:
        typed[call.participant.id] += kind_of(call) == TYPING
        return kind_of(call) == TYPING and typed[call.participant.id] == THIRD

    refuses(service, SEND, third)
