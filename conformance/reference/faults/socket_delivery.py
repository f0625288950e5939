"""Seeded faults of what the web socket delivers: to whom, how often, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count

from conformance.contract.content_types import TYPING
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import Item, Meddling, is_own, item_of, meddle, meddle_with_items
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.items import chat_frame
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Send, Socket

EIGHT_KIB, THIRTY_TWO_KIB = 8 * 2**10, 32 * 2**10
Keep = Callable[[Socket, Item], bool]
ONE_SOCKET = ("WebSocket.delivery.*", "WebSocket.end.chat-ended*", "WebSocket.url.open-socket-stays")


def _keep_only(keep: Keep) -> Seed:
    """Only those items are delivered for which `keep` is true."""
    return meddle_with_items(lambda socket, item: [item] if keep(socket, item) else [])


_only, _frames = Rows(_keep_only), Rows(meddle)


def _is_message(item: Item) -> bool:
    return bool(item["Type"] == MESSAGE)


LONG_FRAMES = (
    _frames(
        "loses-long-messages-on-the-socket",
        "The endpoint pushes no frame longer than 8 KiB.",
        lambda _, text: [] if len(text) > EIGHT_KIB else [text],
        "WebSocket.delivery.own-messages",
        may=("Surfaces.*",),
    ),
    _frames(
        "loses-frames-of-more-than-32-kib",
        "The endpoint pushes no frame longer than 32 KiB, as many a gateway does.",
        lambda _, text: [] if len(text) > THIRTY_TWO_KIB else [text],
        "WebSocket.delivery.own-messages",
        may=("Surfaces.*",),
    ),
)


@fault("WebSocket.delivery.others-messages")
def delivers_one_bot_only(service: ReferenceService) -> None:
    """The endpoint pushes only the first added participant's messages."""

    def keep(socket: Socket, item: Item) -> bool:
        bots = [one.id for one in socket.participant.contact.participants if one.role == "CUSTOM_BOT"]
        return item.get("ParticipantId") not in bots[1:] or not _is_message(item)

    _keep_only(keep)(service)


@fault("WebSocket.delivery.typing")
def delivers_typing_once(service: ReferenceService) -> None:
    """The endpoint pushes only the first typing event of a chat."""
    first: dict[str, str] = {}

    def keep(_: Socket, item: Item) -> bool:
        return item.get("ContentType") != TYPING or first.setdefault(item["ContactId"], item["Id"]) == item["Id"]

    _keep_only(keep)(service)


@fault(
    "WebSocket.delivery.once",
    may=("WebSocket.subscribe.again", "WebSocket.end.nothing-afterwards", "*.ClientToken.one-frame"),
)
def delivers_every_item_twice(service: ReferenceService) -> None:
    """The endpoint pushes each item twice to each socket."""
    meddle_with_items(lambda _, item: [item, item])(service)


@fault("WebSocket.delivery.once", may=("WebSocket.subscribe.again", "WebSocket.end.nothing-afterwards"))
def delivers_every_fifth_item_twice(service: ReferenceService) -> None:
    """The endpoint pushes every fifth item of a socket twice."""
    counted: dict[int, Iterable[int]] = defaultdict(lambda: count(1))

    def items(socket: Socket, item: Item) -> Iterable[Item]:
        return [item] * (2 if next(iter(counted[id(socket)])) % 5 == 0 else 1)

    meddle_with_items(items)(service)


@fault("WebSocket.delivery.once")
def delivers_twice_on_a_second_socket(service: ReferenceService) -> None:
    """The endpoint pushes each message under two Ids to a participant's second socket."""

    def items(socket: Socket, item: Item) -> Iterable[Item]:
        second = socket.participant.sockets[1:2] == [socket]
        again = [{**item, "Id": item["Id"][::-1]}] if second and _is_message(item) else []
        return [item, *again]

    meddle_with_items(items)(service)


def _holding_back(service: ReferenceService, held_one: int, of: int) -> None:
    """Has one message of each `of` on a socket, the `held_one`-th, arrive behind the frame that follows it."""
    held: dict[int, list[str]] = defaultdict(list)
    counted: dict[int, int] = defaultdict(int)

    def frames(socket: Socket, text: str) -> Iterable[str]:
        item, before = item_of(text), held.pop(id(socket), [])
        message = item is not None and _is_message(item)
        counted[id(socket)] += message
        if message and counted[id(socket)] % of == held_one:
            held[id(socket)] = [text]
            return before
        return [text, *before]

    meddle(frames)(service)


ORDER = ("WebSocket.delivery.in-order", "Surfaces.reply-and-frame.same-order")


