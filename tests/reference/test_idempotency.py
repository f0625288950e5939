"""ClientToken: every operation that has one gives its first result again and acts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.contract.model import operation, operations
from conformance.contract.wire import Request, Response, to_request
from conformance.reference.choices import Choices, Quotas
from conformance.reference.idempotency import token_member
from conformance.reference.instances import SECOND_CONTACT_FLOW_ID, SECOND_INSTANCE_ID, STREAMING_ENDPOINT_ARN
from tests.reference.account import BOTH, FLOW, INVALID_REQUEST, Account, Chat, members_of, refusal_of

DAY = 86_400
TYPING = "application/vnd.amazonaws.connect.event.typing"
FILE = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}
BOT = {"ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT"}}
ELSEWHERE = {"InstanceId": SECOND_INSTANCE_ID, "ContactFlowId": SECOND_CONTACT_FLOW_ID}
STREAM = {"ChatStreamingConfiguration": {"StreamingEndpointArn": STREAMING_ENDPOINT_ARN}}
# Operation: how to call it with a token in a chat, and the member of its reply that tells two effects apart.
Caller = Callable[..., Response]
CALLS: dict[str, tuple[Caller, str]] = {
    "StartChatContact": (lambda chat, **more: chat.account.start(**more), "ContactId"),
    "StartWebRTCContact": (
        lambda chat, **more: chat.account.call("StartWebRTCContact", **{**FLOW, **more}),
        "ContactId",
    ),
    "CreateParticipant": (
        lambda chat, **more: chat.account.call("CreateParticipant", **{**chat.here(), **BOT, **more}),
        "ParticipantId",
    ),
    "StartContactStreaming": (
        lambda chat, **more: chat.account.call("StartContactStreaming", **{**chat.here(), **STREAM, **more}),
        "StreamingId",
    ),
    "SendMessage": (
        lambda chat, **more: chat.call("SendMessage", **{"ContentType": "text/plain", "Content": "hello", **more}),
        "Id",
    ),
    "SendEvent": (lambda chat, **more: chat.call("SendEvent", **{"ContentType": TYPING, **more}), "Id"),
    "StartAttachmentUpload": (
        lambda chat, **more: chat.call("StartAttachmentUpload", **{**FILE, **more}),
        "AttachmentId",
    ),
}
each_operation = pytest.mark.parametrize("name", CALLS)


def result(chat: Chat, name: str, **arguments: Any) -> str:
    """What tells this call's effect from another's."""
    call, member = CALLS[name]
    return str(members_of(call(chat, **arguments))[member])


def is_required(name: str, token: str | None) -> bool:
    """Whether the model refuses this absence of a ClientToken: it requires one, or one character of it."""
    member = operation(name).input.child("ClientToken")
    return bool(member.required if token is None else member.minimum)


def test_the_table_holds_every_operation_with_a_token() -> None:
    """Two more give nothing back: they are told by what they do, below and with the attachments."""
    with_token = {name for name, covered in operations().items() if token_member(covered)}
    assert set(CALLS) | {"DisconnectParticipant", "CompleteAttachmentUpload"} == with_token


@each_operation
def test_the_same_call_gives_the_same_result(chat: Chat, name: str) -> None:
    """Same token, same request: the first identifiers, also after many other calls."""
    first = result(chat, name, ClientToken="t")
    for number in range(4):
        result(chat, name, ClientToken=f"other {number}")
    assert result(chat, name, ClientToken="t") == first


@each_operation
@pytest.mark.parametrize("token", ["T", "tt", " t", "t ", "t\x00", "ť", "t" * 500])
def test_another_token_is_another_call(chat: Chat, name: str, token: str) -> None:
    """Tokens are exact: case, blanks, and a common beginning make others; 1 to 500 characters."""
    assert result(chat, name, ClientToken=token) != result(chat, name, ClientToken="t")


WITHOUT = [(name, token) for name in CALLS for token in (None, "")]


@pytest.mark.parametrize(("name", "token"), [case for case in WITHOUT if not is_required(*case)])
def test_without_a_token_every_call_is_new(chat: Chat, name: str, token: str | None) -> None:
    """No token, and in this endpoint's reading an empty one (where the model's minimum is 0)."""
    assert result(chat, name, ClientToken=token) != result(chat, name, ClientToken=token)


def test_an_empty_token_may_be_a_token() -> None:
    """The other lawful variant."""
    chat = Account(Choices(empty_client_token="token")).chat()  # noqa: S106 - a choice
    assert chat.say("hello", ClientToken="") == chat.say("hello", ClientToken="")


@each_operation
def test_the_same_token_with_other_parameters_acts_once(chat: Chat, name: str) -> None:
    """The first result comes back, or in the other lawful variant a refusal (U4); never a second effect."""
    call, member = CALLS[name]
    changes: dict[str, dict[str, Any]] = {
        "SendMessage": {"Content": "other"},
        "SendEvent": {"Content": "other"},
        "StartAttachmentUpload": {"AttachmentName": "b.txt"},
        "CreateParticipant": {"ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "other"}},
        "StartContactStreaming": {"ChatStreamingConfiguration": {"StreamingEndpointArn": STREAMING_ENDPOINT_ARN + "2"}},
    }
    change = changes.get(name, {"ParticipantDetails": {"DisplayName": "other"}})
    first = result(chat, name, ClientToken="t")
    assert result(chat, name, ClientToken="t", **change) == first
    strict = Account(Choices(other_parameters="refused")).chat()
    members_of(call(strict, ClientToken="t"))
    assert call(strict, ClientToken="t", **change).status == 400
    assert members_of(call(strict, ClientToken="t"))[member]


def test_member_order_and_blanks_make_no_difference() -> None:
    """A repetition is the same request in meaning, whatever its body looks like."""
    account = Account(Choices(other_parameters="refused"))
    arguments = {**FLOW, "Attributes": {"a": "1", "b": "2"}, "ClientToken": "t"}
    first = to_request(operation("StartChatContact"), arguments)
    turned = json.dumps(dict(reversed(arguments.items())) | {"Attributes": {"b": "2", "a": "1"}}, indent=3)
    again = Request("", first.method, first.path, first.headers, turned.encode())
    contacts = {members_of(account.send(account.sign(request)))["ContactId"] for request in (first, again)}
    assert len(contacts) == 1


def test_one_start_is_one_chat(account: Account) -> None:
    """A repeated start opens no second chat: the quota, the first message and both tokens tell."""
    account = Account(quotas=Quotas(active_chats=1))
    start = {
        "ClientToken": "t",
        "InitialMessage": {"ContentType": "text/plain", "Content": "help"},
        "ConnectionTypes": BOTH,
    }
    first, second = (members_of(account.start(**start)) for _ in range(2))
    chat = account.connect(first["ContactId"], first["ParticipantId"], second["ParticipantToken"])
    assert [item["Content"] for item in chat.transcript()] == ["help"]
    for reply in (first, second):
        token = reply["ConnectionCredentials"]["ConnectionToken"]
        assert account.call("GetTranscript", token).status == 200


def test_a_repeated_start_may_give_a_fresh_token() -> None:
    """A fresh ParticipantToken is lawful, and then both work."""
    account = Account(Choices(repeated_start_token="fresh"))  # noqa: S106 - a choice
    first, second = (members_of(account.start(ClientToken="t")) for _ in range(2))
    assert first["ParticipantToken"] != second["ParticipantToken"]
    for reply in (first, second):
        assert account.call("CreateParticipantConnection", reply["ParticipantToken"], Type=BOTH).status == 200


def test_a_repeated_start_of_an_ended_chat_names_it(account: Account) -> None:
    """The original contact comes back, without a web socket URL now that the chat has ended (S-21)."""
    first = members_of(account.start(ClientToken="t", ConnectionTypes=BOTH))
    account.stop(first["ContactId"])
    again = members_of(account.start(ClientToken="t", ConnectionTypes=BOTH))
    assert again["ContactId"] == first["ContactId"]
    assert "Websocket" not in again


def test_one_message_is_one_item_and_one_frame(chat: Chat) -> None:
    """The second SendMessage with the same token is neither stored nor pushed."""
    socket = chat.open_socket().subscribe()
    replies = [chat.say("hello", ClientToken="t") for _ in range(16)]
    assert all(reply == replies[0] for reply in replies)
    assert len(socket.items()) == len([item for item in chat.transcript() if item["Type"] == "MESSAGE"]) == 1


def test_disconnecting_again_with_its_token_succeeds(account: Account, chat: Chat) -> None:
    """Though the participant has left, the repetition is answered like the first call."""
    members_of(chat.call("DisconnectParticipant", ClientToken="t"))
    assert chat.call("DisconnectParticipant", ClientToken="t").status == 200
    assert chat.call("DisconnectParticipant", ClientToken="T").status == 403
    assert account.describe(chat.contact_id)["DisconnectReason"] == "CUSTOMER_DISCONNECT"


def test_instances_do_not_share_tokens(account: Account) -> None:
    """Another instance never receives the first one's identifiers."""
    here, there = account.start(ClientToken="t"), account.start(ClientToken="t", **ELSEWHERE)
    assert members_of(here)["ContactId"] != members_of(there)["ContactId"]


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"StartChatContact", "StartWebRTCContact"}))
def test_participants_and_contacts_do_not_share_tokens(account: Account, chat: Chat, name: str) -> None:
    """The same token in another chat is another call."""
    assert result(chat, name, ClientToken="t") != result(account.chat(), name, ClientToken="t")


