"""The web socket at the end of a chat and over time: the last event, items after it, and the URL's validity."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.checks.value_text import value_text
from conformance.contract.content_types import CHAT_ENDED
from conformance.contract.wire import Exchange
from conformance.endpoint.frames import HEARTBEAT_TOPIC, PING_TOPIC, SUBSCRIBE_TOPIC
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.markers import verifies
from conformance.scenario.messages import send_message
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import require_within, seconds_apart
from conformance.scenario.web_socket import RESENT_AFTER, SUBSCRIBE, WebSocketSession, listen, open_web_socket, url_of

STILL_CONNECTS, CONNECTS, EXPIRED = 95, 100, 101  # seconds: before the documented 100, these, and after them
NORMAL = 1000  # the close code of the protocol for an end that was meant

End = Callable[[Chat], Exchange]
_each_end = pytest.mark.parametrize("end", [pytest.param(Chat.leave, id="left"), pytest.param(Chat.stop, id="stopped")])


@verifies("WebSocket.alive.heartbeat", "WebSocket.alive.ping")
def test_heartbeats_and_pings_are_answered(scenario: Scenario) -> None:
    """The endpoint answers each heartbeat and each ping, before and after the subscription."""
    session = open_web_socket(scenario.chat())
    for _ in range(2):
        for _ in range(2):
            with scenario.claim("WebSocket.alive.heartbeat") as claim:
                beat = session.ask(json.dumps({"topic": HEARTBEAT_TOPIC}), HEARTBEAT_TOPIC)
                claim.holds(beat, "a frame of topic aws/heartbeat", session.summary())
            with scenario.claim("WebSocket.alive.ping") as claim:
                pong = session.ask(json.dumps({"topic": PING_TOPIC}), PING_TOPIC)
                members = pong.members if pong else {}
                claim.equal(members.get("statusCode"), 200, "the statusCode of the answer to a ping")
                claim.equal(members.get("statusContent"), "OK", "the statusContent of the answer to a ping")
        session.subscribe()


@verifies("WebSocket.end.chat-ended")
def test_the_leaver_is_told_that_the_chat_ended(scenario: Scenario) -> None:
    """Both sockets of a disconnecting customer receive the event chat.ended before they are closed."""
    chat = scenario.spendable_chat()
    sessions = [listen(chat), listen(chat)]
    scenario.need(chat.leave())
    for session in sessions:
        with scenario.claim() as claim:
            claim.holds(_is_event(session), "an EVENT of type chat.ended on the leaver's own socket", session.summary())


def _is_event(session: WebSocketSession) -> bool:
    ended = session.event(CHAT_ENDED)
    return ended is not None and ended.get("Type") == "EVENT"


@verifies("WebSocket.end.chat-ended-on-stop")
def test_everybody_is_told_that_the_chat_was_stopped(scenario: Scenario) -> None:
    """Each socket of each participant receives the event chat.ended after StopContact, before it is closed."""
    chat = scenario.spendable_chat()
    sessions = [listen(chat), listen(chat)]
    with scenario.optional():
        sessions.append(listen(chat.add_participant()))
    scenario.need(chat.stop())
    for session in sessions:
        with scenario.claim() as claim:
            claim.holds(
                _is_event(session), "an EVENT of type chat.ended on every participant's socket", session.summary()
            )


@_each_end
@verifies("WebSocket.end.nothing-afterwards", "WebSocket.end.close-code")
def test_nothing_follows_the_end(scenario: Scenario, end: End) -> None:
    """No further item arrives after chat.ended, whatever calls are tried in the chat."""
    chat = scenario.spendable_chat()
    session = listen(chat)
    session.need(send_message(chat))
    scenario.need(end(chat))
    scenario.wait_for_refusal(chat.say)
    chat.signal()
    ended = session.event(CHAT_ENDED)
    session.until(lambda: session.socket.closed, RESENT_AFTER)
    session.catch_up()
    with scenario.claim("WebSocket.end.close-code") as claim:
        claim.record(_closing(session))
    after = _behind(session, ended)
    with scenario.claim("WebSocket.end.nothing-afterwards") as claim:
        claim.equal([item.get("ContentType") for item in after], [], "what arrives after chat.ended")


@verifies("WebSocket.end.left-hears-nothing")
def test_who_has_left_hears_nothing_more(scenario: Scenario) -> None:
    """Later messages do not arrive on the sockets of a disconnected participant."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    staying, leaving = listen(chat), listen(bot)
    leaving.need(send_message(chat))
    scenario.need(bot.leave())
    scenario.wait_for_refusal(bot.say)
    later = send_message(chat)
    staying.keep_up(chat)
    leaving.catch_up()
    with scenario.claim() as claim:
        claim.equal(later.found_in(leaving.items()), [], "what arrives at a participant who has left")


def _behind(session: WebSocketSession, last: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The items received after the item `last`. Raises SetupFailed where that did not arrive."""
    if last is None:
        raise SetupFailed("chat.ended did not arrive on the web socket")
    return session.items()[session.items().index(last) + 1 :]


def _closing(session: WebSocketSession) -> str:
    closed = session.socket.closed
    if closed is None:
        return "it leaves it open"
    return "1000" if closed.code == NORMAL else f"another code: {value_text(closed.code)} {closed.reason}".strip()


@pytest.mark.moves_clock
@verifies(
    "WebSocket.url.before-hundred-seconds",
    "WebSocket.url.hundred-seconds",
    "WebSocket.url.open-socket-stays",
    "WebSocket.url.renewal",
)
def test_a_url_connects_for_a_hundred_seconds(scenario: Scenario) -> None:
    """A URL connects just before 100 seconds and not after them; an open socket goes on, and a new URL connects."""
    chat, unused = scenario.chat(), scenario.chat()
    session, early = listen(chat), url_of(chat.reconnect())
    connected, late, apart = scenario.exchanges[-1], url_of(unused.reconnect()), seconds_apart(scenario)
    scenario.advance_clock(STILL_CONNECTS - apart)
    session.catch_up()
    with scenario.claim("WebSocket.url.before-hundred-seconds") as claim:
        opened = scenario.open_socket(early)
        if opened.failure is not None:
            require_within(CONNECTS - STILL_CONNECTS, connected)
        claim.holds(opened.failure is None, f"a URL that connects after {STILL_CONNECTS - apart} s", opened.failure)
    scenario.advance_clock(EXPIRED - STILL_CONNECTS + 2 * apart)
    session.catch_up()
    with scenario.claim("WebSocket.url.open-socket-stays") as claim:
        claim.holds(session.hears(chat), "messages on a socket that was connected in time", session.summary())
    with scenario.claim("WebSocket.url.hundred-seconds") as claim:
        other = WebSocketSession(scenario, scenario.open_socket(late))
        other.ask(SUBSCRIBE, SUBSCRIBE_TOPIC, RESENT_AFTER)
        send_message(unused)
        other.catch_up()
        claim.holds(not other.serves(), "a URL that no longer connects after 100 s", other.summary())
    with scenario.claim("WebSocket.url.renewal") as claim:
        renewed = WebSocketSession(scenario, scenario.open_socket(url_of(unused.reconnect())))
        renewed.subscribe()
        claim.holds(renewed.hears(unused), "messages on a socket of a new URL", renewed.summary())
