"""SendEvent: the events of participants, their replies, and that a refused event has no effect."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import actual_text
from conformance.contract.content_types import EVENT, READ, SUPPORTED, TEXT, TYPING
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.messages import send_message
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import is_when_sent, lateness, time_stated_in
from conformance.scenario.transcripts import id_of, items_with
from conformance.scenario.web_socket import listen

# Events that only the system tells of, and types that resemble a listed one or hold one somewhere.
UNSUPPORTED = (
    *(
        f"{EVENT}.{end}"
        for end in (
            "chat.ended",
            "participant.joined",
            "participant.left",
            "participant.invited",
            "transfer.succeeded",
            "message.metadata",
            "message",
            "message.sent",
            "message.read.all",
            "typing2",
            "typing.stopped",
            "unknown",
        )
    ),
    EVENT,
    "application/vnd.amazonaws.connect.message.typing",
    "typing",
    f"text/plain; event={EVENT}.typing",
    f"x-{EVENT}.typing",
    f"{EVENT}.typing,{READ}",
    "image/png",
)
_ENDS = ("chat.ended", "message.metadata", "message", "message.read.all", "typing2")
DECISIVE = {*(f"{EVENT}.{end}" for end in _ENDS), "typing", "image/png", TEXT}


def _send(who: Participant, content_type: str, content: str | None = None, **members: str) -> Exchange:
    """SendEvent with any content type."""
    own = {} if content is None else {"Content": content}
    return who.call("SendEvent", ContentType=content_type, **own, **members)


@verifies("SendEvent.ContentType.typing", "SendEvent.Content.typing-without")
def test_everybody_signals_typing(scenario: Scenario) -> None:
    """The endpoint accepts a typing event without Content from every participant, repeatedly."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    _judge_typing(scenario, chat, bot, chat)
    third = chat.add_participant(name="Bob")
    for who in (chat, bot, third):
        who.reconnect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    _judge_typing(scenario, third, chat, bot)


def _judge_typing(scenario: Scenario, *typists: Participant) -> None:
    for who in typists:
        answer = who.signal("typing")
        for requirement in ("SendEvent.ContentType.typing", "SendEvent.Content.typing-without"):
            with scenario.claim(requirement) as claim:
                claim.success(answer, "a typing event without Content")


@verifies("SendEvent.ContentType.unsupported-refused")
def test_an_event_of_another_type_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses an event of a type that is not listed, including the types of system events and messages."""
    chat = scenario.typed_chat()
    for content_type in scenario.edges((*UNSUPPORTED, *SUPPORTED), DECISIVE):
        answer = _send(chat, content_type, "A text" if content_type in SUPPORTED else None)
        with scenario.claim() as claim:
            claim.refusal(answer, f"an event of type {content_type}")


@verifies_each(
    "requirement",
    "SendEvent.ContentType.connection-acknowledged",
    "SendEvent.ContentType.acknowledged-supported",
)
def test_what_an_acknowledgement_gets_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records whether the endpoint accepts connection.acknowledged, which is no longer maintained."""
    chat = scenario.chat(alone=True)
    with scenario.claim(requirement) as claim:
        claim.record(describe(judged_reply(chat.signal("connection.acknowledged"))))


