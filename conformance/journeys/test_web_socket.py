"""The web socket: connecting to the returned URL, and subscribing as documented."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from conformance.contract.content_types import CHAT_ENDED
from conformance.contract.wire import Exchange
from conformance.endpoint.frames import CHAT_TOPIC, SUBSCRIBE_TOPIC, Frame
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.messages import send_message
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.web_socket import (
    RESENT_AFTER,
    SPACED_SUBSCRIBE,
    SUBSCRIBE,
    WebSocketSession,
    is_for_clients,
    is_granted,
    listen,
    open_web_socket,
    url_of,
)
from strategies import forged_tokens

TRIES = 3  # a network may hold up one frame
SECRET = 8  # characters, the least that a part of a URL must have to count as its secret


@verifies("WebSocket.url.connects", "WebSocket.url.scheme")
def test_the_returned_url_connects(scenario: Scenario) -> None:
    """Each returned URL, alone or with credentials, has a form that clients accept, and connects."""
    chat = scenario.chat()
    for types in (("WEBSOCKET",), ("WEBSOCKET", "CONNECTION_CREDENTIALS")):
        url = url_of(scenario.need(chat.connect(*types)))
        with scenario.claim("WebSocket.url.scheme") as claim:
            claim.holds(is_for_clients(url), "a URL that begins with wss:// or ws://127.0.0.1:PORT", _origin(url))
        with scenario.claim("WebSocket.url.connects") as claim:
            opened = scenario.open_socket(url)
            claim.holds(opened.failure is None, "a URL that opens a web socket", opened.failure)
            opened.close()


def _origin(url: str) -> str:
    """`url` without the parts that may be secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@verifies("WebSocket.url.altered-refused")
