"""The reply of SendMessage, the web socket frame and the transcript agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.contract.content_types import JSON, MARKDOWN, TEXT, TYPING
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.attachments import File, attach
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import moment
from conformance.scenario.transcripts import Items, due_order, ids, items_with
from conformance.scenario.web_socket import WebSocketSession, listen
from strategies.text import fill, texts_between

Members = Mapping[str, Any]
REPLY_AND_FRAME = (
    "Surfaces.reply-and-frame.same-id",
    "Surfaces.reply-and-frame.same-content",
    "Surfaces.reply-and-frame.same-time",
)
FRAME_AND_TRANSCRIPT = (
    "Surfaces.frame-and-transcript.same-id",
    "Surfaces.frame-and-transcript.same-content",
    "Surfaces.frame-and-transcript.same-time",
)
LONG = 16_300  # bytes, so that with what makes a message unique it stays below the 16,384 allowed
WIDE = "a \u00e9\u20ac\u4f60\u05d0\u0301\u200d\N{GRINNING FACE}\U00020000\"\\/<>&%+'\t"
# Each is preceded by what makes it unique; JSON holds that inside, at {}.
TEXTS = (
    (" two  blanks, a tab\t and a line\r\nbreak \n", TEXT),
    ("e\u0301 \u00e9 \u05d0\u05d1 \u4f60\u597d \u200d \N{GRINNING FACE}\U00020000\U0001f1e9\U0001f1ea", TEXT),
    ("\"quoted\" \\u00e9 \\n </script> &amp; %41 + 'x'", TEXT),
    (fill(1, LONG), TEXT),
    (fill(4, LONG), TEXT),
    ("# *Title*\n\n- [a](https://example.com/?a=1&b=2)", MARKDOWN),
    ('{{ "b" : 1.0, "a": [1e2, "\\u00e9 \N{GRINNING FACE}", null, "{}"] }}', JSON),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One message in all three places, each as the members of an item."""

    send_message: SentMessage
    frame: Members
    stored: Members

    @property
    def reply(self) -> Members:
        """The request and its reply, as the members of an item."""
        sent = self.send_message
        return {"Id": sent.id, "AbsoluteTime": sent.time, "Content": sent.content, "ContentType": sent.content_type}

    def pairs(self) -> Iterator[tuple[tuple[str, str, str], Members, Members]]:
        """The pairs that agree, with the requirements of their Id, their content and their time."""
        yield REPLY_AND_FRAME, self.reply, self.frame
        yield FRAME_AND_TRANSCRIPT, self.frame, self.stored


def _unique(content: str, content_type: str) -> str:
    mark = str(uuid.uuid4())
    return f"{mark}{content}" if content_type in (TEXT, MARKDOWN) else content.format(mark)


def _surfaces_of(session: WebSocketSession, spoken: list[SentMessage]) -> tuple[list[Seen], Items]:
    """Each message as reply, frame and item show it, and the transcript. Raises SetupFailed if one never arrives."""
    session.need(*spoken)
    items = items_with(spoken[0].speaker, *(one.exchange for one in spoken))
    return [Seen(one, one.found_in(session.items())[0], one.found_in(items)[0]) for one in spoken], items


def _same(claim: Claim, one: Members, other: Members, *members: str) -> None:
    for name in members:
        claim.equal(other.get(name), one.get(name), f"the {name} on the second surface")


@verifies(*REPLY_AND_FRAME, *FRAME_AND_TRANSCRIPT)
def test_a_message_is_the_same_on_every_surface(scenario: Scenario) -> None:
    """A message has the same Id, time and Content, byte for byte, in reply, frame and transcript."""
    chat = scenario.typed_chat()
    session = listen(chat)
    drawn = [
        (text, TEXT)
        for text in scenario.draw(texts_between(1, 200, alphabet=WIDE), "Surfaces.reply-and-frame.same-content")
    ]
    spoken = [send_message(chat, _unique(*text), text[1]) for text in (*TEXTS, *drawn)]
    for seen in _surfaces_of(session, spoken)[0]:
        for (same_id, same_content, same_time), one, other in seen.pairs():
            with scenario.claim(same_id) as claim:
                _same(claim, one, other, "Id")
            with scenario.claim(same_content) as claim:
                _same(claim, one, other, "Content", "ContentType")
            with scenario.claim(same_time) as claim:
                times = [moment(members.get("AbsoluteTime")) for members in (one, other)]
                claim.equal(times[1], times[0], "the AbsoluteTime on the second surface")


