"""SendMessage: the content types of a chat, the reply, and that a refused message has no effect."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.content_types import (
    INTERACTIVE,
    INTERACTIVE_RESPONSE,
    JSON,
    MARKDOWN,
    SUPPORTED,
    TEXT,
)
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, Participant, objects_at, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import instant, is_when_sent, lateness, time_stated_in
from conformance.scenario.transcripts import id_of, ids, items_with
from strategies.content_types import TEXTS, UNSUPPORTED

# Types that hold a supported one somewhere, or resemble one, and are none.
DISGUISED = (
    "text/html; a=text/plain",
    "text/html,text/plain",
    "x-text/plain",
    "text/plain/x",
    "TEXT/HTML",
    "text/*",
    "*/*",
    "application/vnd.amazonaws.connect.message.interactive.response2",
    "application/vnd.amazonaws.connect.event.message.read",
    "a" * 100,
)
# Of both the types that decide: one for each way in which an endpoint may know too many.
DECISIVE = {
    *("text/plainer", "x-text/plain", "image/png", "a" * 100),
    "application/vnd.amazonaws.connect.message.interactive.request",
    "application/vnd.amazonaws.connect.event.typing",
}


def _chat(scenario: Scenario, types: tuple[str, ...] = SUPPORTED) -> Chat:
    return scenario.typed_chat() if types == SUPPORTED else scenario.new_chat(SupportedMessagingContentTypes=[*types])


@verifies("SendMessage.ContentType.unsupported-refused")
def test_a_message_of_another_type_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a message of a type other than the four sendable ones, whatever the chat declares."""
    chat = _chat(scenario)
    for content_type in scenario.edges((*UNSUPPORTED, *DISGUISED), DECISIVE):
        answer = chat.say(TEXTS[JSON], content_type)
        with scenario.claim() as claim:
            claim.refusal(answer, f"a message of type {content_type}")


@verifies("SendMessage.ContentType.interactive-refused")
def test_an_interactive_message_is_refused_from_a_participant(scenario: Scenario) -> None:
    """The endpoint refuses the interactive message type from a participant, even where the chat declares it."""
    for types in (SUPPORTED, (TEXT, INTERACTIVE)):
        answer = _chat(scenario, types).say(TEXTS[INTERACTIVE_RESPONSE], INTERACTIVE)
        with scenario.claim() as claim:
            claim.refusal(answer, f"an interactive message in a chat that takes {', '.join(types)}")


@verifies("SendMessage.ContentType.declared-accepted", "SendMessage.ContentType.undeclared-refused")
def test_everybody_in_a_chat_sends_its_types(scenario: Scenario) -> None:
    """The content types of a chat apply to an added participant as to the customer."""
    bot = _chat(scenario, (TEXT, MARKDOWN)).add_participant()
    with scenario.claim("SendMessage.ContentType.declared-accepted") as claim:
        claim.success(bot.say(TEXTS[MARKDOWN], MARKDOWN), "a declared type from an added participant")
    with scenario.claim("SendMessage.ContentType.undeclared-refused") as claim:
        claim.refusal(bot.say(TEXTS[JSON], JSON), "an undeclared type from an added participant")


@verifies("SendMessage.ContentType.text-plain-always")
def test_a_chat_without_a_list_takes_plain_text(scenario: Scenario) -> None:
    """A chat that was started without a list accepts text/plain."""
    with scenario.claim() as claim:
        claim.success(scenario.chat().say(), "text/plain in a chat without SupportedMessagingContentTypes")


_DOUBTFUL = {
    "SendMessage.ContentType.parameters": ("text/plain;charset=utf-8", "text/plain; format=flowed"),
    "SendMessage.ContentType.letter-case": ("Text/Plain", "TEXT/PLAIN"),
    "SendMessage.ContentType.text-plain-only": (MARKDOWN, JSON),
}