def test_an_altered_url_opens_nothing(scenario: Scenario) -> None:
    """A URL with a changed secret part is refused or delivers nothing of the chat."""
    chat = scenario.chat()
    session = open_web_socket(chat)
    url = url_of(chat.reconnect())
    secret = max(re.findall(r"[\w-]+", url.partition("//")[2].partition("/")[2]), key=len, default="")
    if len(secret) < SECRET:
        scenario.not_applicable("the URL has no part that could be a secret")
        return
    for forged in (forged_tokens.unknown(secret), _inner(secret), secret[: len(secret) // 2]):
        with scenario.claim() as claim:
            other = WebSocketSession(scenario, scenario.open_socket(url.replace(secret, forged)))
            other.ask(SUBSCRIBE, SUBSCRIBE_TOPIC, RESENT_AFTER)
            send_message(chat)
            other.catch_up()
            claim.holds(not other.serves(), "a URL with another secret to be refused or silent", other.summary())
    session.socket.close()


def _inner(secret: str) -> str:
    """`secret` with another character in its middle, where no encoding has unused bits."""
    half = len(secret) // 2
    return forged_tokens.alter(secret[:half]) + secret[half:]


@verifies("WebSocket.url.used-twice")
def test_what_a_used_url_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether a URL that was connected before is accepted or refused."""
    url = url_of(scenario.need(scenario.chat().connect("WEBSOCKET")))
    first = scenario.open_socket(url)
    second = scenario.open_socket(url)
    with scenario.claim() as claim:
        claim.holds(first.failure is None, "a URL that opens a web socket", first.failure)
        claim.record("accepted" if second.failure is None else "refused")


ENDS: dict[str, Callable[[Chat], Exchange]] = {"left": Chat.leave, "stopped": Chat.stop}


@pytest.mark.parametrize("end", [pytest.param(end, id=name) for name, end in ENDS.items()])
@verifies("WebSocket.url.after-end")
def test_a_url_of_an_ended_chat_opens_nothing(scenario: Scenario, end: Callable[[Chat], Exchange]) -> None:
    """A URL of an ended chat, used before or not, is refused or delivers nothing."""
    chat = scenario.chat()
    used, unused = (url_of(scenario.need(chat.connect())) for _ in range(2))
    scenario.open_socket(used).close()
    scenario.need(end(chat))
    scenario.wait_for_refusal(chat.connect)
    for url in (used, unused):
        with scenario.claim() as claim:
            session = WebSocketSession(scenario, scenario.open_socket(url))
            session.ask(SUBSCRIBE, SUBSCRIBE_TOPIC, RESENT_AFTER)
            session.catch_up()
            delivered = [item for item in session.items() if item.get("ContentType") != CHAT_ENDED]
            granted = any(map(is_granted, session.frames(SUBSCRIBE_TOPIC)))
            claim.holds(
                not delivered and not granted, "a URL of an ended chat to be refused or silent", session.summary()
            )


@verifies("WebSocket.subscribe.delivers")
def test_a_subscription_delivers_the_chat(scenario: Scenario) -> None:
    """Messages of the chat arrive after the documented subscribe frame, in different layouts."""
    chat = scenario.chat()
    for frame in (SUBSCRIBE, SPACED_SUBSCRIBE):
        session = open_web_socket(chat)
        session.subscribe(frame)
        with scenario.claim() as claim:
            heard = session.hears(chat)
            claim.holds(heard, f"a message of the chat on the socket subscribed by {frame}", session.summary())


@verifies("WebSocket.subscribe.acknowledged")
def test_a_subscription_is_acknowledged(scenario: Scenario) -> None:
    """The endpoint answers a subscribe frame with status success and the topics, as an object."""
    session = open_web_socket(scenario.chat())
    with scenario.claim() as claim:
        acknowledgement = session.subscribe()
        claim.holds(acknowledgement, "an answer of topic aws/subscribe", session.summary())
        content = acknowledgement.members.get("content") if acknowledgement else None
        shown = content if isinstance(content, dict) else {"a content of": type(content).__name__}
        claim.equal(shown.get("status", shown), "success", "the status in an object content")
        claim.equal(shown.get("topics"), [CHAT_TOPIC], "the topics in an object content")


@pytest.mark.alone
@verifies("WebSocket.subscribe.within-a-second")
def test_a_subscription_is_acknowledged_within_a_second(scenario: Scenario) -> None:
    """The acknowledgement arrives within one second, after which clients send the frame again."""
    chat = scenario.chat()
    with scenario.claim() as claim:
        prompt = any(_acknowledgement_seconds(chat) <= 1 for _ in range(TRIES))
        claim.holds(prompt, "an acknowledgement within 1 s", f"none on {TRIES} sockets")


def _acknowledgement_seconds(chat: Chat) -> float:
    """How long a new socket waits for the answer to its first subscription; infinity where none arrives."""
    session = open_web_socket(chat)
    began = time.monotonic()
    answer = session.ask(SUBSCRIBE, SUBSCRIBE_TOPIC)
    session.socket.close()
    return answer.arrived - began if answer else float("inf")


@verifies("WebSocket.subscribe.again")
def test_subscribing_again_doubles_nothing(scenario: Scenario) -> None:
    """The endpoint acknowledges a repeated subscribe frame, and each item still arrives once."""
    chat = scenario.chat()
    session = listen(chat)
    with scenario.claim() as claim:
        for _ in range(2):
            answer = session.ask(SUBSCRIBE, SUBSCRIBE_TOPIC)
            claim.holds(answer, "an acknowledgement of a repeated frame", session.summary())
            claim.holds(not _is_failure(answer), "no failure of a repeated subscription", answer and answer.members)
    spoken = [send_message(chat) for _ in range(2)]
    session.need(*spoken)
    session.catch_up()
    with scenario.claim() as claim:
        for one in spoken:
            claim.equal(
                len(one.found_in(session.items())), 1, "how often a message arrives after subscribing three times"
            )


def _is_failure(answer: Frame | None) -> bool:
    """Whether clients read an acknowledgement as a failure, after which they try again."""
    content = answer.members.get("content") if answer else None
    return isinstance(content, dict) and content.get("status") == "failure"


@verifies("WebSocket.subscribe.nothing-before")
def test_nothing_arrives_before_the_subscription(scenario: Scenario) -> None:
    """A socket that has not subscribed, or has only sent heartbeats, receives no chat frame."""
    chat = scenario.chat()
    mute, session = open_web_socket(chat), listen(chat)
    for _ in range(2):  # before a heartbeat, and after one
        session.need(send_message(chat))
        mute.catch_up()
    mute.socket.send(SUBSCRIBE)
    mute.need(send_message(chat))
    before = next((n for n, f in enumerate(mute.socket.frames) if f.topic == SUBSCRIBE_TOPIC), None)
    early = [frame.item for frame in mute.socket.frames[:before] if frame.topic == CHAT_TOPIC]
    with scenario.claim() as claim:
        delivered = [item for item in early if item.get("Id") in _ids(session)]
        claim.holds(not delivered, "no chat frame before the subscription", f"{len(delivered)} of them")


def _ids(session: WebSocketSession) -> list[object]:
    return [item.get("Id") for item in session.items()]


def _subscription(topics: object) -> str:
    return json.dumps({"topic": SUBSCRIBE_TOPIC, "content": {"topics": topics}})


ODD_FRAMES = {
    "WebSocket.subscribe.topics-as-text": _subscription(CHAT_TOPIC),
    "WebSocket.subscribe.unknown-topic": _subscription(["aws/unknown"]),
    "WebSocket.subscribe.trailing-text": SUBSCRIBE + ")",
    "WebSocket.alive.broken-frame": "{topic",
}


@verifies_each("requirement", *ODD_FRAMES)
def test_what_an_odd_frame_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answers to frames that the documents leave open."""
    session = open_web_socket(scenario.chat())
    with scenario.claim(requirement) as claim:
        session.socket.send(ODD_FRAMES[requirement])
        session.catch_up()
        claim.record(_reaction(session))


def _reaction(session: WebSocketSession) -> str:
    answers = session.frames(SUBSCRIBE_TOPIC)
    if answers:
        return "acknowledged" if is_granted(answers[0]) else "status failure"
    if not session.socket.is_open:
        return "the socket is closed"
    topics = {frame.topic for frame in session.socket.frames}
    return "ignored" if topics <= {"aws/heartbeat", "aws/ping"} else "an error frame"
