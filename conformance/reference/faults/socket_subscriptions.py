"""Seeded faults of subscribing on the web socket and keeping it alive."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable

from conformance.reference.faults.frames import item_of, meddle
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.items import chat_frame, item_members
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Send, Socket

_frames = Rows(meddle)


@fault("WebSocket.subscribe.delivers", "WebSocket.subscribe.acknowledged")
def wants_topics_as_a_text(service: ReferenceService) -> None:
    """The endpoint understands only the subscribe frame of older pages, with topics as a text."""

    class Older(Sockets):
        def _subscribe(self, socket: Socket, content: object) -> None:
            topics = content.get("topics") if isinstance(content, dict) else None
            super()._subscribe(socket, {"topics": topics if isinstance(topics, str) else ["aws/unknown"]})

    service.sockets = Older(service.context)


def _deaf_to(unread: Callable[[str], bool]) -> Seed:
    """Frames of subscription are ignored for which `unread` is true."""
    return lambda service: service.sockets.ears.append(lambda _, text: "aws/subscribe" in text and unread(text))


_unheard = Rows(_deaf_to, "WebSocket.subscribe.delivers")


UNHEARD = (
    _unheard(
        "wants-blanks-in-frames",
        "The endpoint understands a subscribe frame only with a blank behind each colon.",
        lambda text: ": " not in text,
    ),
    _unheard(
        "wants-no-blanks-in-frames",
        "The endpoint understands a subscribe frame only to the letter as the documents show it.",
        lambda text: " " in text,
    ),
)


def _acknowledgement(text: str, change: Callable[[dict[str, object]], object]) -> str:
    frame = json.loads(text)
    if frame["topic"] == "aws/subscribe":
        frame["content"] = change(frame["content"])
    return json.dumps(frame)


@fault("WebSocket.subscribe.within-a-second", may=("WebSocket.subscribe.again",), over_network=True)
def acknowledges_late(service: ReferenceService) -> None:
    """The endpoint acknowledges a subscription after 1.2 seconds."""

    class Late(Sockets):
        def _subscribe(self, socket: Socket, content: object) -> None:
            asyncio.get_running_loop().call_later(1.2, super()._subscribe, socket, content)

    service.sockets = Late(service.context)


@fault("WebSocket.subscribe.again")
def delivers_once_for_each_subscription(service: ReferenceService) -> None:
    """The endpoint pushes each item twice to a socket that has subscribed twice."""
    subscribed: Counter[int] = Counter()

    def frames(socket: Socket, text: str) -> Iterable[str]:
        subscribed[id(socket)] += json.loads(text)["topic"] == "aws/subscribe"
        return [text] * (subscribed[id(socket)] if item_of(text) else 1)

    meddle(frames)(service)


def _later_acknowledgements(change: Callable[[str], Iterable[str]]) -> Seed:
    """The acknowledgements of a socket behind the first are replaced."""

    def seed(service: ReferenceService) -> None:
        subscribed: set[int] = set()

        def frames(socket: Socket, text: str) -> Iterable[str]:
            if json.loads(text)["topic"] != "aws/subscribe":
                return [text]
            first = id(socket) not in subscribed
            subscribed.add(id(socket))
            return [text] if first else change(text)

        meddle(frames)(service)

    return seed


_answering_later = Rows(_later_acknowledgements, "WebSocket.subscribe.again")


LATER = (
    _answering_later(
        "acknowledges-only-the-first-subscription",
        "The endpoint does not answer a subscribe frame that is sent again.",
        lambda _: [],
    ),
    _answering_later(
        "fails-a-subscription-that-is-repeated",
        "The endpoint answers a subscribe frame that is sent again with the status failure.",
        lambda text: [_acknowledgement(text, lambda c: {**c, "status": "failure"})],
    ),
)


@fault("WebSocket.subscribe.nothing-before")
def delivers_without_a_subscription(service: ReferenceService) -> None:
    """The endpoint pushes chat frames as soon as a socket is open."""

    class Eager(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            socket = super().open(token, send)
            if socket is not None:
                socket.subscribed = True
            return socket

    service.sockets = Eager(service.context)


@fault("WebSocket.subscribe.nothing-before")
def takes_a_heartbeat_for_a_subscription(service: ReferenceService) -> None:
    """The endpoint pushes chat frames after the first heartbeat, subscribed or not."""

    class Eager(Sockets):
        def receive(self, socket: Socket, text: str) -> None:
            super().receive(socket, text)
            socket.subscribed = socket.subscribed or "aws/heartbeat" in text

    service.sockets = Eager(service.context)


def _leave_unanswered(service: ReferenceService, topic: str, *, from_nth: int = 1) -> None:
    """Has frames of `topic` go unanswered, from each socket's `from_nth` on."""
    asked: Counter[int] = Counter()

    class Silent(Sockets):
        def receive(self, socket: Socket, text: str) -> None:
            asked[id(socket)] += topic in text
            if topic not in text or asked[id(socket)] < from_nth:
                super().receive(socket, text)

    service.sockets = Silent(service.context)


@fault("WebSocket.alive.heartbeat")
def answers_no_heartbeat(service: ReferenceService) -> None:
    """The endpoint does not answer a heartbeat."""
    _leave_unanswered(service, "aws/heartbeat")


@fault("WebSocket.alive.heartbeat")
def answers_three_heartbeats(service: ReferenceService) -> None:
    """The endpoint does not answer the fourth heartbeat of a socket."""
    _leave_unanswered(service, "aws/heartbeat", from_nth=4)


@fault("WebSocket.alive.ping")
def answers_no_ping(service: ReferenceService) -> None:
    """The endpoint does not answer a ping."""
    _leave_unanswered(service, "aws/ping")


FRAMES = (
    _frames(
        "delivers-nothing",
        "The endpoint acknowledges a subscription and pushes nothing.",
        lambda _, text: [] if item_of(text) else [text],
        "WebSocket.subscribe.delivers",
    ),
    _frames(
        "acknowledges-in-a-text",
        "The endpoint acknowledges with a JSON text as content, as in a chat frame.",
        lambda _, text: [_acknowledgement(text, json.dumps)],
        "WebSocket.subscribe.acknowledged",
    ),
    _frames(
        "acknowledges-without-topics",
        "The endpoint acknowledges a subscription without its topics.",
        lambda _, text: [_acknowledgement(text, lambda content: {"status": content["status"]})],
        "WebSocket.subscribe.acknowledged",
    ),
    _frames(
        "acknowledges-nothing",
        "The endpoint does not acknowledge a subscription, which works.",
        lambda _, text: [] if json.loads(text)["topic"] == "aws/subscribe" else [text],
        "WebSocket.subscribe.acknowledged",
        "WebSocket.subscribe.within-a-second",
        "WebSocket.subscribe.again",
    ),
    _frames(
        "answers-pings-without-a-status-text",
        "The answer to a ping lacks statusContent, which the mobile clients look at.",
        lambda _, text: [text.replace(', "statusContent": "OK"', "")],
        "WebSocket.alive.ping",
    ),
)


@fault("WebSocket.delivery.no-replay")
def replays_on_subscribing(service: ReferenceService) -> None:
    """A new subscription delivers the messages sent before it."""

    class Replaying(Sockets):
        def _subscribe(self, socket: Socket, content: object) -> None:
            super()._subscribe(socket, content)
            contact = socket.participant.contact
            for item in contact.items:
                socket.send(chat_frame(item_members(item, contact)))

    service.sockets = Replaying(service.context)
