"""The transcript agrees with the replies of SendMessage and SendEvent."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from conformance.contract.content_types import EVENT, JSON, MARKDOWN, TEXT
from conformance.endpoint.chat_member import text_of
from conformance.endpoint.chat_resources import put_file
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Participant, objects_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import moment
from conformance.scenario.transcripts import Items, due_order, ids, items_with
from strategies.tricky_texts import TRICKY_TEXTS, insert_mark, json_texts, wide_texts

Members = Mapping[str, Any]
SHORT = 1_000  # code points
MANY, FEW = 120, 11  # messages, the former more than a page of the transcript holds
TYPES = [TEXT, MARKDOWN, JSON]


def _is_short(text: str) -> bool:
    """Whether a text is far below the limit, so that the endpoint accepts it even if it decodes it wrongly."""
    return len(text) < SHORT


def _speak(speaker: Participant, text: str, content_type: str, *, escaped: bool = True) -> SentMessage:
    return send_message(speaker, insert_mark(text, str(uuid.uuid4())), content_type, escaped=escaped)


def _wait_for_transcript(reader: Participant, spoken: list[SentMessage]) -> Items:
    """The transcript, once it contains every sent message, or at the polling bound.

    Raises SetupFailed where nothing of it does: then nothing is known of the transcript.
    """
    scenario = reader.scenario

    def look() -> Items | None:
        items = reader.items()
        return items if all(one.found_in(items) for one in spoken) else None

    items = scenario.until(look) or reader.items()
    if not any(one.found_in(items) for one in spoken):
        raise SetupFailed("nothing that was said appeared in the transcript")
    return items


def _judge(scenario: Scenario, one: SentMessage, items: Items) -> None:
    """Claims that the transcript and the reply of a message agree."""
    found = one.found_in(items)
    with scenario.claim("Surfaces.reply-and-transcript.same-id") as claim:
        claim.equal(set(ids(found)), {one.id}, "the Ids of the message in the transcript")
    for item in (item for item in found if item.get("Id") == one.id):
        with scenario.claim("Surfaces.reply-and-transcript.same-content") as claim:
            claim.equal(item.get("Content"), one.content, "the Content in the transcript")
            claim.equal(item.get("ContentType"), one.content_type, "the ContentType in the transcript")
        with scenario.claim("Surfaces.reply-and-transcript.same-time") as claim:
            claim.equal(moment(item.get("AbsoluteTime")), moment(one.time), "the AbsoluteTime in the transcript")


@verifies(
    "Surfaces.reply-and-transcript.same-id",
    "Surfaces.reply-and-transcript.same-content",
    "Surfaces.reply-and-transcript.same-time",
)
def test_a_message_is_the_same_in_reply_and_transcript(scenario: Scenario) -> None:
    """A message has the same Id, time and Content, byte for byte, in its reply and the transcript."""
    chats = [scenario.typed_chat() for _ in range(2)]
    drawn = [(text, TEXT) for text in scenario.draw(wide_texts(), "Surfaces.reply-and-transcript.same-content")]
    drawn += [(text, JSON) for text in scenario.draw(json_texts(), "Surfaces.reply-and-transcript.same-content")]
    spoken = [_speak(chats[number % 2], *text) for number, text in enumerate((*TRICKY_TEXTS, *drawn))]
    spoken += [_speak(chats[0], *text, escaped=False) for text in TRICKY_TEXTS if _is_short(text[0])]
    for chat in chats:
        own = [one for one in spoken if one.speaker is chat]
        items = _wait_for_transcript(chat, own)
        for one in own:
            _judge(scenario, one, items)


@verifies(
    "Surfaces.reply-and-transcript.same-id",
    "Surfaces.reply-and-transcript.same-content",
    "Surfaces.reply-and-transcript.same-time",
)
def test_messages_at_once_are_the_same_in_reply_and_transcript(scenario: Scenario) -> None:
    """Simultaneous messages, in one chat and several, each keep their Id, time and Content."""
    chats = [scenario.chat() for _ in range(3)]
    speakers = [*chats, chats[0].add_participant(name="Bea")]
    for speaker in speakers:
        scenario.need(speaker.transcript(MaxResults=1))
    spoken = scenario.at_once([_saying(speaker) for speaker in speakers * 2])
    for chat in chats:
        own = [one for one in spoken if one.speaker.contact_id == chat.contact_id]
        items = _wait_for_transcript(chat, own)
        for one in own:
            _judge(scenario, one, items)


def _saying(speaker: Participant) -> Callable[[], SentMessage]:
    return lambda: send_message(speaker)


@verifies("Surfaces.reply-and-transcript.same-order")
def test_replies_come_in_the_order_of_the_transcript(scenario: Scenario) -> None:
    """The transcript lists the messages of several participants in the order of their replies."""
    chat, other = scenario.chat(), scenario.chat()
    speakers = [chat, chat.add_participant(name="Bea"), chat.add_participant(name="Bob"), other]
    turns = (0, 0, 1, 2, 1, 0, 3, 2, 2, 0, 1)
    number = MANY if scenario.verifier.depth.examples else FEW
    spoken = [send_message(speakers[turns[turn % FEW]]) for turn in range(number)]
    own = [one for one in spoken if one.speaker is not other]
    items = items_with(chat, *(one.exchange for one in own))
    places = [ids(items).index(one) for one in due_order(scenario, items, [one.id for one in own])]
    with scenario.claim() as claim:
        claim.equal(places, sorted(places), "the places in the transcript of messages in the order of their replies")


@verifies("Surfaces.event-reply-and-transcript.same-id")
def test_an_event_is_the_same_in_reply_and_transcript(scenario: Scenario) -> None:
    """A typing event of the transcript has the Id and AbsoluteTime of its reply."""
    chat = scenario.new_chat()  # another test may have typed in one that is shared
    for who in (chat, chat.add_participant(name="Bea")):
        reply = scenario.need(who.signal())
        shown = [item for item in items_with(chat, chat.say()) if _is_typing(item, who)]
        for item in shown:
            with scenario.claim() as claim:
                claim.equal(item.get("Id"), reply.get("Id"), "the Id of the typing event's item")
                times = [moment(members.get("AbsoluteTime")) for members in (reply, item)]
                claim.equal(times[1], times[0], "the AbsoluteTime of the typing event's item")
    if not scenario.reached:
        scenario.not_applicable("no typing stands in the transcript")


def _is_typing(item: Members, who: Participant) -> bool:
    return item.get("ContentType") == f"{EVENT}.typing" and item.get("ParticipantId") == who.participant_id


@pytest.mark.parametrize("number", [pytest.param(1, id="one"), pytest.param(3, id="three-at-once")])
@verifies("Surfaces.attachment-and-transcript.same-attachment")
def test_an_attachment_is_the_same_in_reply_and_transcript(scenario: Scenario, number: int) -> None:
    """The item of an attachment has the AttachmentId of the upload's reply, also among other uploads."""
    chat = scenario.chat()
    names = [f"note-{place}-of-{number}.txt" for place in range(number)]  # others may have used the chat
    uploads = {name: _upload(chat, name) for name in names}
    for attachment in reversed(uploads.values()):
        scenario.need(chat.call("CompleteAttachmentUpload", AttachmentIds=[attachment], ClientToken=str(uuid.uuid4())))
    for name, attachment in uploads.items():
        shown = scenario.until(partial(_find_attachment, chat, name))
        with scenario.claim() as claim:
            _same_attachment(claim, shown, attachment)


def _upload(chat: Participant, name: str) -> str:
    scenario = chat.scenario
    started = chat.resources().perform("StartAttachmentUpload", AttachmentName=name)
    put_file(scenario, started)
    return text_of(started, "AttachmentId")


def _find_attachment(chat: Participant, name: str) -> Members | None:
    """The attachment of that name in the transcript."""
    attachments = [part for item in chat.items() for part in objects_at(item, "Attachments")]
    return next((part for part in attachments if part.get("AttachmentName", name) == name), None)


def _same_attachment(claim: Claim, shown: Members | None, attachment: str) -> None:
    claim.holds(shown is not None, "the attachment that was completed stands in the transcript", "no such attachment")
    claim.equal((shown or {}).get("AttachmentId"), attachment, "the AttachmentId in the transcript")
