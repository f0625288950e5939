"""Faults of transcript items: another Id, time or position than the reply gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, then
from conformance.reference.items import new_item
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import EVENT, MESSAGE, Item

OF_IDS = ("StartChatContact.*", "*.ClientToken.*", "Send*", "*.bearer.*", "WebSocket.*", "*.transcript.*")
OF_ORDER = ("Surfaces.frame-and-transcript.*", "*.first")


@fault("Surfaces.reply-and-transcript.same-id", may=OF_IDS)
def tells_another_id_in_the_reply(service: ReferenceService) -> None:
    """SendMessage returns an Id in another letter case than that of the transcript."""
    gives(service, "SendMessage", lambda _, __, members: {**members, "Id": members["Id"].upper()})


@fault("Surfaces.reply-and-transcript.same-id", may=(*OF_IDS, "CreateParticipant.ParticipantId.same-throughout"))
def tells_the_id_of_the_message_before(service: ReferenceService) -> None:
    """SendMessage returns the Id of the message before in every fifth reply of a chat."""
    replies: Counter[str] = Counter()

    def give_late(_: Context, call: Call, members: Members) -> Members:
        replies[call.contact.id] += 1
        messages = [item for item in call.contact.items if item.type == MESSAGE]
        late = not replies[call.contact.id] % 5 and len(messages) > 1
        return {**members, "Id": messages[-2].id} if late else members

    gives(service, "SendMessage", give_late)


@fault("Surfaces.reply-and-transcript.same-id", may=OF_IDS)
def loses_every_third_message(service: ReferenceService) -> None:
    """The transcript lacks every third message of a chat."""
    sent: Counter[str] = Counter()

    def lose(_: Context, call: Call, __: Members) -> None:
        sent[call.contact.id] += 1
        if not sent[call.contact.id] % 3:
            call.contact.items.pop()

    then(service, "SendMessage", lose)


def _date_replies(change: Callable[[Context, Call, str], str]) -> Seed:
    """The reply has the AbsoluteTime that `change` makes of its own."""

    def alter(context: Context, call: Call, members: Members) -> Members:
        return {**members, "AbsoluteTime": change(context, call, members["AbsoluteTime"])}

    return lambda service: gives(service, "SendMessage", alter)


def _a_second_late_in_wide_messages(context: Context, call: Call, stated: str) -> str:
    return stated if call.get("Content").isascii() else iso(context.now() + SECOND)


_replied_time = Rows(_date_replies, "Surfaces.reply-and-transcript.same-time")
REPLIED = (
    _replied_time(
        "tells-whole-seconds", "The reply leaves out the milliseconds.", lambda _, __, stated: stated[:-5] + ".000Z"
    ),
    _replied_time(
        "tells-a-millisecond-less",
        "SendMessage returns an AbsoluteTime that is one millisecond earlier.",
        lambda _, call, __: iso(call.contact.items[-1].at - 1),
    ),
    _replied_time(
        "tells-a-second-more-for-wide-texts",
        "SendMessage returns a later AbsoluteTime for a message beyond ASCII.",
        _a_second_late_in_wide_messages,
    ),
)


@fault("Surfaces.reply-and-transcript.same-time")
def moves_the_time_of_every_seventh_item(service: ReferenceService) -> None:
    """The transcript shows every seventh message of a chat with another time."""
    sent: Counter[str] = Counter()

    def move(_: Context, call: Call, __: Members) -> None:
        sent[call.contact.id] += 1
        if not sent[call.contact.id] % 7:
            call.contact.items[-1].at += 1

    then(service, "SendMessage", move)


def _arrange(service: ReferenceService, arrange: Callable[[list[Item], Call], None]) -> None:
    then(service, "SendMessage", lambda _, call, __: arrange(call.contact.items, call))


def _swap_last(items: list[Item]) -> None:
    """The last two messages change places."""
    if [item.type for item in items[-2:]] == [MESSAGE, MESSAGE]:
        items[-2:] = reversed(items[-2:])


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def puts_every_tenth_message_before_the_ninth(service: ReferenceService) -> None:
    """The transcript lists the tenth message of a chat before the ninth."""

    def arrange(items: list[Item], _: Call) -> None:
        if not sum(item.type == MESSAGE for item in items) % 10:
            _swap_last(items)

    _arrange(service, arrange)


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def puts_answers_of_bots_before_the_customer(service: ReferenceService) -> None:
    """The transcript lists a message of an added participant before another's message that was sent earlier."""

    def arrange(items: list[Item], call: Call) -> None:
        if call.participant.role != CUSTOMER and [item.sender for item in items[-2:-1]] != [call.participant]:
            _swap_last(items)

    _arrange(service, arrange)


@fault("Surfaces.reply-and-transcript.same-order", may=OF_ORDER)
def sorts_messages_by_id(service: ReferenceService) -> None:
    """The transcript lists messages in the order of their Ids, which are random."""

    def arrange(items: list[Item], _: Call) -> None:
        places = [place for place, item in enumerate(items) if item.type == MESSAGE]
        for place, item in zip(places, sorted((items[p] for p in places), key=lambda one: one.id), strict=True):
            items[place] = item

    _arrange(service, arrange)


@fault("Surfaces.event-reply-and-transcript.same-id", may=("GetTranscript.*", "SendEvent.*", "Surfaces.*"))
def keeps_typing_under_another_id(service: ReferenceService) -> None:
    """The transcript contains typing with another Id than that of the reply."""

    def keep(context: Context, call: Call, _: Members) -> None:
        if call.get("ContentType").endswith(".typing"):
            kind = call.get("ContentType")
            call.contact.items.append(new_item(context, call.contact, call.participant, EVENT, content_type=kind))

    then(service, "SendEvent", keep)