@fault(*ORDER, "Surfaces.frame-and-transcript.same-order", may=("WebSocket.*",))
def swaps_messages_on_the_socket(service: ReferenceService) -> None:
    """A socket's fourth message, its eleventh and so on arrive behind the ones that follow them."""
    _holding_back(service, 4, of=7)


@fault("WebSocket.delivery.other-chats", may=("WebSocket.*", "Surfaces.*"))
def delivers_to_every_chat(service: ReferenceService) -> None:
    """The sockets of all chats receive the messages of a chat."""
    _straying(service, lambda _: True)


@fault("WebSocket.delivery.other-chats")
def lets_typing_stray_into_another_chat(service: ReferenceService) -> None:
    """A typing event also arrives in one other chat."""
    _straying(service, lambda item: item.get("ContentType") == TYPING)


def _straying(service: ReferenceService, stray: Callable[[Item], bool]) -> None:
    """Has the items for which `stray` is true arrive in other chats too."""

    class Open(Meddling):
        everyone: list[Socket] = []  # noqa: RUF012 - one service has one of these

        def open(self, token: str, send: Send) -> Socket | None:
            socket = super().open(token, send)
            self.everyone.extend([socket] if socket else [])
            return socket

    def frames(socket: Socket, text: str) -> Iterable[str]:
        item = item_of(text)
        if item is not None and stray(item) and is_own(socket, item):
            for other in sockets.everyone:
                if other.subscribed and other.participant.contact is not socket.participant.contact:
                    other.send(chat_frame({**item, "ParticipantId": "somebody"}))
        return [text]

    service.sockets = sockets = Open(service.context, frames)


DELIVERED = (
    _only(
        "echoes-nothing-to-the-sender",
        "The endpoint does not push a participant's own messages.",
        lambda socket, item: not (is_own(socket, item) and _is_message(item)),
        "WebSocket.delivery.own-messages",
        may=("Surfaces.*",),
    ),
    _only(
        "sends-plain-text-only",
        "The endpoint pushes only messages of type text/plain.",
        lambda _, item: not _is_message(item) or item["ContentType"] == "text/plain",
        "WebSocket.delivery.own-messages",
        may=("Surfaces.*",),
    ),
    _only(
        "keeps-bots-from-the-customer",
        "The endpoint does not push messages of an added participant to the customer.",
        lambda socket, item: item.get("ParticipantRole") != "CUSTOM_BOT" or is_own(socket, item),
        "WebSocket.delivery.others-messages",
        may=("Surfaces.*",),
    ),
    _only(
        "keeps-typing-from-bots",
        "The endpoint does not push typing of the customer to an added participant.",
        lambda socket, item: item.get("ContentType") != TYPING or socket.participant.role == "CUSTOMER",
        "WebSocket.delivery.typing",
    ),
    _only(
        "delivers-to-customers-only",
        "The endpoint does not push messages to an added participant.",
        lambda socket, item: socket.participant.role == "CUSTOMER" or not _is_message(item),
        "WebSocket.delivery.others-messages",
    ),
    _only(
        "delivers-no-typing",
        "The endpoint pushes no typing event.",
        lambda _, item: item.get("ContentType") != TYPING,
        "WebSocket.delivery.typing",
        may=("WebSocket.frame.event-content-type",),
    ),
    _only(
        "delivers-to-the-newest-socket-only",
        "The endpoint pushes items only to a participant's newest socket.",
        lambda socket, _: socket.participant.sockets[-1:] in ([socket], []),
        "WebSocket.delivery.several-sockets",
        "WebSocket.sockets.five",
        may=ONE_SOCKET,
    ),
)


@fault("WebSocket.delivery.several-sockets", "WebSocket.sockets.five", may=(*ONE_SOCKET, "*.websocket-connects"))
def closes_older_sockets_on_renewal(service: ReferenceService) -> None:
    """A further CreateParticipantConnection closes the sockets that are open."""
    connect = service.handlers["CreateParticipantConnection"]

    def closing(context: Context, call: Call) -> Members:
        call.participant.close_sockets()
        return connect(context, call)

    service.handlers["CreateParticipantConnection"] = closing


@fault("WebSocket.delivery.several-sockets", may=("WebSocket.delivery.after-one-closes",))
def loses_bots_on_a_second_socket(service: ReferenceService) -> None:
    """The second of a participant's sockets misses what added participants say."""

    def keep(socket: Socket, item: Item) -> bool:
        second = socket.participant.sockets[1:2] == [socket]
        return not second or item.get("ParticipantRole") != "CUSTOM_BOT"

    _keep_only(keep)(service)