@verifies_each("requirement", *_DOUBTFUL)
def test_what_a_doubtful_type_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answers to content types that the documents, or their older editions, leave open."""
    chat = _chat(scenario)
    for content_type in _DOUBTFUL[requirement]:
        answer = judged_reply(chat.say(TEXTS[JSON], content_type))
        with scenario.claim(requirement) as claim:
            claim.record(f"{content_type}: {describe(answer)}")


@verifies("SendMessage.Id.unique")
def test_each_message_has_an_id_of_its_own(scenario: Scenario) -> None:
    """No two items have the same Id, whether messages are alike, simultaneous or of different senders."""
    chat = scenario.chat()
    bot = chat.add_participant() if scenario.works("CreateParticipant") else chat
    if scenario.works("SendEvent"):
        scenario.need(bot.signal())
        scenario.need(chat.signal())
    sent = [who.say("the same") for who in (chat, bot, chat)]
    sent += scenario.at_once([partial(who.say, "the same") for who in (chat, bot) * 3])
    sent.append(bot.say("another"))
    counted = Counter(ids(items_with(chat, *sent)))
    with scenario.claim() as claim:
        claim.equal(len({id_of(answer) for answer in sent}), len(sent), "the number of different Ids in the replies")
        claim.equal({counted[id_of(answer)] for answer in sent}, {1}, "how many items of the transcript have each Id")


HOUR = 3_600  # seconds
NEAR = timedelta(seconds=60)  # a real reply was once 20.9 seconds late


def _judge_time(scenario: Scenario, what: str, sent: Exchange, due: datetime | None = None) -> None:
    with scenario.claim("SendMessage.AbsoluteTime.when-sent") as claim:
        right, late = is_when_sent(scenario, sent, NEAR, due), lateness(scenario, sent)
        claim.holds(right, f"AbsoluteTime of {what} at the time of the call", f"{late} after it")


@verifies("SendMessage.AbsoluteTime.when-sent", "SendMessage.AbsoluteTime.never-back")
def test_a_message_has_the_time_at_which_it_was_sent(scenario: Scenario) -> None:
    """AbsoluteTime is the time of the call, and later messages of any sender have no earlier one."""
    chat = scenario.chat()
    speakers = [chat, chat.add_participant(), chat]
    sent = [speakers[number % 3].say() for number in range(6)]
    for answer in sent:
        _judge_time(scenario, "a message", answer)
    times = [instant(text_at(scenario.need(answer), "AbsoluteTime")) for answer in sent]
    with scenario.claim("SendMessage.AbsoluteTime.never-back") as claim:
        claim.equal(times, sorted(times), "the times of messages sent one after the other")


@pytest.mark.moves_clock
@verifies("SendMessage.AbsoluteTime.when-sent")
def test_a_message_of_an_old_chat_has_its_own_time(scenario: Scenario) -> None:
    """AbsoluteTime is the time of the call also when the chat, its connection and its first messages are older."""
    chat = scenario.chat()
    first = chat.say()
    scenario.need(first)
    scenario.advance_clock(HOUR)
    later = chat.say()
    due = time_stated_in(first) + timedelta(seconds=HOUR + later.started - first.started)
    _judge_time(scenario, "a message in a chat that is an hour old", later, due)


@verifies("SendMessage.refusal.no-effect")
def test_a_refused_message_stands_nowhere(scenario: Scenario) -> None:
    """No transcript contains any part of a message that was refused for its type, size, form or token."""
    chat = _chat(scenario, (TEXT, MARKDOWN))
    mark = str(uuid.uuid4())
    attempts = [
        _say(chat, f"{mark} undeclared", JSON),
        _say(chat, f"{mark} of no type", "text/html"),
        _say(chat, f"{mark} interactive", INTERACTIVE),
        _say(chat, mark + "a" * MESSAGE_BYTES),
        _say(chat, mark + "\N{GRINNING FACE}" * (MESSAGE_BYTES // 4)),
        _say(chat, f"{mark} with a long token", ClientToken="a" * 501),
        _say(chat, f"{mark} with a number", ClientToken=5),
        _say(chat, f"{mark} of nobody", ConnectionToken=chat.participant_token),
        *_attempts_after_leaving(chat, f"{mark} of one who left"),
        (f"{mark} typeless", chat.call("SendMessage", Content=f"{mark} typeless")),
        (f"{mark} in a list", chat.call("SendMessage", ContentType=TEXT, Content=[f"{mark} in a list"])),
    ]
    accepted = {content for content, answer in attempts if judged_reply(answer).succeeded}
    shown = [str(item.get("Content")) for item in items_with(chat, chat.say())]
    with scenario.claim() as claim:
        foreign = [text for text in shown if mark in text and text not in accepted]
        claim.equal(foreign, [], "refused messages in the transcript")


def _attempts_after_leaving(chat: Chat, content: str) -> list[tuple[str, Exchange]]:
    """The attempts of a disconnected participant, none where no participant can be added."""
    with suppress(SetupFailed):
        bot = chat.add_participant()
        chat.scenario.need(bot.leave())
        return [_say(bot, content)]
    return []


def _say(chat: Participant, content: str, content_type: str = TEXT, **members: Any) -> tuple[str, Exchange]:
    return content, chat.say(content, content_type, **members)


@verifies("SendMessage.before-websocket.accepted")
def test_what_a_message_before_a_web_socket_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether a message before the first web socket is accepted, and whether it is shown."""
    chat = scenario.chat()
    connected = scenario.need(chat.connect("CONNECTION_CREDENTIALS"))
    own = {"ConnectionToken": text_at(connected, "ConnectionCredentials", "ConnectionToken")}
    answer = judged_reply(chat.say("early", **own))
    with scenario.claim() as claim:
        claim.record(describe(answer) if not answer.succeeded else _shown_early(chat, own))


def _shown_early(chat: Chat, own: dict[str, str]) -> str:
    items = objects_at(judged_reply(chat.transcript(**own)).members, "Transcript")
    shown = any(item.get("Content") == "early" for item in items)
    return f"accepted, and the transcript {'holds it at once' if shown else 'does not hold it yet'}"
