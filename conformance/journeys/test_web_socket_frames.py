"""The frames of the web socket: the form that clients read, for every kind of item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from conformance.contract.content_types import EVENT, JSON, MARKDOWN, TEXT, TYPING
from conformance.endpoint.frames import CHAT_TOPIC, Frame
from conformance.scenario.markers import verifies
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Chat, Participant, object_at, objects_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import moment
from conformance.scenario.transcripts import id_of
from conformance.scenario.web_socket import WebSocketSession, listen

TYPES = frozenset({"MESSAGE", "EVENT", "ATTACHMENT", "MESSAGEMETADATA"})
METADATA = f"{EVENT}.message.metadata"
SPOKEN = (("plain", TEXT), ("*dear* \N{GRINNING FACE} \u4f60\u597d", MARKDOWN), ('{"a": [1, "\\u00e9"]}', JSON))


def _busy_chat(scenario: Scenario) -> tuple[Chat, WebSocketSession]:
    """A chat in which nearly every kind of item was sent, and a socket that received them."""
    chat = scenario.typed_chat()
    session = listen(chat)
    for content, content_type in SPOKEN:
        send_message(chat, content, content_type)
    with scenario.optional("WebSocket.frame.form"):
        bot = chat.add_participant()
        spoken = send_message(bot)
        if scenario.works("SendEvent"):
            scenario.need(bot.signal())
            _receipt(chat, spoken, "read")
    with scenario.optional("WebSocket.frame.form"):
        chat.resources().attach()
    session.need(send_message(chat))
    session.catch_up()
    return chat, session


def _receipt(reader: Any, message: SentMessage, kind: str) -> None:
    reader.scenario.need(reader.signal(f"message.{kind}", Content=json.dumps({"messageId": message.id})))


@verifies("WebSocket.frame.form", "WebSocket.frame.contact", "WebSocket.frame.types")
def test_every_chat_frame_has_the_form_that_clients_read(scenario: Scenario) -> None:
    """Each chat frame has a JSON text that names the chat and one of the types that clients know."""
    chat, session = _busy_chat(scenario)
    for frame in session.frames(CHAT_TOPIC):
        with scenario.claim("WebSocket.frame.form") as claim:
            claim.equal(frame.members.get("contentType"), "application/json", "the contentType of a chat frame")
            claim.holds(_is_json_text(frame), "a content that is a JSON object as a text", _excerpt(frame))
        with scenario.claim("WebSocket.frame.contact") as claim:
            named = (frame.item.get("ContactId"), frame.item.get("InitialContactId"))
            claim.holds(chat.contact_id in named, "the chat's ContactId or InitialContactId", _excerpt(frame))
        with scenario.claim("WebSocket.frame.types") as claim:
            claim.holds(
                frame.item.get("Type") in TYPES, f"a Type of {', '.join(sorted(TYPES))}", frame.item.get("Type")
            )


def _is_json_text(frame: Frame) -> bool:
    return isinstance(frame.members.get("content"), str) and bool(frame.item)


def _excerpt(frame: Frame) -> str:
    return frame.text[:300]


@verifies("WebSocket.frame.sender")
def test_a_message_names_its_sender(scenario: Scenario) -> None:
    """The frame of a message has the id, role and display name of its sender."""
    chat = scenario.new_chat(ParticipantDetails={"DisplayName": "Zo\u00eb \N{GRINNING FACE}"})
    session = listen(chat)
    bot = chat.add_participant(name="Bob")
    people = {
        chat.participant_id: ("CUSTOMER", "Zo\u00eb \N{GRINNING FACE}"),
        bot.participant_id: ("CUSTOM_BOT", "Bob"),
    }
    for one in [send_message(who) for who in (chat, bot)]:
        session.need(one)
        item, sender = one.found_in(session.items())[0], one.speaker.participant_id
        with scenario.claim() as claim:
            claim.equal(item.get("ParticipantId"), sender, "the ParticipantId")
            claim.equal((item.get("ParticipantRole"), item.get("DisplayName")), people[sender], "the role and name")


@verifies("WebSocket.frame.event-content-type")
def test_an_event_says_which_it_is(scenario: Scenario) -> None:
    """A typing event arrives as Type EVENT with the sent ContentType, and every other event with its own."""
    chat = scenario.chat(alone=True)
    session = listen(chat)
    bot = chat.add_participant()
    typed = id_of(bot.signal())
    with scenario.claim() as claim:
        item = _typing(session, bot.participant_id, typed)
        claim.equal(
            (item.get("Type"), item.get("ContentType")), ("EVENT", TYPING), "the Type and ContentType of typing"
        )
        for other in session.items():
            named = str(other.get("ContentType", "")).startswith(EVENT)
            claim.holds(named or other.get("Type") != "EVENT", "an event's ContentType in each EVENT", other)


def _typing(session: WebSocketSession, sender: str, event: str) -> Mapping[str, Any]:
    """The frame's item of a typing event, found by its Id or its sender."""

    def look() -> Mapping[str, Any] | None:
        by_sender = (i for i in session.items() if i.get("ParticipantId") == sender and i.get("ContentType") == TYPING)
        return next((i for i in session.items() if i.get("Id") == event), None) or next(by_sender, None)

    return session.until(look) or {}


