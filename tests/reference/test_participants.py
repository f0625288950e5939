"""CreateParticipantConnection, CreateParticipant, DisconnectParticipant: who is in a chat, and until when."""

from __future__ import annotations

import pytest

from conformance.reference.lifecycle import CONTACTS, PARTICIPANTS, ContactStage, ParticipantStage
from tests.reference.account import (
    ACCESS_DENIED,
    BOTH,
    INVALID_REQUEST,
    QUOTA_EXCEEDED,
    VALIDATION,
    Account,
    Chat,
    members_of,
    refusal_of,
)


def connect(chat: Chat, **arguments: object) -> dict[str, object]:
    return members_of(chat.account.call("CreateParticipantConnection", chat.participant_token, **arguments))


def joining_roles(chat: Chat) -> list[str]:
    events = [item for item in chat.transcript() if item["Type"] == "EVENT"]
    return [item["ContentType"].rpartition("event.")[2] for item in reversed(events)]


def test_nothing_leads_back_from_the_end() -> None:
    """No step of either life cycle leaves its last stage."""
    assert all(after is ContactStage.ENDED for after in CONTACTS.values())
    gone = {after for (before, _), after in PARTICIPANTS.items() if before is ParticipantStage.GONE}
    assert gone == {ParticipantStage.GONE}


@pytest.mark.parametrize(
    ("types", "members"),
    [
        (["WEBSOCKET"], {"Websocket"}),
        (["CONNECTION_CREDENTIALS"], {"ConnectionCredentials"}),
        (BOTH, {"Websocket", "ConnectionCredentials"}),
        (None, set()),
    ],
)
def test_type_decides_what_comes_back(chat: Chat, types: list[str] | None, members: set[str]) -> None:
    """Each value of Type gives its own member; without Type nothing is asked for."""
    assert set(connect(chat, Type=types)) == members


def test_a_chat_has_no_webrtc_connection(chat: Chat) -> None:
    """WEBRTC_CONNECTION belongs to calls."""
    reply = chat.account.call("CreateParticipantConnection", chat.participant_token, Type=["WEBRTC_CONNECTION"])
    assert refusal_of(reply) == VALIDATION


def test_the_socket_url_is_one_that_clients_open(chat: Chat) -> None:
    """Clients take ws://127.0.0.1:PORT and no other local address (P-02); URLs have at most 2,000 characters."""
    assert chat.url.startswith("ws://127.0.0.1:4711/")
    assert len(chat.url) <= 2000


def test_connect_participant_joins_once(chat: Chat) -> None:
    """ConnectParticipant marks the caller as connected; repeated, nobody joins again."""
    connect(chat, ConnectParticipant=False)
    assert joining_roles(chat) == []
    connect(chat, ConnectParticipant=True)
    connect(chat, ConnectParticipant=True, Type=BOTH)
    assert joining_roles(chat) == ["participant.joined"]


def test_only_a_custom_bot_is_added_to_a_chat(account: Account, chat: Chat) -> None:
    """On a chat contact CUSTOM_BOT is the only valid role."""
    for role in ("AGENT", "CUSTOMER", "SYSTEM", "SUPERVISOR"):
        reply = account.call("CreateParticipant", **chat.here(), ParticipantDetails={"ParticipantRole": role})
        assert refusal_of(reply) == INVALID_REQUEST
    bot = chat.with_bot(DisplayName="Helper")
    bot.say("beep")
    (item,) = chat.transcript()
    assert (item["ParticipantRole"], item["DisplayName"], item["ParticipantId"]) == (
        "CUSTOM_BOT",
        "Helper",
        bot.participant_id,
    )


def test_a_seventh_participant_is_refused(account: Account, chat: Chat) -> None:
    """Six participants are in a chat at most; one that leaves makes room."""
    bots = [chat.with_bot() for _ in range(5)]
    details = {"ParticipantRole": "CUSTOM_BOT"}
    assert refusal_of(account.call("CreateParticipant", **chat.here(), ParticipantDetails=details)) == QUOTA_EXCEEDED
    members_of(bots[0].call("DisconnectParticipant"))
    assert account.call("CreateParticipant", **chat.here(), ParticipantDetails=details).status == 200


def test_nobody_is_added_to_an_ended_chat(account: Account, chat: Chat) -> None:
    """CreateParticipant is for contacts that go on."""
    account.stop(chat.contact_id)
    details = {"ParticipantRole": "CUSTOM_BOT"}
    assert refusal_of(account.call("CreateParticipant", **chat.here(), ParticipantDetails=details)) == INVALID_REQUEST


def test_credentials_of_a_participant_last_as_long_as_the_chat(account: Account, chat: Chat) -> None:
    """A participant token is valid for the lifetime of its participant; the chat's 25 hours bound it."""
    reply = members_of(
        account.call("CreateParticipant", **chat.here(), ParticipantDetails={"ParticipantRole": "CUSTOM_BOT"})
    )
    assert reply["ParticipantCredentials"]["Expiry"] == "2026-03-02T13:00:00.047Z"


def test_the_customer_leaving_ends_the_chat(account: Account, chat: Chat) -> None:
    """Without a customer there is no chat: everybody else is out too."""
    bot = chat.with_bot()
    members_of(chat.call("DisconnectParticipant"))
    assert account.describe(chat.contact_id)["DisconnectReason"] == "CUSTOMER_DISCONNECT"
    assert refusal_of(bot.call("GetTranscript")) == ACCESS_DENIED


def test_a_second_disconnect_is_denied(chat: Chat) -> None:
    """Who has left has no access, DisconnectParticipant included."""
    members_of(chat.call("DisconnectParticipant"))
    assert refusal_of(chat.call("DisconnectParticipant")) == ACCESS_DENIED
    assert refusal_of(chat.call("DisconnectParticipant", ClientToken="new")) == ACCESS_DENIED


def test_a_bot_leaving_leaves_the_chat(chat: Chat) -> None:
    """participant.left stands in the transcript and the customer goes on."""
    bot = chat.with_bot()
    members_of(bot.call("DisconnectParticipant"))
    assert joining_roles(chat) == ["participant.left"]
    chat.say("alone again")
