"""The frames of the web socket: the form that clients read, for everything that happens in a chat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from conformance.claims import verifies
from conformance.examination.chat import Chat, Participant, object_at, objects_at
from conformance.examination.provisions import Provisions
from conformance.examination.socket_talk import SocketTalk, listen
from conformance.examination.speech import Said, said
from conformance.examination.story import Story
from conformance.examination.times import moment
from conformance.examination.transcripts import id_of
from conformance.target.frames import CHAT_TOPIC, Frame
from strategies.samples import EVENT, JSON, MARKDOWN, TEXT

TYPES = frozenset({"MESSAGE", "EVENT", "ATTACHMENT", "MESSAGEMETADATA"})
TYPING, METADATA = f"{EVENT}.typing", f"{EVENT}.message.metadata"
SPOKEN = (("plain", TEXT), ("*dear* \N{GRINNING FACE} \u4f60\u597d", MARKDOWN), ('{"a": [1, "\\u00e9"]}', JSON))


def _busy_chat(story: Story) -> tuple[Chat, SocketTalk]:
    """A chat in which about everything happened that shows on a web socket, and a socket that heard it."""
    chat = story.chat(SupportedMessagingContentTypes=[TEXT, MARKDOWN, JSON])
    talk = listen(chat)
    for content, content_type in SPOKEN:
        said(chat, content, content_type)
    with story.aside("WebSocket.frame.form"):
        bot = chat.add_participant()
        spoken = said(bot)
        story.need(bot.signal())
        _receipt(chat, spoken, "read")
    with story.aside("WebSocket.frame.form"):
        Provisions(chat).attach()
    talk.need(said(chat))
    talk.catch_up()
    return chat, talk


def _receipt(reader: Any, message: Said, kind: str) -> None:
    reader.story.need(reader.signal(f"message.{kind}", Content=json.dumps({"messageId": message.id})))


@verifies("WebSocket.frame.form", "WebSocket.frame.contact", "WebSocket.frame.types")
def test_every_chat_frame_has_the_form_that_clients_read(story: Story) -> None:
    """Each chat frame holds a JSON text that names the chat and one of the types that clients know."""
    chat, talk = _busy_chat(story)
    for frame in talk.frames(CHAT_TOPIC):
        with story.claim("WebSocket.frame.form") as claim:
            claim.equal(frame.members.get("contentType"), "application/json", "the contentType of a chat frame")
            claim.holds(_is_json_text(frame), "a content that is a JSON object as a text", _shown(frame))
        with story.claim("WebSocket.frame.contact") as claim:
            named = (frame.item.get("ContactId"), frame.item.get("InitialContactId"))
            claim.holds(chat.contact_id in named, "the chat's ContactId or InitialContactId", _shown(frame))
        with story.claim("WebSocket.frame.types") as claim:
            claim.holds(frame.item.get("Type") in TYPES, f"a Type of {sorted(TYPES)}", frame.item.get("Type"))


def _is_json_text(frame: Frame) -> bool:
    return isinstance(frame.members.get("content"), str) and bool(frame.item)


def _shown(frame: Frame) -> str:
    return frame.text[:300]


@verifies("WebSocket.frame.sender")
def test_a_message_names_its_sender(story: Story) -> None:
    """A message's frame carries the id, role and display name of whoever sent it."""
    chat = story.chat(ParticipantDetails={"DisplayName": "Zo\u00eb \N{GRINNING FACE}"})
    talk = listen(chat)
    bot = chat.add_participant(name="Bob")
    people = {
        chat.participant_id: ("CUSTOMER", "Zo\u00eb \N{GRINNING FACE}"),
        bot.participant_id: ("CUSTOM_BOT", "Bob"),
    }
    for one in [said(who) for who in (chat, bot, bot, chat)]:
        talk.need(one)
        item, sender = one.found_in(talk.items())[0], one.speaker.participant_id
        with story.claim() as claim:
            claim.equal(item.get("ParticipantId"), sender, "the ParticipantId")
            claim.equal((item.get("ParticipantRole"), item.get("DisplayName")), people[sender], "the role and name")


@verifies("WebSocket.frame.event-content-type")
def test_an_event_says_which_it_is(story: Story) -> None:
    """A typing event arrives as Type EVENT with the ContentType that was sent, and so does every other event."""
    chat = story.chat()
    talk = listen(chat)
    bot = chat.add_participant()
    typed = id_of(bot.signal())
    with story.claim() as claim:
        item = _typing(talk, bot.participant_id, typed)
        claim.equal(
            (item.get("Type"), item.get("ContentType")), ("EVENT", TYPING), "the Type and ContentType of typing"
        )
        for other in talk.items():
            named = str(other.get("ContentType", "")).startswith(EVENT)
            claim.holds(named or other.get("Type") != "EVENT", "an event's ContentType in each EVENT", other)