def test_two_participants_of_a_chat_do_not_share_tokens(chat: Chat) -> None:
    """A token is its sender's."""
    assert chat.say("hello", ClientToken="t") != chat.with_bot().say("hello", ClientToken="t")


def test_operations_do_not_share_tokens(chat: Chat) -> None:
    """A message and an event with the same token are two calls."""
    assert result(chat, "SendMessage", ClientToken="t") != result(chat, "SendEvent", ClientToken="t")


def test_a_refused_call_leaves_no_trace(account: Account) -> None:
    """The token of a refused start is free: with a right request it starts."""
    assert refusal_of(account.start(ClientToken="t", RelatedContactId="unknown"))[0] == 404
    assert refusal_of(account.start(ClientToken="t", Attributes={"a b": ""}))[0] == 400
    assert account.start(ClientToken="t").status == 200
    strict = Account(Choices(other_parameters="refused"))
    strict.start(ClientToken="t", RelatedContactId="unknown")
    assert strict.start(ClientToken="t").status == 200
    assert refusal_of(strict.start(ClientToken="t", CustomerId="other")) == INVALID_REQUEST


@pytest.mark.parametrize("name", ["StartChatContact", "StartWebRTCContact"])
def test_a_token_is_good_for_seven_days(account: Account, chat: Chat, name: str) -> None:
    """Stated for StartWebRTCContact, and kept for StartChatContact: then it starts anew."""
    first = result(chat, name, ClientToken="t")
    account.service.advance(7 * DAY - 1)
    assert result(chat, name, ClientToken="t") == first
    account.service.advance(1)
    assert result(chat, name, ClientToken="t") != first


def test_a_repetition_needs_no_room() -> None:
    """A repeated CreateParticipant of a full chat gives the participant that is in it."""
    account = Account(quotas=Quotas(participants_in_a_contact=2))
    chat = account.chat()
    assert result(chat, "CreateParticipant", ClientToken="t") == result(chat, "CreateParticipant", ClientToken="t")
