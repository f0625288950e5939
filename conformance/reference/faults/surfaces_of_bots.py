"""Seeded faults by which added participants, or later sockets, are told something else than the customer."""

from __future__ import annotations

import html
from collections.abc import Callable

from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import Item, meddle_with_items
from conformance.reference.faults_kit.fault import Fault, Seed, fault
from conformance.reference.faults_kit.hooks import takes, then
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Socket

SUBJECT = "surfaces-of-bots"
MAY = ("Surfaces.*", "WebSocket.frame.*", "WebSocket.delivery.*", "GetTranscript.*", "SendMessage.*")
SHORT = 1024


def _is_bot(call: Call) -> bool:
    return call.participant.role != CUSTOMER


def _takes_of_bots(change: Callable[[str], str]) -> Seed:
    def taken(_: Context, call: Call) -> Members:
        return {"Content": change(call.get("Content"))} if _is_bot(call) else {}

    return lambda service: takes(service, "SendMessage", taken)


STORING = tuple(
    Fault(name, says, ("Surfaces.reply-and-transcript.same-content",), MAY, SUBJECT, _takes_of_bots(change))
    for name, says, change in (
        (
            "cuts-what-bots-say",
            "The endpoint stores only 1,024 characters of a bot's message.",
            lambda text: text[:SHORT],
        ),
        ("trims-what-bots-say", "The endpoint drops blanks around a bot's message.", lambda text: text.strip() or text),
        ("escapes-what-bots-say", "The endpoint stores markup in a bot's message escaped.", html.escape),
    )
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

    return lambda service: meddle_with_items(service, items)


def _escaped(_: Socket, item: Item) -> Item:
    return {**item, "Content": html.escape(item["Content"])}


def _trimmed(_: Socket, item: Item) -> Item:
    return {**item, "Content": item["Content"].strip()}


def _mine(socket: Socket, item: Item) -> Item:
    return {**item, "ParticipantId": socket.participant.id}


def _nowhere(_: Socket, item: Item) -> Item:
    return {name: value for name, value in item.items() if not name.endswith("ContactId")}


HEARING = tuple(
    Fault(name, says, (red,), MAY, SUBJECT, _on(which, change))
    for name, says, red, which, change in (
        (
            "escapes-text-for-bots",
            "Markup is escaped on the sockets of bots.",
            "Surfaces.reply-and-frame.same-content",
            _is_of_bot,
            _escaped,
        ),
        (
            "trims-text-on-second-sockets",
            "A second socket receives trimmed messages.",
            "Surfaces.reply-and-frame.same-content",
            _is_second,
            _trimmed,
        ),
        (
            "names-the-listener-to-bots",
            "A bot's socket names the bot as the sender of every message.",
            "Surfaces.frame-and-transcript.same-sender",
            _is_of_bot,
            _mine,
        ),
        (
            "names-no-contact-to-bots",
            "On a bot's socket messages name no contact.",
            "Surfaces.frame-and-transcript.same-sender",
            _is_of_bot,
            _nowhere,
        ),
    )
)


def _early(item: Item) -> Item:
    by_bot = item["Type"] == MESSAGE and item.get("ParticipantRole") != CUSTOMER
    return {**item, "AbsoluteTime": "2019-11-08T02:41:28.172Z"} if by_bot else item


@fault("Surfaces.reply-and-frame.same-time", may=MAY)
def dates_frames_of_bots_otherwise(service: ReferenceService) -> None:
    """A bot's message has another AbsoluteTime on the sockets than in its reply."""
    meddle_with_items(service, lambda _, item: [_early(item)])
