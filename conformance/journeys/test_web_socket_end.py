"""The web socket at the end of a chat and over time: the last event, what follows it, and how long a URL connects."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conformance.claims import verifies
from conformance.examination.chat import Chat
from conformance.examination.socket_talk import (
    CHAT_ENDED,
    RESENT_AFTER,
    SUBSCRIBE,
    SocketTalk,
    listen,
    open_talk,
    url_of,
)
from conformance.examination.speech import said
from conformance.examination.story import Story
from conformance.target.conversation import SetupFailed
from conformance.target.frames import HEARTBEAT_TOPIC, PING_TOPIC, SUBSCRIBE_TOPIC
from conformance.wire import Exchange

STILL_CONNECTS, UNTIL_EXPIRED = 95, 6  # seconds: before the documented 100, and from there to just after them
NORMAL = 1000  # the close code of the protocol for an end that was meant

End = Callable[[Chat], Exchange]
_each_end = pytest.mark.parametrize("end", [pytest.param(Chat.leave, id="left"), pytest.param(Chat.stop, id="stopped")])


@verifies("WebSocket.alive.heartbeat", "WebSocket.alive.ping")
def test_heartbeats_and_pings_are_answered(story: Story) -> None:
    """Each heartbeat and each ping of a client is answered, before it subscribes and afterwards."""
    talk = open_talk(story.chat())
    for _ in range(2):
        for _ in range(2):
            with story.claim("WebSocket.alive.heartbeat") as claim:
                beat = talk.ask(json.dumps({"topic": HEARTBEAT_TOPIC}), HEARTBEAT_TOPIC)
                claim.holds(beat, "a frame of topic aws/heartbeat", talk.told())
            with story.claim("WebSocket.alive.ping") as claim:
                pong = talk.ask(json.dumps({"topic": PING_TOPIC}), PING_TOPIC)
                members = pong.members if pong else {}
                claim.equal(members.get("statusCode"), 200, "the statusCode of the answer to a ping")
                claim.equal(members.get("statusContent"), "OK", "the statusContent of the answer to a ping")
        talk.subscribe()


@verifies("WebSocket.end.chat-ended")
def test_the_leaver_is_told_that_the_chat_ended(story: Story) -> None:
    """Both sockets of a customer who leaves get the event chat.ended before they are closed."""
    chat = story.chat()
    talks = [listen(chat), listen(chat)]
    story.need(chat.leave())
    for talk in talks:
        with story.claim() as claim:
            claim.holds(_is_event(talk), "an EVENT of type chat.ended on the leaver's own socket", talk.told())


def _is_event(talk: SocketTalk) -> bool:
    ended = talk.event(CHAT_ENDED)
    return ended is not None and ended.get("Type") == "EVENT"


@verifies("WebSocket.end.chat-ended-on-stop")
def test_everybody_is_told_that_the_chat_was_stopped(story: Story) -> None:
    """After StopContact each socket of each participant gets the event chat.ended before it is closed."""
    chat = story.chat()
    talks = [listen(chat), listen(chat)]
    with story.aside():
        talks.append(listen(chat.add_participant()))
    story.need(chat.stop())
    for talk in talks:
        with story.claim() as claim:
            claim.holds(_is_event(talk), "an EVENT of type chat.ended on every participant's socket", talk.told())


@_each_end
@verifies("WebSocket.end.nothing-afterwards", "WebSocket.end.close-code")
def test_nothing_follows_the_end(story: Story, end: End) -> None:
    """After chat.ended no further item arrives, whatever is tried in the chat."""
    chat = story.chat()
    talk = listen(chat)
    talk.need(said(chat))
    story.need(end(chat))
    story.until_refused(chat.say)
    chat.signal()
    ended = talk.event(CHAT_ENDED)
    talk.until(lambda: talk.socket.closed, RESENT_AFTER)
    talk.catch_up()
    with story.claim("WebSocket.end.close-code") as claim:
        claim.record(_closing(talk))
    after = _behind(talk, ended)
    with story.claim("WebSocket.end.nothing-afterwards") as claim:
        claim.equal([item.get("ContentType") for item in after], [], "what arrives after chat.ended")


@verifies("WebSocket.end.left-hears-nothing")
def test_who_has_left_hears_nothing_more(story: Story) -> None:
    """What is said after an added participant has left does not arrive on the sockets that it had."""
    chat = story.chat()
    bot = chat.add_participant()
    staying, leaving = listen(chat), listen(bot)
    leaving.need(said(chat))
    story.need(bot.leave())
    story.until_refused(bot.say)
    later = said(chat)
    staying.keep_up(chat)
    leaving.catch_up()
    with story.claim() as claim:
        claim.equal(later.found_in(leaving.items()), [], "what arrives at a participant who has left")


def _behind(talk: SocketTalk, last: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """What was heard behind the item `last`. Raises SetupFailed where that did not come."""
    if last is None:
        raise SetupFailed("chat.ended did not arrive on the web socket")
    return talk.items()[talk.items().index(last) + 1 :]


def _closing(talk: SocketTalk) -> str:
    closed = talk.socket.closed
    if closed is None:
        return "it leaves it open"
    return "1000" if closed.code == NORMAL else f"another code: {closed.code} {closed.reason}".strip()


@pytest.mark.moves_clock
@verifies(
    "WebSocket.url.before-hundred-seconds",
    "WebSocket.url.hundred-seconds",
    "WebSocket.url.open-socket-stays",
    "WebSocket.url.renewal",
)
def test_a_url_connects_for_a_hundred_seconds(story: Story) -> None:
    """A URL connects just before 100 seconds and not after them; an open socket goes on, and a new URL connects."""
    chat, unused = story.chat(), story.chat()
    talk, early, late = listen(chat), url_of(chat.reconnect()), url_of(unused.reconnect())
    story.advance_clock(STILL_CONNECTS)
    talk.catch_up()
    with story.claim("WebSocket.url.before-hundred-seconds") as claim:
        opened = story.open_socket(early)
        claim.holds(opened.failure is None, f"a URL that connects after {STILL_CONNECTS} s", opened.failure)
    story.advance_clock(UNTIL_EXPIRED)
    talk.catch_up()
    with story.claim("WebSocket.url.open-socket-stays") as claim:
        claim.holds(talk.hears(chat), "messages on a socket that was connected in time", talk.told())
    with story.claim("WebSocket.url.hundred-seconds") as claim:
        other = SocketTalk(story, story.open_socket(late))
        other.ask(SUBSCRIBE, SUBSCRIBE_TOPIC, RESENT_AFTER)
        said(unused)
        other.catch_up()
        claim.holds(not other.serves(), "a URL that no longer connects after 100 s", other.told())
    with story.claim("WebSocket.url.renewal") as claim:
        renewed = SocketTalk(story, story.open_socket(url_of(unused.reconnect())))
        renewed.subscribe()
        claim.holds(renewed.hears(unused), "messages on a socket of a new URL", renewed.told())
