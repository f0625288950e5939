"""Seeded faults by which added participants, or later sockets, are told something else than the customer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import Item, meddle_with_items
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import takes, then
from conformance.reference.faults_kit.operators import ESCAPED_FOR_HTML, TRIMMED, Place, cut_after
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Socket

MAY = ("Surfaces.*", "WebSocket.frame.*", "WebSocket.delivery.*", "GetTranscript.*", "SendMessage.*")


def _is_bot(call: Call) -> bool:
    return call.participant.role != CUSTOMER


def _takes_of_bots(change: Callable[[str], str]) -> Seed:
    def take(_: Context, call: Call) -> Members:
        return {"Content": change(call.get("Content"))} if _is_bot(call) else {}

    return lambda service: takes(service, "SendMessage", take)


STORED = Place(
    "The endpoint stores a bot's message", _takes_of_bots, "Surfaces.reply-and-transcript.same-content", may=MAY
)
STORING = STORED.faults(
    {"cuts-what-bots-say": cut_after(1_024), "trims-what-bots-say": TRIMMED, "escapes-what-bots-say": ESCAPED_FOR_HTML}
)


@fault("Surfaces.reply-and-transcript.same-content", may=MAY)
def calls_what_bots_say_plain_text(service: ReferenceService) -> None:
    """The transcript shows every message of a bot as text/plain."""

    def plain(_: Context, call: Call, members: Members) -> None:
        for item in call.contact.items[-1:]:
            if _is_bot(call) and item.id == members["Id"]:
                item.content_type = "text/plain"

    then(service, "SendMessage", plain)


def _is_second(socket: Socket) -> bool:
    return socket.participant.sockets[1:2] == [socket]


def _is_of_bot(socket: Socket) -> bool:
    return socket.participant.role != CUSTOMER


def _on(which: Callable[[Socket], bool], change: Callable[[Socket, Item], Item]) -> Seed:
    def items(socket: Socket, item: Item) -> list[Item]:
        return [change(socket, item) if item["Type"] == MESSAGE and which(socket) else item]

    return meddle_with_items(items)


def _content_on(which: Callable[[Socket], bool]) -> Callable[[Callable[[str], str]], Seed]:
    return lambda change: _on(which, lambda _, item: {**item, "Content": change(item["Content"])})


HEARD = "Surfaces.reply-and-frame.same-content"
HEARING = (
    *Place("The endpoint pushes to bots a message", _content_on(_is_of_bot), HEARD, may=MAY).faults(
        {"escapes-text-for-bots": ESCAPED_FOR_HTML}
    ),
    *Place(
        "The endpoint pushes to a participant's second socket a message", _content_on(_is_second), HEARD, may=MAY
    ).faults({"trims-text-on-second-sockets": TRIMMED}),
)
_to_bots = Rows(partial(_on, _is_of_bot), "Surfaces.frame-and-transcript.same-sender", may=MAY)
SENDERS = (
    _to_bots(
        "names-the-listener-to-bots",
        "A bot's socket names the bot as the sender of every message.",
        lambda socket, item: {**item, "ParticipantId": socket.participant.id},
    ),
    _to_bots(
        "names-no-contact-to-bots",
        "A bot's socket names no contact of a message.",
        lambda _, item: {name: value for name, value in item.items() if not name.endswith("ContactId")},
    ),
)


def _early(item: Item) -> Item:
    by_bot = item["Type"] == MESSAGE and item.get("ParticipantRole") != CUSTOMER
    return {**item, "AbsoluteTime": "2019-11-08T02:41:28.172Z"} if by_bot else item


@fault("Surfaces.reply-and-frame.same-time", may=MAY)
def dates_frames_of_bots_otherwise(service: ReferenceService) -> None:
    """The endpoint pushes a bot's message with another AbsoluteTime than its reply had."""
    meddle_with_items(lambda _, item: [_early(item)])(service)