@verifies("WebSocket.frame.attachment")
def test_an_attachment_arrives_with_its_name_and_type(scenario: Scenario) -> None:
    """A completed attachment arrives as an ATTACHMENT with its AttachmentId, AttachmentName and ContentType."""
    chat = scenario.chat(alone=True)
    session = listen(chat)
    own = chat.resources()
    name = json.loads(own.plain("StartAttachmentUpload").body)["AttachmentName"]
    expected = {"AttachmentId": own.attach(), "AttachmentName": name, "ContentType": TEXT}
    with scenario.claim() as claim:
        item = session.until(lambda: next(iter(_holding(session, expected["AttachmentId"])), None))
        claim.holds(item is not None, "a frame with the AttachmentId", session.summary())
        claim.equal((item or {}).get("Type"), "ATTACHMENT", "the Type of its item")
        found = [part for part in objects_at(item or {}, "Attachments") if part.get("AttachmentId")]
        metadata = next(iter(found), {})
        claim.equal({key: metadata.get(key) for key in expected}, expected, "the attachment")


def _holding(session: WebSocketSession, attachment: str) -> list[Mapping[str, Any]]:
    return [item for item in session.items() if attachment in json.dumps(item.get("Attachments") or "")]


@pytest.mark.parametrize("kind", ["read", "delivered"])
@verifies("WebSocket.frame.receipt", "WebSocket.frame.receipt-recipient")
def test_a_receipt_reaches_the_sender(scenario: Scenario, kind: str) -> None:
    """A receipt arrives at the message's sender as MESSAGEMETADATA with the message and its reader."""
    chat = scenario.chat(alone=True)
    bot = chat.add_participant()
    for author, reader in ((chat, bot), (bot, chat)):
        _judge_receipts(scenario, listen(author), [send_message(author)], reader, kind)


def _judge_receipts(
    scenario: Scenario, session: WebSocketSession, messages: list[SentMessage], reader: Participant, kind: str
) -> None:
    """Judge the frames on the author's socket after `reader` has sent a receipt of each message."""
    session.need(*messages)
    for message in messages:
        _receipt(reader, message, kind)
        with scenario.claim("WebSocket.frame.receipt") as claim:
            metadata = session.until(partial(_metadata, session, message))
            claim.holds(
                metadata is not None, "a frame with MessageMetadata of the message's MessageId", session.summary()
            )
            claim.equal((metadata or {}).get("Type"), "MESSAGEMETADATA", "the Type of a receipt")
            claim.equal((metadata or {}).get("ContentType"), METADATA, "the ContentType of a receipt")
            claim.holds(_receipts(session, message), "a list of Receipts", object_at(metadata or {}, "MessageMetadata"))
            claim.holds((metadata or {}).get("Id"), "an Id of the receipt's frame", metadata)
            for time in [(metadata or {}).get("AbsoluteTime"), *_stamps(session, message)]:
                claim.holds(isinstance(moment(time), datetime), "times in ISO 8601 in the receipt's frame", metadata)
        with scenario.claim("WebSocket.frame.receipt-recipient") as claim:
            who = {str(one.get("RecipientParticipantId")) for one in _receipts(session, message)}
            claim.equal(who, {reader.participant_id}, "the RecipientParticipantId")


def _metadata(session: WebSocketSession, message: SentMessage) -> Mapping[str, Any] | None:
    known = (item for item in session.items() if object_at(item, "MessageMetadata").get("MessageId") == message.id)
    return next(known, None)


def _receipts(session: WebSocketSession, message: SentMessage) -> list[Mapping[str, Any]]:
    return objects_at(_metadata(session, message) or {}, "MessageMetadata", "Receipts")


def _stamps(session: WebSocketSession, message: SentMessage) -> list[Any]:
    """The times in the receipts of a message; None for a receipt without any."""
    return [
        next((one[name] for name in ("ReadTimestamp", "DeliveredTimestamp") if name in one), None)
        for one in _receipts(session, message)
    ]
