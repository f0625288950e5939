"""Faults of SendEvent: which events are taken, what receipts need, what they show, and what a refusal leaves."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from conformance.contract.content_types import DELIVERED, READ, TYPING
from conformance.contract.model import operation
from conformance.reference.clock import HOUR, iso
from conformance.reference.content_types import EVENTS, RECEIPTS, SUPPORTED
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Fault, declare, fault
from conformance.reference.faults_kit.hooks import gives, lacks, refuses, takes
from conformance.reference.faults_kit.middleware import given, taking
from conformance.reference.items import EVENT_TYPES, new_item, publish
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import an_event_has_a_listed_type
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT, MESSAGE
from conformance.wire import Request

SEND, THIRD = "SendEvent", 3
UNSUPPORTED = "SendEvent.ContentType.unsupported-refused"
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


def _refusing(name: str, says: str, red: tuple[str, ...], when: Callable[[Call], bool], may: tuple[str, ...]) -> Fault:
    return declare(name, says, lambda service: refuses(service, SEND, when), *red, may=may)


def _is_empty_typing(request: Request) -> bool:
    empty = given(operation(SEND).input.child("Content"), lambda content: content == "")
    return TYPING.encode() in request.body and empty(request)


EMPTY = declare(
    "takes-empty-content-of-typing",
    "The least length of Content is checked for receipts only.",
    taking(operation(SEND), _is_empty_typing),
    "SendEvent.Content.typing-with-empty",
)

REFUSED = (
    _refusing(
        "keeps-typing-to-customers",
        "Typing of an added participant is refused.",
        ("SendEvent.ContentType.typing", "SendEvent.Content.typing-without"),
        lambda call: kind_of(call) == TYPING and call.participant.role != CUSTOMER,
        OF_EVENTS,
    ),
    _refusing(
        "wants-content-of-typing",
        "Typing without Content is refused.",
        ("SendEvent.success.valid-request",),
        lambda call: kind_of(call) == TYPING and not call.get("Content"),
        (*OF_EVENTS, "*.ClientToken.*", "Clients.*", "CreateParticipantConnection.*", "*.token-works", "Tokens.*"),
    ),
    _refusing(
        "does-not-know-delivered",
        "message.delivered is refused.",
        ("SendEvent.ContentType.message-delivered",),
        lambda call: kind_of(call) == DELIVERED,
        OF_RECEIPTS,
    ),
    _refusing(
        "does-not-know-read",
        "message.read is refused.",
        ("SendEvent.ContentType.message-read",),
        lambda call: kind_of(call) == READ,
        (*OF_RECEIPTS, "*.ClientToken.*"),
    ),
    _refusing(
        "keeps-receipts-to-customers",
        "Receipts of an added participant are refused.",
        ("SendEvent.ContentType.message-delivered", "SendEvent.ContentType.message-read"),
        lambda call: kind_of(call) in RECEIPTS and call.participant.role != CUSTOMER,
        OF_RECEIPTS,
    ),
    _refusing(
        "reads-compact-receipts-only",
        "The JSON text of a receipt must have no blanks.",
        ("SendEvent.Content.receipt-json",),
        lambda call: kind_of(call) in RECEIPTS and not str(call.get("Content")).startswith('{"messageId":"'),
        OF_RECEIPTS,
    ),
    _refusing(
        "reads-no-escapes-in-receipts",
        "The endpoint refuses a receipt whose JSON text escapes the name messageId.",
        ("SendEvent.Content.receipt-json",),
        lambda call: kind_of(call) in RECEIPTS and "messageId" not in str(call.get("Content")),
        (),
    ),
    _refusing(
        "knows-the-last-ten-messages",
        "A receipt of a message that is not among the last ten is refused.",
        ("SendEvent.Content.receipt-json",),
        lambda call: (
            kind_of(call) in RECEIPTS
            and not any(item.id in str(call.get("Content")) for item in call.contact.items[-10:])
        ),
        (),
    ),
    _refusing(
        "takes-receipts-in-order-only",
        "A receipt of a message older than one that was reported is refused.",
        ("SendEvent.Content.receipt-json",),
        lambda call: kind_of(call) in RECEIPTS and _is_overtaken(call),
        (),
    ),
)


def _is_overtaken(call: Call) -> bool:
    """Whether a message behind the one that a receipt names has receipts already."""
    places = [place for place, item in enumerate(call.contact.items) if item.id in str(call.get("Content"))]
    return bool(places) and any(item.receipts for item in call.contact.items[places[0] + 1 :])


@fault("SendEvent.ContentType.message-delivered", "SendEvent.ContentType.message-read", may=OF_RECEIPTS)
def takes_each_receipt_once(service: ReferenceService) -> None:
    """A receipt that was sent before is refused."""

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
    """A receipt whose Content holds the Id of a message anywhere is accepted, JSON or not."""

    def found(_: Context, call: Call) -> Members:
        match = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(call.get("Content")))
        return {"Content": json.dumps({"messageId": match.group()})} if match else {}

    takes(service, SEND, found)


def _loose(name: str, says: str, is_taken: Callable[[str], bool], may: tuple[str, ...] = ()) -> Fault:
    """A fault that takes event types beyond the listed ones: those that `is_taken` is true of."""

    def rule(call: Call) -> None:
        if not is_taken(kind_of(call)):
            an_event_has_a_listed_type(call)

    def seed(service: ReferenceService) -> None:
        lacks(service, SEND, an_event_has_a_listed_type, rule)

    return declare(name, says, seed, "SendEvent.ContentType.unsupported-refused", may=may)


LOOSE = (
    _loose(
        "takes-any-event",
        "Any type of an event is accepted.",
        lambda kind: kind.startswith(EVENT_TYPES),
        ("*.refusal.no-effect", "*.ClientToken.*"),
    ),
    _loose(
        "takes-system-events",
        "The endpoint accepts an event of type chat.ended from a participant.",
        lambda kind: kind.endswith("chat.ended"),
        ("*.refusal.no-effect", "WebSocket.*"),
    ),
    _loose(
        "takes-longer-event-types",
        "A type that begins as a listed one is accepted.",
        lambda kind: any(kind.startswith(known) for known in EVENTS),
    ),
    _loose(
        "takes-shorter-event-types",
        "A type with which a listed one begins is accepted.",
        lambda kind: any(known.startswith(kind) for known in EVENTS),
    ),
    _loose(
        "takes-short-event-names",
        "The endpoint accepts the end of a listed type in its place.",
        lambda kind: EVENT_TYPES + kind in EVENTS,
    ),
    _loose(
        "takes-messages-as-events",
        "The types of messages are accepted.",
        lambda kind: kind in SUPPORTED,
        ("*.refusal.no-effect",),
    ),
    _loose(
        "takes-metadata-events",
        "A participant may send metadata itself.",
        lambda kind: kind.endswith("message.metadata"),
    ),
)


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_events_by_their_sender(service: ReferenceService) -> None:
    """All events of a participant have one Id."""
    gives(service, SEND, lambda _, call, members: {**members, "Id": call.participant.id})


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_an_event_by_the_latest_message(service: ReferenceService) -> None:
    """An event has the Id of the message that was sent before it."""

    def named(_: Context, call: Call, members: Members) -> Members:
        messages = [item.id for item in call.contact.items if item.type == MESSAGE]
        return {**members, "Id": messages[-1]} if messages else members

    gives(service, SEND, named)


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_every_sixth_event_as_the_one_before(service: ReferenceService) -> None:
    """Every sixth event of a chat has the Id of the one before it."""
    before: defaultdict[str, list[str]] = defaultdict(list)

    def named(_: Context, call: Call, members: Members) -> Members:
        ids = before[call.contact.id]
        ids.append(members["Id"] if (len(ids) + 1) % 6 else ids[-1])
        return {**members, "Id": ids[-1]}

    gives(service, SEND, named)


def _timed(name: str, says: str, time: Callable[[Context, Call], int], when: Callable[[Call], bool]) -> Fault:
    def changed(context: Context, call: Call, members: Members) -> Members:
        return {**members, "AbsoluteTime": iso(time(context, call))} if when(call) else members

    red, may = ("SendEvent.AbsoluteTime.when-sent",), ("Surfaces.event-*", "SendEvent.receipt.*")
    return declare(name, says, lambda service: gives(service, SEND, changed), *red, may=may)


TIMES = (
    _timed(
        "tells-event-times-of-another-zone",
        "The time of typing is an hour ahead.",
        lambda context, _: context.now() + HOUR,
        lambda call: kind_of(call) == TYPING,
    ),
    _timed(
        "tells-receipt-times-of-another-zone",
        "The time of a receipt is an hour late.",
        lambda context, _: context.now() - HOUR,
        lambda call: kind_of(call) in RECEIPTS,
    ),
    _timed(
        "stamps-events-with-the-start-of-the-chat",
        "All events have the time at which the chat was started.",
        lambda _, call: call.contact.started_at,
        lambda _: True,
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
    """An event of a type that is not accepted is refused, and arrives on all sockets all the same."""
    _tells_of_refused(service, stored=False)


@fault("SendEvent.refusal.no-effect", may=("GetTranscript.*", "Surfaces.*", "WebSocket.*"))
def keeps_refused_events(service: ReferenceService) -> None:
    """An event of a type that is not accepted is refused, and is in the transcript all the same."""
    _tells_of_refused(service, stored=True)


@fault("SendEvent.ContentType.typing", may=OF_EVENTS)
def takes_two_events_of_a_participant(service: ReferenceService) -> None:
    """A participant's third typing event in a chat is refused."""
    typed: Counter[str] = Counter()

    def third(call: Call) -> bool:
        typed[call.participant.id] += kind_of(call) == TYPING
        return kind_of(call) == TYPING and typed[call.participant.id] == THIRD

    refuses(service, SEND, third)
