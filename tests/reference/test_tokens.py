"""Which token opens which operation, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.model import PARTICIPANT, operation, operations
from conformance.contract.wire import to_request
from conformance.reference.instances import AUTH_SESSION_ID, VIEW_TOKEN
from tests.reference.account import ACCESS_DENIED, BOTH, Account, Chat, members_of, refusal_of

HOUR = 3600
VALID: dict[str, dict[str, Any]] = {
    "SendMessage": {"ContentType": "text/plain", "Content": "hello"},
    "SendEvent": {"ContentType": "application/vnd.amazonaws.connect.event.typing"},
    "GetTranscript": {},
    "DisconnectParticipant": {},
    "StartAttachmentUpload": {
        "ContentType": "text/plain",
        "AttachmentSizeInBytes": 1,
        "AttachmentName": "a.txt",
        "ClientToken": "t",
    },
    "CompleteAttachmentUpload": {"AttachmentIds": ["a"], "ClientToken": "t"},
    "GetAttachment": {"AttachmentId": "a"},
    "DescribeView": {"ViewToken": VIEW_TOKEN},
    "GetAuthenticationUrl": {"SessionId": AUTH_SESSION_ID, "RedirectUri": "https://example.com/"},
    "CancelParticipantAuthentication": {"SessionId": AUTH_SESSION_ID},
    "CreateParticipantConnection": {"Type": BOTH},
}
NEEDS_CONNECTION_TOKEN = sorted(set(VALID) - {"CreateParticipantConnection"})
each_operation = pytest.mark.parametrize("name", sorted(VALID))


def right_token(chat: Chat, name: str) -> str:
    return chat.participant_token if name == "CreateParticipantConnection" else chat.token


def test_the_table_holds_every_participant_operation() -> None:
    """The cases below are complete."""
    assert set(VALID) == {name for name, covered in operations().items() if covered.service == PARTICIPANT}


@each_operation
@pytest.mark.parametrize("token", [None, "", "garbage", "a" * 1000, "a" * 1001, "\x7f é"])
def test_a_token_that_was_never_issued_is_refused(account: Account, name: str, token: str | None) -> None:
    """None, an empty, an unknown, an over-long and a malformed bearer are AccessDeniedException."""
    assert refusal_of(account.call(name, token, **VALID[name])) == ACCESS_DENIED


@each_operation
def test_a_token_counts_whole_and_exactly(account: Account, chat: Chat, name: str) -> None:
    """Truncated, continued, with another last character or in another case it is another token."""
    token = right_token(chat, name)
    last = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1], token + "A", token[:-1] + last, token.swapcase()):
        assert refusal_of(account.call(name, wrong, **VALID[name])) == ACCESS_DENIED


@each_operation
def test_the_other_kind_of_token_is_refused(account: Account, chat: Chat, name: str) -> None:
    """CreateParticipantConnection takes the participant token, all others the connection token (S-42)."""
    other = chat.token if name == "CreateParticipantConnection" else chat.participant_token
    assert refusal_of(account.call(name, other, **VALID[name])) == ACCESS_DENIED


@each_operation
def test_no_token_survives_the_end_of_the_chat(account: Account, chat: Chat, name: str) -> None:
    """After StopContact every participant operation is 403 AccessDeniedException (S-40)."""
    account.stop(chat.contact_id)
    assert refusal_of(account.call(name, right_token(chat, name), **VALID[name])) == ACCESS_DENIED


@pytest.mark.parametrize("name", NEEDS_CONNECTION_TOKEN)
def test_a_connection_token_is_good_for_a_day(account: Account, chat: Chat, name: str) -> None:
    """Its life of 1 day is its own, not that of the chat; a new one is to be had while the chat lives."""
    account.service.advance(24 * HOUR - 1)
    assert chat.transcript() == []
    account.service.advance(1)
    assert refusal_of(account.call(name, chat.token, **VALID[name])) == ACCESS_DENIED
    assert members_of(account.call("CreateParticipantConnection", chat.participant_token, Type=BOTH))


def test_the_stated_expiry_is_the_day(account: Account, chat: Chat) -> None:
    """ConnectionCredentials.Expiry is what the token keeps to, in ISO 8601 with milliseconds and Z."""
    reply = members_of(account.call("CreateParticipantConnection", chat.participant_token, Type=BOTH))
    assert reply["ConnectionCredentials"]["Expiry"] == "2026-03-02T12:00:00.047Z"


def test_tokens_stay_good_beside_each_other(account: Account, chat: Chat) -> None:
    """A new connection does not revoke the one before (documents name nothing that does)."""
    again = account.connect(chat.contact_id, chat.participant_id, chat.participant_token)
    assert again.token != chat.token
    chat.say("by the first")
    assert [item["Content"] for item in again.transcript()] == ["by the first"]


def test_a_signature_makes_no_difference(account: Account, chat: Chat) -> None:
    """The Participant Service is not signed; SDKs sign all the same, even with empty keys (W-30)."""
    nonsense = (
        "AWS4-HMAC-SHA256 Credential=/20260301/us-west-2/execute-api/aws4_request, SignedHeaders=host, Signature=0"
    )
    request = to_request(operation("GetTranscript"), {"ConnectionToken": chat.token})
    assert account.send(request.with_header("Authorization", nonsense)).status == 200
    assert account.send(request).status == 200


def test_a_token_shows_only_its_own_chat(account: Account, chat: Chat) -> None:
    """Another chat's token reads another transcript."""
    chat.say("for this chat alone")
    assert account.chat().transcript() == []


def test_a_participant_that_left_has_no_token(account: Account, chat: Chat) -> None:
    """A bot's tokens end with its own DisconnectParticipant while the chat goes on."""
    bot = chat.with_bot()
    members_of(bot.call("DisconnectParticipant"))
    assert refusal_of(bot.call("GetTranscript")) == ACCESS_DENIED
    assert refusal_of(account.call("CreateParticipantConnection", bot.participant_token)) == ACCESS_DENIED
    chat.say("still here")
