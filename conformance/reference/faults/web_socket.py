"""Seeded faults of connecting to the web socket, subscribing on it and keeping it alive."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from conformance.reference.clock import SECOND
from conformance.reference.connections import create_participant_connection
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.frames import item_of, meddle
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.items import chat_frame, item_members
from conformance.reference.service import ReferenceService
from conformance.reference.sockets import Sockets
from conformance.reference.state import Participant, Send, Socket

CREATE = "CreateParticipantConnection"
# What cannot hold where no socket opens.
NO_SOCKET = (
    "StartChatContact.ClientToken.connection-information",
    "StartChatContact.ConnectionTypes.websocket-connects",
    "WebSocket.*",
    "*.again.works",
)


@fault("WebSocket.url.connects", may=NO_SOCKET)
def refuses_every_web_socket(service: ReferenceService) -> None:
    """No URL opens a web socket."""

    class Closed(Sockets):
        def open(self, token: str, send: Send) -> None:  # noqa: ARG002 - nobody is let in
            return None

    service.sockets = Closed(service.context)


@fault("WebSocket.url.connects", may=NO_SOCKET)
def connects_only_a_participants_first_url(service: ReferenceService) -> None:
    """A URL that was returned after another one of the participant opens nothing."""
    firsts: dict[str, str] = {}

    class First(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            connection = self._context.state.socket_tokens.get(token)
            first = connection and firsts.setdefault(connection.participant.id, token)
            return super().open(token, send) if first == token else None

    service.sockets = First(service.context)


_frames = Rows(meddle)


def _with_url(service: ReferenceService, change: Callable[[str], str]) -> None:
    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            members["Websocket"]["Url"] = change(members["Websocket"]["Url"])
        return members

    service.handlers[CREATE] = connect


@fault("WebSocket.url.scheme", "Clients.connect.url-from-address")
def names_itself_localhost(service: ReferenceService) -> None:
    """The web socket URL says ws://localhost, which clients refuse."""
    _with_url(service, lambda url: url.replace("127.0.0.1", "localhost"))


@fault("WebSocket.url.altered-refused")
def looks_at_half_of_a_urls_secret(service: ReferenceService) -> None:
    """The endpoint does not compare the second half of a web socket URL's secret."""

    class Half(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            known = self._context.state.socket_tokens
            like = (other for other in known if token and other.startswith(token[: len(token) // 2]))
            return super().open(token if token in known else next(like, token), send)

    service.sockets = Half(service.context)


def _living(seconds: int) -> Seed:
    """Web socket URLs connect for `seconds`."""

    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            token, connection = next(reversed(context.state.socket_tokens.items()))
            context.state.socket_tokens[token] = replace(connection, expires_at=context.now() + seconds * SECOND)
        return members

    return lambda service: service.handlers.update({CREATE: connect})


_lasting = Rows(_living)


LASTING = (
    _lasting(
        "connects-urls-for-an-hour",
        "A URL connects until its ConnectionExpiry instead of for 100 seconds.",
        3600,
        "WebSocket.url.hundred-seconds",
    ),
    _lasting(
        "connects-urls-for-two-seconds-too-long",
        "A URL still connects 101 seconds after it was returned.",
        102,
        "WebSocket.url.hundred-seconds",
    ),
    _lasting(
        "connects-urls-for-ninety-seconds",
        "A URL connects for 90 seconds only.",
        90,
        "WebSocket.url.before-hundred-seconds",
    ),
)


@fault("WebSocket.url.open-socket-stays")
def goes_silent_when_the_url_expires(service: ReferenceService) -> None:
    """The endpoint pushes nothing to a socket once the time to connect its URL is over."""
    opened: dict[int, int] = {}

    def frames(socket: Socket, text: str) -> Iterable[str]:
        now = service.context.now()
        late = now - opened.setdefault(id(socket), now) > 100 * SECOND
        return [] if late and item_of(text) else [text]

    meddle(frames)(service)


@fault("WebSocket.url.renewal", may=("WebSocket.url.open-socket-stays",))
def returns_the_first_url_again(service: ReferenceService) -> None:
    """A further CreateParticipantConnection returns the URL of the first, although that has expired."""
    urls: dict[str, Members] = {}

    def connect(context: Context, call: Call) -> Members:
        members = create_participant_connection(context, call)
        if "Websocket" in members:
            members["Websocket"] = urls.setdefault(call.participant.id, members["Websocket"])
        return members

    service.handlers[CREATE] = connect


@fault("WebSocket.url.after-end")
def opens_urls_of_ended_chats(service: ReferenceService) -> None:
    """A URL opens a web socket, and subscribes it, after its chat has ended."""

    class Open(Sockets):
        def open(self, token: str, send: Send) -> Socket | None:
            connection = self._context.state.socket_tokens.get(token)
            if connection is not None and not connection.participant.present:
                return Socket(send, connection.participant)
            return super().open(token, send)

    service.sockets = Open(service.context)


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


def _unanswered(service: ReferenceService, topic: str, *, from_nth: int = 1) -> None:
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
    _unanswered(service, "aws/heartbeat")


@fault("WebSocket.alive.heartbeat")
def answers_three_heartbeats(service: ReferenceService) -> None:
    """The endpoint does not answer the fourth heartbeat of a socket."""
    _unanswered(service, "aws/heartbeat", from_nth=4)


@fault("WebSocket.alive.ping")
def answers_no_ping(service: ReferenceService) -> None:
    """The endpoint does not answer a ping."""
    _unanswered(service, "aws/ping")


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


@fault("WebSocket.sockets.five")
def allows_four_sockets(service: ReferenceService) -> None:
    """The endpoint refuses a participant's fifth web socket."""
    quota = service.context.quotas.open_sockets_of_a_participant

    class Four(Sockets):
        def _has_room(self, participant: Participant) -> bool:
            return len(participant.sockets) < quota - 1

    service.sockets = Four(service.context)