@verifies("Surfaces.reply-and-frame.same-order", "Surfaces.frame-and-transcript.same-order")
@verifies("Surfaces.frame-and-transcript.same-sender", "Surfaces.frame-and-transcript.same-messages")
def test_a_conversation_is_the_same_on_every_surface(scenario: Scenario) -> None:
    """Socket and transcript agree on the messages of several participants, their senders and their order."""
    chat = scenario.chat()
    session = listen(chat)
    for content, content_type in (("", TEXT), ("a" * 16_385, TEXT), ("refused", "text/html")):
        chat.say(content, content_type)  # what is refused must arrive no more than it is stored
    others = [chat.add_participant(name="Bea"), chat.add_participant(name="Bob \N{GRINNING FACE}")]
    spoken = [send_message(who) for who in (chat, *others, chat, *reversed(others), chat)]
    heard = [one for one in spoken if session.hear(one)]
    messages = [item for item in session.items() if item.get("Type") == "MESSAGE"]
    with scenario.claim("Surfaces.frame-and-transcript.same-messages") as claim:
        claim.equal(len(heard), len(spoken), "the number of messages that arrive of those that were sent")
        claim.equal(
            _missing_from_transcript(chat, messages), [], "messages on the socket that the transcript does not have"
        )
    seen, items = _surfaces_of(session, spoken)
    for one in seen:
        with scenario.claim("Surfaces.frame-and-transcript.same-sender") as claim:
            _same(claim, one.stored, one.frame, "ParticipantId", "ParticipantRole", "DisplayName")
    for requirement, order in (
        ("Surfaces.reply-and-frame.same-order", spoken),
        ("Surfaces.frame-and-transcript.same-order", _by_place(seen, items, spoken)),
    ):
        with scenario.claim(requirement) as claim:
            places = [messages.index(one.found_in(messages)[0]) for one in order]
            claim.equal(places, sorted(places), "the places of the messages among the frames")


def _by_place(seen: list[Seen], items: Items, spoken: list[SentMessage]) -> list[SentMessage]:
    """The sent messages, in the order of the transcript; in that of sending where it lists them by other times."""
    sent = [one.id for one in spoken]
    if due_order(spoken[0].speaker.scenario, items, sent) != sent:
        return spoken
    return [one.send_message for one in sorted(seen, key=lambda one: items.index(one.stored))]


def _missing_from_transcript(reader: Participant, heard: Items) -> list[str]:
    """The Ids of received messages that do not appear in the transcript within the polling bound."""

    def look() -> bool | None:
        return None if set(ids(heard)) - set(ids(reader.items())) else True

    return [] if reader.scenario.until(look) else sorted(set(ids(heard)) - set(ids(reader.items())))


@verifies("Surfaces.attachment-frame-and-transcript.same-item")
def test_an_attachment_is_the_same_in_frame_and_transcript(scenario: Scenario) -> None:
    """The item of an attachment has the same Id, time and sender in the web socket frame and the transcript."""
    chat = scenario.new_chat(ParticipantDetails={"DisplayName": "Jos\u00e9 \N{GRINNING FACE}"})
    session = listen(chat)
    for number in (1, 2):
        made = attach(chat, File(f"{number}.txt"))
        stored, heard = made.item(), session.until(partial(_first, made.stored_in, session.items))
        if stored is None or heard is None:
            raise SetupFailed("the attachment did not arrive on both surfaces")
        with scenario.claim() as claim:
            _same(claim, stored, heard, "Id", "ParticipantId", "ParticipantRole", "DisplayName")
            times = [moment(members.get("AbsoluteTime")) for members in (stored, heard)]
            claim.equal(times[1], times[0], "the AbsoluteTime of the attachment's frame")


def _first(choose: Callable[[Items], Items], read: Callable[[], Items]) -> Members | None:
    return next(iter(choose(read())), None)


@verifies("Surfaces.event-reply-and-frame.same-id")
def test_an_event_is_the_same_in_reply_and_frame(scenario: Scenario) -> None:
    """A typing event has the Id and AbsoluteTime of its reply in the web socket frame."""
    chat = scenario.chat()
    session = listen(chat)
    for bot in (chat.add_participant(name="Bea"), chat.add_participant(name="Bob")):
        reply = scenario.need(bot.signal())
        with scenario.claim() as claim:
            heard = session.event(TYPING, bot.participant_id) or {}
            claim.equal(heard.get("Id"), reply.get("Id"), "the Id of the typing event's frame")
            times = [moment(members.get("AbsoluteTime")) for members in (reply, heard)]
            claim.equal(times[1], times[0], "the AbsoluteTime of the typing event's frame")