@verifies("SendEvent.Id.unique")
def test_each_event_has_an_id_of_its_own(scenario: Scenario) -> None:
    """No two events have the same Id, whether alike, simultaneous or of different senders, and no message has it."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    messages = [who.say("the same") for who in (chat, bot)]
    events = [who.signal() for who in (chat, bot, chat)]
    events += scenario.at_once([who.signal for who in (chat, bot) * 2])
    known = items_with(chat, *messages)
    with scenario.claim() as claim:
        made = [id_of(answer) for answer in (*events, *messages)]
        claim.equal([one for one, count in Counter(made).items() if count > 1], [], "Ids that two replies have")
        others = [item.get("Id") for item in known if item.get("ContentType") != TYPING]
        claim.equal([id_of(answer) for answer in events if id_of(answer) in others], [], "Ids that other items have")


HOUR = 3_600  # seconds
NEAR = timedelta(seconds=60)  # as for messages, a real one of which was 20.9 seconds late


def _judge_time(scenario: Scenario, what: str, sent: Exchange, due: datetime | None = None) -> None:
    with scenario.claim("SendEvent.AbsoluteTime.when-sent") as claim:
        right, late = is_when_sent(scenario, sent, NEAR, due), lateness(scenario, sent)
        claim.holds(right, f"AbsoluteTime of {what} at the time of the call", f"{late} after it")


@verifies("SendEvent.AbsoluteTime.when-sent")
def test_an_event_has_the_time_at_which_it_was_sent(scenario: Scenario) -> None:
    """AbsoluteTime is the time of the call, for typing and for receipts."""
    chat = scenario.chat(alone=True)
    message = chat.add_participant().say()
    items_with(chat, message)
    receipt = json.dumps({"messageId": id_of(message)})
    for answer in (chat.signal(), chat.say(), chat.signal(), _send(chat, READ, receipt)):
        if answer.request.operation == "SendEvent":
            _judge_time(scenario, "an event", answer)


@pytest.mark.moves_clock
@verifies("SendEvent.AbsoluteTime.when-sent")
def test_an_event_of_an_old_chat_has_its_own_time(scenario: Scenario) -> None:
    """AbsoluteTime is the time of the call also when the chat, its connection and its first events are older."""
    chat = scenario.chat(alone=True)
    first = chat.signal()
    scenario.need(first)
    scenario.advance_clock(HOUR)
    later = chat.signal()
    due = time_stated_in(first) + timedelta(seconds=HOUR + later.started - first.started)
    _judge_time(scenario, "an event in a chat that is an hour old", later, due)


@verifies("SendEvent.refusal.no-effect")
def test_a_refused_event_reaches_nobody(scenario: Scenario) -> None:
    """No frame and no transcript contains an event that was refused for its type, size, form or token."""
    chat = scenario.chat(alone=True)
    session, bot = listen(chat), chat.add_participant()
    mark = str(uuid.uuid4())
    attempts = [
        *(_send(bot, kind, mark) for kind in (f"{EVENT}.unknown", f"{EVENT}.chat.ended", "text/plain")),
        _send(bot, TYPING, "a" * 16_385),
        _send(bot, TYPING, ClientToken="a" * 501),
        _send(bot, TYPING, ConnectionToken=bot.participant_token),
    ]
    accepted = {_type_of(answer) for answer in attempts if judged_reply(answer).succeeded}
    refused = {_type_of(answer) for answer in attempts} - accepted
    marker = send_message(bot)
    session.need(marker)
    items = [*session.items(), *items_with(chat, marker.exchange)]
    own = [item for item in items if _may_be_of(bot, item, mark) and not marker.found_in([item])]
    with scenario.claim() as claim:
        claim.equal([item for item in own if item.get("ContentType") in refused], [], "what is items of refused events")


def _may_be_of(sender: Participant, item: Mapping[str, Any], mark: str) -> bool:
    """Whether `sender` may have sent an item; one without a sender may be a flow's, unless it has the mark."""
    if item.get("ParticipantId") is None:
        return item.get("ContentType") != "text/plain" or item.get("Content") == mark
    return bool(item["ParticipantId"] == sender.participant_id)


def _type_of(sent: Exchange) -> str:
    return str(json.loads(sent.request.body)["ContentType"])


@verifies("SendEvent.typing.in-transcript")
def test_whether_typing_stands_in_the_transcript_is_written_down(scenario: Scenario) -> None:
    """The test records whether the transcript contains typing events, and of which Type."""
    chat = scenario.chat(alone=True)
    scenario.need(chat.signal())
    shown = [item.get("Type") for item in items_with(chat, chat.say()) if item.get("ContentType") == TYPING]
    with scenario.claim() as claim:
        claim.record(f"as an item of type {actual_text(shown[0])}" if shown else "never")


@verifies("SendEvent.Content.typing-with")
def test_what_typing_with_content_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether a typing event with Content is accepted or refused, and whether its Content is kept."""
    chat = scenario.chat(alone=True)
    text = str(uuid.uuid4())
    answer = judged_reply(_send(chat, TYPING, text))
    kept = any(item.get("Content") == text for item in items_with(chat, chat.say()))
    with scenario.claim() as claim:
        claim.record(f"{describe(answer)}{', kept in the transcript' if kept else ''}")


@verifies("SendEvent.Content.typing-with-empty")
def test_typing_with_an_empty_content_is_refused(scenario: Scenario) -> None:
    """The endpoint refuses a typing event with an empty Content, as for any event."""
    chat = scenario.chat(alone=True)
    scenario.need(chat.signal("typing"))
    with scenario.claim() as claim:
        claim.refusal(chat.signal("typing", Content=""), "a typing event with an empty Content")
