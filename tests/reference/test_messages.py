"""SendMessage and SendEvent."""

from __future__ import annotations

import json

import pytest

from conformance.reference.choices import Choices
from tests.reference.account import CONFLICT, VALIDATION, Account, Chat, members_of, refusal_of

EVENT = "application/vnd.amazonaws.connect.event."
TYPES = [
    "text/plain",
    "text/markdown",
    "application/json",
    "application/vnd.amazonaws.connect.message.interactive.response",
]
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"


def receipt(chat: Chat, kind: str, message_id: object) -> tuple[int, str | None]:
    content = json.dumps({"messageId": message_id})
    return refusal_of(chat.call("SendEvent", ContentType=EVENT + "message." + kind, Content=content))


@pytest.mark.parametrize("content_type", TYPES)
def test_a_declared_type_is_sent(account: Account, content_type: str) -> None:
    """Each of the four types is sent where the chat declared it, and comes back byte for byte."""
    content = '{"a": [1, 2.50, "é😀\\n"],\t"b":null}  '
    chat = account.chat(SupportedMessagingContentTypes=[*TYPES, INTERACTIVE])
    chat.say(content, ContentType=content_type)
    (item,) = chat.transcript()
    assert (item["ContentType"], item["Content"]) == (content_type, content)


@pytest.mark.parametrize("content_type", [*TYPES[1:], INTERACTIVE, "text/html", "TEXT/PLAIN", " text/plain"])
def test_a_type_that_the_chat_did_not_declare_is_refused(chat: Chat, content_type: str) -> None:
    """Without a list a chat takes text/plain alone (S-32)."""
    assert refusal_of(chat.call("SendMessage", ContentType=content_type, Content="{}")) == VALIDATION


def test_the_interactive_type_is_not_for_participants(account: Account) -> None:
    """It is declared for Show view blocks; SendMessage lists four types without it."""
    chat = account.chat(SupportedMessagingContentTypes=["text/plain", INTERACTIVE])
    assert refusal_of(chat.call("SendMessage", ContentType=INTERACTIVE, Content="{}")) == VALIDATION


@pytest.mark.parametrize("character", ["a", "é", "€", "😀"])
def test_a_message_has_16384_bytes(chat: Chat, character: str) -> None:
    """The limit is in UTF-8 bytes, whatever the characters: the edge is sent, one byte more is not."""
    edge = character * (16_384 // len(character.encode()))
    edge += "x" * (16_384 - len(edge.encode()))
    chat.say(edge)
    assert refusal_of(chat.call("SendMessage", ContentType="text/plain", Content=edge + "x")) == VALIDATION
    assert [item["Content"] for item in chat.transcript()] == [edge]


def test_reply_and_transcript_agree(chat: Chat) -> None:
    """Id and AbsoluteTime of the reply are those of the item."""
    sent = chat.say("  hello  ")
    (item,) = chat.transcript()
    assert {"Id": item["Id"], "AbsoluteTime": item["AbsoluteTime"]} == sent
    assert (item["Content"], item["Type"], item["ContactId"]) == ("  hello  ", "MESSAGE", chat.contact_id)
    assert sent["AbsoluteTime"] == "2026-03-01T12:00:00.047Z"


def test_the_times_of_a_chat_are_in_its_order(chat: Chat) -> None:
    """Though the clock stands still, no two items have the same time."""
    times = [chat.say(str(number))["AbsoluteTime"] for number in range(3)]
    assert times == sorted(set(times))


@pytest.mark.parametrize("kind", ["typing", "connection.acknowledged"])
def test_an_event_passes_by(chat: Chat, kind: str) -> None:
    """Typing needs no content and stands in no transcript (S-49); the retired acknowledgement is taken (U17)."""
    reply = members_of(chat.call("SendEvent", ContentType=EVENT + kind))
    assert set(reply) == {"Id", "AbsoluteTime"}
    assert chat.transcript() == []


def test_typing_may_stand_in_the_transcript() -> None:
    """The other lawful variant (U12)."""
    chat = Account(Choices(typing_in_transcript=True)).chat()
    members_of(chat.call("SendEvent", ContentType=EVENT + "typing"))
    assert [item["Type"] for item in chat.transcript()] == ["EVENT"]


@pytest.mark.parametrize("content_type", ["text/plain", EVENT + "chat.ended", EVENT + "Typing", EVENT, "typing"])
def test_only_listed_events_are_sent(chat: Chat, content_type: str) -> None:
    """SendEvent lists its types; others are ValidationException (S-46)."""
    assert refusal_of(chat.call("SendEvent", ContentType=content_type)) == VALIDATION


def test_receipts_stand_with_their_message(account: Account, chat: Chat) -> None:
    """MessageMetadata tells who read a message and when."""
    bot = chat.with_bot()
    message = chat.say("read me")
    account.service.advance(1)
    assert receipt(bot, "delivered", message["Id"])[0] == 200
    account.service.advance(1)
    assert receipt(bot, "read", message["Id"])[0] == 200
    (item,) = [item for item in chat.transcript() if item["Type"] == "MESSAGE"]
    assert item["MessageMetadata"] == {
        "MessageId": message["Id"],
        "Receipts": [
            {
                "RecipientParticipantId": bot.participant_id,
                "DeliveredTimestamp": "2026-03-01T12:00:01.047Z",
                "ReadTimestamp": "2026-03-01T12:00:02.047Z",
            }
        ],
    }


@pytest.mark.parametrize(
    "content", [None, "text", "[]", "{}", '"id"', '{"messageId":"unknown"}', '{"messageId":7}', "[" * 9999]
)
def test_a_receipt_names_a_message(chat: Chat, content: str | None) -> None:
    """The content of a receipt is a JSON text with the messageId of a message of this chat."""
    chat.say("hello")
    assert refusal_of(chat.call("SendEvent", ContentType=EVENT + "message.read", Content=content)) == VALIDATION


def test_a_receipt_names_no_message_of_another_chat(account: Account, chat: Chat) -> None:
    """What another chat said cannot be read here."""
    assert receipt(chat, "read", account.chat().say("elsewhere")["Id"]) == VALIDATION


def test_receipts_end_where_a_third_participant_is_active(account: Account, chat: Chat) -> None:
    """With more than two active participants a receipt is ConflictException 409; joining is what makes active."""
    message = chat.say("read me")
    others = [chat, chat.with_bot(), chat.with_bot()]
    assert receipt(chat, "read", message["Id"])[0] == 200
    for other in others:
        account.call("CreateParticipantConnection", other.participant_token, ConnectParticipant=True)
    assert receipt(chat, "read", message["Id"]) == CONFLICT
    assert chat.call("SendEvent", ContentType=EVENT + "typing").status == 200