def _typing(talk: SocketTalk, sender: str, event: str) -> Mapping[str, Any]:
    """The frame's item of a typing event: found by its Id, or by whose it is."""

    def look() -> Mapping[str, Any] | None:
        by_sender = (i for i in talk.items() if i.get("ParticipantId") == sender and i.get("ContentType") == TYPING)
        return next((i for i in talk.items() if i.get("Id") == event), None) or next(by_sender, None)

    return talk.until(look) or {}


@verifies("WebSocket.frame.attachment")
def test_an_attachment_arrives_with_its_name_and_type(story: Story) -> None:
    """A completed attachment arrives as an ATTACHMENT with its AttachmentId, AttachmentName and ContentType."""
    chat = story.chat()
    talk = listen(chat)
    own = Provisions(chat)
    name = json.loads(own.plain("StartAttachmentUpload").body)["AttachmentName"]
    expected = {"AttachmentId": own.attach(), "AttachmentName": name, "ContentType": TEXT}
    with story.claim() as claim:
        item = talk.until(lambda: next(iter(_holding(talk, expected["AttachmentId"])), None))
        claim.holds(item is not None, "a frame with the AttachmentId", talk.told())
        claim.equal((item or {}).get("Type"), "ATTACHMENT", "the Type of its item")
        found = [part for part in objects_at(item or {}, "Attachments") if part.get("AttachmentId")]
        told = next(iter(found), {})
        claim.equal({key: told.get(key) for key in expected}, expected, "the attachment")


def _holding(talk: SocketTalk, attachment: str) -> list[Mapping[str, Any]]:
    return [item for item in talk.items() if attachment in json.dumps(item.get("Attachments") or "")]


@pytest.mark.parametrize("kind", ["read", "delivered"])
@verifies("WebSocket.frame.receipt", "WebSocket.frame.receipt-recipient")
def test_a_receipt_reaches_the_sender(story: Story, kind: str) -> None:
    """A receipt reaches the message's sender as MESSAGEMETADATA that names the message and who received it."""
    chat = story.chat()
    bot = chat.add_participant()
    for author, reader in ((chat, bot), (bot, chat)):
        _judge_receipts(story, listen(author), [said(author), said(author)], reader, kind)


def _judge_receipts(story: Story, talk: SocketTalk, messages: list[Said], reader: Participant, kind: str) -> None:
    """Judge what arrives on the author's socket once `reader` has sent a receipt of each message."""
    talk.need(*messages)
    for message in messages:
        _receipt(reader, message, kind)
        with story.claim("WebSocket.frame.receipt") as claim:
            told = talk.until(partial(_metadata, talk, message))
            claim.holds(told is not None, "a frame with MessageMetadata of the message's MessageId", talk.told())
            claim.equal((told or {}).get("Type"), "MESSAGEMETADATA", "the Type of a receipt")
            claim.equal((told or {}).get("ContentType"), METADATA, "the ContentType of a receipt")
            claim.holds(_receipts(talk, message), "a list of Receipts", object_at(told or {}, "MessageMetadata"))
            claim.holds((told or {}).get("Id"), "an Id of the receipt's frame", told)
            for time in [(told or {}).get("AbsoluteTime"), *_stamps(talk, message)]:
                claim.holds(isinstance(moment(time), datetime), "times in ISO 8601 in the receipt's frame", told)
        with story.claim("WebSocket.frame.receipt-recipient") as claim:
            who = {str(one.get("RecipientParticipantId")) for one in _receipts(talk, message)}
            claim.equal(who, {reader.participant_id}, "the RecipientParticipantId")


def _metadata(talk: SocketTalk, message: Said) -> Mapping[str, Any] | None:
    known = (item for item in talk.items() if object_at(item, "MessageMetadata").get("MessageId") == message.id)
    return next(known, None)


def _receipts(talk: SocketTalk, message: Said) -> list[Mapping[str, Any]]:
    return objects_at(_metadata(talk, message) or {}, "MessageMetadata", "Receipts")


def _stamps(talk: SocketTalk, message: Said) -> list[Any]:
    """The times in the receipts of a message; None stands for a receipt without any."""
    return [
        next((one[name] for name in ("ReadTimestamp", "DeliveredTimestamp") if name in one), None)
        for one in _receipts(talk, message)
    ]
