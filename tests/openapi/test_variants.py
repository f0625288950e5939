"""The document accuses no lawful variant: every reply of every one of them fits it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from conformance.contract.model import operations
from conformance.contract.wire import Request, Response, to_request
from conformance.reference.instances import INSTANCE_ID
from conformance.reference.variants.registry import VARIANTS, alter, choices_of, wrap_of
from tests.openapi.judging import reply_errors
from tests.reference.account import BOTH, FLOW, Account, Chat

AT_ONCE = [name for name in VARIANTS if name not in ("slow", "late-description")]  # others have nothing to wait for
CONTENT, TYPING = {"ContentType": "text/plain", "Content": "Hello"}, "application/vnd.amazonaws.connect.event.typing"
WRONG: dict[str, dict[str, Any]] = {
    "SendMessage": {"ContentType": "text/html", "Content": "x"},
    "SendEvent": {"ContentType": "x"},
    "GetTranscript": {"MaxResults": 101},
    "StartChatContact": {**FLOW, "InstanceId": "x" * 36},
    "StopContact": {"InstanceId": INSTANCE_ID},
    "CreateParticipantConnection": {"Type": ["x"]},
}


class Heard(Account):
    """An account that keeps every reply with the operation that it answers."""

    def __init__(self, name: str) -> None:
        variant = VARIANTS[name]
        super().__init__(choices_of(variant))
        alter(self.service, variant)
        self.handle = wrap_of(variant)(self.service.handle)
        self.replies: list[tuple[str, Response]] = []

    def send(self, request: Request) -> Response:
        reply = self.handle(request)
        self.replies.append((request.operation, reply))
        return reply


def replies_of(variant: str) -> Heard:
    """The replies of a scenario with calls that succeed and calls that are refused."""
    account = Heard(variant)
    chat = join(account.chat())
    for call in lawful(chat):
        assert call.succeeded
    for name, arguments in WRONG.items():
        assert not account.call(name, None if operations()[name].signed else chat.token, **arguments).succeeded
    assert not account.call("SendMessage", "no-such-token", **CONTENT).succeeded
    assert not account.send(to_request(operations()["SendMessage"], CONTENT)).succeeded
    assert account.stop(chat.contact_id).succeeded
    account.call("GetTranscript", chat.token)
    return account


def join(chat: Chat) -> Chat:
    """The chat over a connection that marks its customer as connected, as some readings ask before one speaks."""
    asked = {"Type": BOTH, "ConnectParticipant": True}
    made = chat.account.call("CreateParticipantConnection", chat.participant_token, **asked)
    return replace(chat, token=made.members["ConnectionCredentials"]["ConnectionToken"])


def lawful(chat: Chat) -> Iterator[Response]:
    """Calls of one chat that succeed, each when it is asked for."""
    yield chat.call("SendMessage", **CONTENT)
    yield chat.call("SendEvent", ContentType=TYPING)
    yield chat.call("GetTranscript", MaxResults=1)
    yield chat.call("GetTranscript")
    file = {"ContentType": "text/plain", "AttachmentName": "a.txt", "AttachmentSizeInBytes": 5}
    yield chat.call("StartAttachmentUpload", **file, ClientToken="t")
    yield chat.account.call("StartWebRTCContact", **FLOW)
    of_contact = {"InstanceId": INSTANCE_ID, "ContactId": chat.contact_id}
    yield chat.account.call("DescribeContact", **of_contact)
    bot = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}
    yield chat.account.call("CreateParticipant", **of_contact, ParticipantDetails=bot)
    yield chat.account.start(ConnectionTypes=BOTH, SupportedMessagingContentTypes=["text/plain"])


@pytest.mark.parametrize("variant", AT_ONCE)
def test_every_reply_of_a_lawful_reading_fits(variant: str) -> None:
    replies = replies_of(variant).replies
    assert {reply.status for _, reply in replies} >= {200, 400, 403}
    assert [(name, found) for name, reply in replies if (found := reply_errors(name, reply))] == []


def test_a_reply_of_another_status_or_type_or_shape_does_not_fit() -> None:
    def reply(status: int, kind: str | None, body: Any) -> Response:
        headers = (("x-amzn-ErrorType", kind),) if kind else ()
        return Response(status, headers, json.dumps(body).encode())

    assert reply_errors("SendMessage", reply(400, "ValidationException", {"message": "x"})) == []
    assert reply_errors("SendMessage", reply(418, None, {})) != []
    assert reply_errors("SendMessage", reply(400, "AccessDenied", {})) != []
    assert reply_errors("SendMessage", reply(409, "ConflictException", {})) != []
    assert reply_errors("SendMessage", reply(200, None, {"Id": "i"})) != []
