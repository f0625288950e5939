"""Faults of receipts: whose they are, of which message, and the times that they give it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from conformance.contract.content_types import DELIVERED, READ
from conformance.reference.clock import HOUR, iso
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal, refusal_of
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import content_type_of, on_refusal, takes, then
from conformance.reference.lifecycle import ParticipantStage
from conformance.reference.messages import MOST_READERS
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Participant

SEND = "SendEvent"


@fault("SendEvent.receipt.recipient", may=("SendEvent.receipt.*", "WebSocket.*"))
def names_the_author_in_receipts(service: ReferenceService) -> None:
    """A receipt names the author of the message instead of its reader."""
    perform = service.handlers[SEND]

    def name(context: Context, call: Call) -> Members:
        others = [one for one in call.contact.participants if one is not call.participant]
        return perform(
            context, replace(call, caller=others[0]) if others and content_type_of(call) in RECEIPTS else call
        )

    service.handlers[SEND] = name


@fault("SendEvent.receipt.read-timestamp", may=("SendEvent.receipt.*",))
def takes_read_for_delivered(service: ReferenceService) -> None:
    """message.read sets the time of delivery."""
    takes(service, SEND, lambda _, call: {"ContentType": DELIVERED} if content_type_of(call) == READ else {})


@fault("SendEvent.receipt.read-timestamp", may=("SendEvent.receipt.*",))
def takes_delivered_for_read(service: ReferenceService) -> None:
    """message.delivered sets the time of reading."""
    takes(service, SEND, lambda _, call: {"ContentType": READ} if content_type_of(call) == DELIVERED else {})


@fault(
    "SendEvent.receipt.read-timestamp", may=("SendEvent.receipt.*", "SendEvent.Content.*", "WebSocket.frame.receipt*")
)
def notes_receipts_at_the_newest_message(service: ReferenceService) -> None:
    """The endpoint adds a receipt to the newest message, whichever it names."""

    def newest(_: Context, call: Call) -> Members:
        messages = [item.id for item in call.contact.items if item.type == MESSAGE]
        return (
            {"Content": json.dumps({"messageId": messages[-1]})}
            if content_type_of(call) in RECEIPTS and messages
            else {}
        )

    takes(service, SEND, newest)


@fault("SendEvent.receipt.read-timestamp", may=("SendEvent.receipt.*",))
def forgets_the_delivery_of_read_messages(service: ReferenceService) -> None:
    """The transcript loses the delivery and reading times of a message that was read."""

    def forget(_: Context, call: Call, __: Members) -> None:
        for item in call.contact.items:
            if content_type_of(call) == READ and item.id in str(call.get("Content")):
                item.receipts[call.participant.id] = {RECEIPTS[DELIVERED]: iso(item.at)}

    then(service, SEND, forget)


@fault("SendEvent.receipt.read-timestamp", may=("SendEvent.receipt.*",))
def stamps_receipts_before_their_message(service: ReferenceService) -> None:
    """The transcript dates a receipt an hour before its message was sent."""

    def early(_: Context, call: Call, __: Members) -> None:
        for item in call.contact.items:
            for times in item.receipts.values():
                times.update(dict.fromkeys(times, iso(item.at - HOUR)))

    then(service, SEND, early)


@fault("SendEvent.refusal.no-effect", may=("SendEvent.receipt.*",))
def notes_refused_receipts(service: ReferenceService) -> None:
    """The endpoint adds a refused receipt to the newest message."""

    def note(context: Context, call: Call, _: Refusal) -> None:
        messages = [item for item in call.contact.items if item.type == MESSAGE]
        if content_type_of(call) in RECEIPTS and messages:
            messages[-1].receipts[call.participant.id] = {RECEIPTS[content_type_of(call)]: iso(context.now())}

    on_refusal(service, SEND, note)


@fault("SendEvent.receipt.own-chat-only", may=("SendEvent.receipt.*", "SendEvent.Content.*"))
def marks_messages_of_any_chat(service: ReferenceService) -> None:
    """A receipt marks the message that it names, whatever chat that is of."""
    perform = service.handlers[SEND]

    def mark(context: Context, call: Call) -> Members:
        content = str(call.get("Content")) if content_type_of(call) in RECEIPTS else ""
        for contact in context.state.contacts.values():
            for item in contact.items if contact is not call.contact else ():
                if item.id in content:
                    item.receipts[call.participant.id] = {"ReadTimestamp": iso(context.now())}
        return perform(context, call)

    service.handlers[SEND] = mark


def _refusing_beyond_two(service: ReferenceService, counts: Callable[[Participant], bool], *, receipts: bool) -> None:
    """Receipts, or else all other events, are a conflict where `counts` holds for more than two participants."""
    perform = service.handlers[SEND]

    def judge(context: Context, call: Call) -> Members:
        meant = (content_type_of(call) in RECEIPTS) == receipts
        if meant and sum(counts(one) for one in call.contact.participants) > MOST_READERS:
            raise refusal_of(call.operation, ("ConflictException",), "There are more than two participants.")
        return perform(context, call)

    service.handlers[SEND] = judge


@fault("SendEvent.ContentType.message-read", "SendEvent.ContentType.message-delivered")
def counts_who_has_left_among_readers(service: ReferenceService) -> None:
    """SendEvent refuses receipts for good once three participants were active, though one has left."""
    _refusing_beyond_two(service, lambda one: one.stage is not ParticipantStage.INVITED, receipts=True)


@fault("SendEvent.ContentType.typing", "SendEvent.Content.typing-without", may=("SendEvent.*", "WebSocket.*"))
def refuses_typing_among_three(service: ReferenceService) -> None:
    """The endpoint refuses typing with ConflictException where more than two participants are active."""
    connected = ParticipantStage.CONNECTED
    _refusing_beyond_two(service, lambda one: one.stage is connected, receipts=False)


def _mark(mark: tuple[str, Callable[[Call], bool]]) -> Seed:
    """The latest message gets a time where a receipt that the other part holds for is refused."""
    stamp, about = mark

    def note(context: Context, call: Call, _: Refusal) -> None:
        messages = [item for item in call.contact.items if item.type == MESSAGE]
        if content_type_of(call) in RECEIPTS and messages and about(call):
            messages[-1].receipts[call.participant.id] = {stamp: iso(context.now())}

    return lambda service: on_refusal(service, SEND, note)


_marking = Rows(_mark, "SendEvent.refusal.no-effect", may=("SendEvent.receipt.*",))
MARKING = (
    _marking(
        "marks-delivery-by-refused-receipts",
        "A refused receipt marks the latest message as delivered.",
        (RECEIPTS[DELIVERED], lambda _: True),
    ),
    _marking(
        "marks-the-latest-for-an-unknown-message",
        "A refused receipt of an unknown message marks the latest one as read.",
        (RECEIPTS[READ], lambda call: "messageId" in str(call.get("Content"))),
    ),
)
