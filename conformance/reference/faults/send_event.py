"""Faults of SendEvent: the Id and the time of an event, and what a refusal leaves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from conformance.contract.content_types import TYPING
from conformance.reference.clock import HOUR, iso
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import content_type_of, gives, refuses
from conformance.reference.items import new_item, publish
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


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_events_by_their_sender(service: ReferenceService) -> None:
    """SendEvent gives all events of a participant one Id."""
    gives(service, SEND, lambda _, call, members: {**members, "Id": call.participant.id})


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_an_event_by_the_latest_message(service: ReferenceService) -> None:
    """SendEvent gives an event the Id of the message that was sent before it."""

    def name(_: Context, call: Call, members: Members) -> Members:
        messages = [item.id for item in call.contact.items if item.type == MESSAGE]
        return {**members, "Id": messages[-1]} if messages else members

    gives(service, SEND, name)


@fault("SendEvent.Id.unique", may=OF_EVENTS)
def names_every_sixth_event_as_the_one_before(service: ReferenceService) -> None:
    """SendEvent gives every sixth event of a chat the Id of the one before it."""
    before: defaultdict[str, list[str]] = defaultdict(list)

    def name(_: Context, call: Call, members: Members) -> Members:
        ids = before[call.contact.id]
        ids.append(members["Id"] if (len(ids) + 1) % 6 else ids[-1])
        return {**members, "Id": ids[-1]}

    gives(service, SEND, name)


Timed = tuple[Callable[[Context, Call], int], Callable[[Call], bool]]


def _date(timed: Timed) -> Seed:
    """The reply has another time, in milliseconds since the epoch, where the other part holds for the call."""
    time, when = timed

    def change(context: Context, call: Call, members: Members) -> Members:
        return {**members, "AbsoluteTime": iso(time(context, call))} if when(call) else members

    return lambda service: gives(service, SEND, change)


_timed = Rows(_date, "SendEvent.AbsoluteTime.when-sent", may=("Surfaces.event-*", "SendEvent.receipt.*"))
TIMES = (
    _timed(
        "tells-event-times-of-another-zone",
        "SendEvent dates typing an hour ahead.",
        (lambda context, _: context.now() + HOUR, lambda call: content_type_of(call) == TYPING),
    ),
    _timed(
        "tells-receipt-times-of-another-zone",
        "SendEvent dates a receipt an hour ago.",
        (lambda context, _: context.now() - HOUR, lambda call: content_type_of(call) in RECEIPTS),
    ),
    _timed(
        "stamps-events-with-the-start-of-the-chat",
        "SendEvent dates all events at the start of the chat.",
        (lambda _, call: call.contact.started_at, lambda _: True),
    ),
)


def _tell_of_refusals(service: ReferenceService, *, stored: bool) -> None:
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            if call.operation.name == SEND:
                kind, content = content_type_of(call), call.get("Content")
                item = new_item(
                    service.context, call.contact, call.participant, EVENT, content_type=kind, content=content
                )
                publish(call.contact, item, stored=stored)
            raise

    service.perform = perform


@fault("SendEvent.refusal.no-effect", may=("WebSocket.*", "Surfaces.*"))
def pushes_refused_events(service: ReferenceService) -> None:
    """The endpoint pushes an event that it refuses for its type."""
    _tell_of_refusals(service, stored=False)


@fault("SendEvent.refusal.no-effect", may=("GetTranscript.*", "Surfaces.*", "WebSocket.*"))
def keeps_refused_events(service: ReferenceService) -> None:
    """The transcript contains an event that was refused for its type."""
    _tell_of_refusals(service, stored=True)


@fault("SendEvent.ContentType.typing", may=OF_EVENTS)
def takes_two_events_of_a_participant(service: ReferenceService) -> None:
    """The endpoint refuses a participant's third typing event in a chat."""
    typed: Counter[str] = Counter()

    def third(call: Call) -> bool:
        typed[call.participant.id] += content_type_of(call) == TYPING
        return content_type_of(call) == TYPING and typed[call.participant.id] == THIRD

    refuses(service, SEND, third)
