"""All participants see the same: the messages of an added participant, and each socket of each participant."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from conformance.contract.content_types import JSON, MARKDOWN, TEXT
from conformance.scenario.markers import verifies
from conformance.scenario.messages import SentMessage, send_message
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import moment
from conformance.scenario.transcripts import Items, items_with
from conformance.scenario.web_socket import WebSocketSession, listen
from strategies.tricky_texts import TRICKY_TEXTS, insert_mark

STORED, HEARD = "Surfaces.reply-and-transcript", "Surfaces.reply-and-frame"
TYPES = [TEXT, MARKDOWN, JSON]


def _send_texts(chat: Participant, bot: Participant) -> list[SentMessage]:
    """A message of the customer, whose texts other tests judge, and each tricky text, sent by the bot."""
    texts = [(chat, *TRICKY_TEXTS[0]), *((bot, *text) for text in TRICKY_TEXTS)]
    return [send_message(who, insert_mark(text, str(uuid.uuid4())), kind) for who, text, kind in texts]


def _judge(scenario: Scenario, pair: str, one: SentMessage, items: Items) -> None:
    """Claims that one of `items` has the Id, content and time of a reply."""
    item: Mapping[str, Any] = next(iter(one.found_in(items)), {})
    for rule, actual, expected in (
        ("same-id", item.get("Id"), one.id),
        ("same-content", (item.get("Content"), item.get("ContentType")), (one.content, one.content_type)),
        ("same-time", moment(item.get("AbsoluteTime")), moment(one.time)),
    ):
        with scenario.claim(f"{pair}.{rule}") as claim:
            claim.equal(actual, expected, "what another participant is told of the message")


@verifies(
    "Surfaces.reply-and-frame.same-id",
    "Surfaces.reply-and-frame.same-content",
    "Surfaces.reply-and-frame.same-time",
    "Surfaces.frame-and-transcript.same-sender",
)
@verifies(
    "Surfaces.reply-and-transcript.same-id",
    "Surfaces.reply-and-transcript.same-content",
    "Surfaces.reply-and-transcript.same-time",
)
def test_every_participant_is_told_the_same(scenario: Scenario) -> None:
    """Either sender's messages are the same in every transcript, on both sockets of the customer and on the bot's."""
    chat = scenario.typed_chat()
    bot = chat.add_participant()
    sessions: list[WebSocketSession] = []
    with scenario.optional("Surfaces.reply-and-frame.same-id"):
        sessions += [listen(who) for who in (chat, chat, bot)]
    spoken = _send_texts(chat, bot)
    for reader in (bot, chat):
        with scenario.optional("Surfaces.reply-and-transcript.same-id"):
            items = items_with(reader, *(one.exchange for one in spoken))
            for one in spoken:
                _judge(scenario, STORED, one, items)
    for session in sessions:
        session.need(*spoken)
        for one in spoken:
            _judge(scenario, HEARD, one, session.items())
            _judge_sender(scenario, session, one)


def _judge_sender(scenario: Scenario, session: WebSocketSession, one: SentMessage) -> None:
    item = one.found_in(session.items())[0]
    with scenario.claim("Surfaces.frame-and-transcript.same-sender") as claim:
        claim.equal(item.get("ParticipantId"), one.speaker.participant_id, "the ParticipantId on each socket")
        named = {item.get("ContactId"), item.get("InitialContactId")}
        claim.holds(one.speaker.contact_id in named, "the chat's ContactId or InitialContactId on each socket", named)
