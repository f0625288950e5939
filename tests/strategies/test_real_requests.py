"""Requests for other programs hold real values only: the reference accepts the valid ones and refuses the broken.

botocore's shapes, read without the suite's own contract, judge them too.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from conformance.api import http_request, requests_for, violations_of
from conformance.contract.model import operations
from conformance.contract.wire import Request, Response
from conformance.reference.instances import AUTH_SESSION_ID, CONTACT_FLOW_ID, INSTANCE_ID, VIEW_TOKEN
from tests.reference.account import Account, members_of
from tests.strategies.judges import validator_of

DRAWS = 7
OPERATIONS = sorted(operations())
FILE = {"ContentType": "text/plain", "AttachmentSizeInBytes": 5, "AttachmentName": "note.txt"}


class Caller:
    """A caller of a fresh reference, and the ids of what it has set up there: the same each time."""

    def __init__(self) -> None:
        self.account = Account()
        chat = self.account.chat()
        message = chat.say("Hello")
        kept, waiting = self.upload(chat), self.upload(chat)
        members_of(chat.call("CompleteAttachmentUpload", AttachmentIds=[kept], ClientToken="complete"))
        self.ids = {
            "instance_id": INSTANCE_ID,
            "contact_flow_id": CONTACT_FLOW_ID,
            "contact_id": chat.contact_id,
            "participant_token": chat.participant_token,
            "connection_token": chat.token,
            "message_id": message["Id"],
            "message_time": message["AbsoluteTime"],
            "attachment_id": kept,
            "uploaded_attachment_id": waiting,
            "view_token": VIEW_TOKEN,
            "auth_session_id": AUTH_SESSION_ID,
            "streaming_endpoint_arn": "arn:aws:sns:us-east-1:123456789012:mine",
        }
        streaming = {**chat.here(), "ClientToken": "stream"}
        configuration = {"StreamingEndpointArn": self.ids["streaming_endpoint_arn"]}
        started = self.account.call("StartContactStreaming", **streaming, ChatStreamingConfiguration=configuration)
        self.ids["streaming_id"] = members_of(started)["StreamingId"]

    def upload(self, chat: Any) -> str:
        started = members_of(chat.call("StartAttachmentUpload", **FILE, ClientToken=f"upload {random.random()}"))
        metadata = started["UploadMetadata"]
        path = metadata["Url"].partition("4711")[2]
        put = self.account.send(Request("", "PUT", path, tuple(metadata["HeadersToInclude"].items()), b"Hello"))
        assert put.status == 200
        return str(started["AttachmentId"])

    def send(self, name: str, arguments: dict[str, Any]) -> Response:
        request = http_request(name, arguments)
        return self.account.send(self.account.sign(request) if operations()[name].signed else request)


def draw(strategy: st.SearchStrategy[Any]) -> list[Any]:
    found: list[Any] = []

    def collect(value: Any) -> bool:
        found.append(value)
        return False

    quiet = settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(NoSuchExample):
        find(strategy, collect, settings=quiet, random=random.Random(7))
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_valid_requests_are_accepted(name: str) -> None:
    for arguments in draw(requests_for(name, **Caller().ids)):
        reply = Caller().send(name, arguments)
        assert reply.succeeded, (arguments, reply.status, reply.body[:300])
        assert validator_of(name).is_valid(arguments)


@pytest.mark.parametrize("name", OPERATIONS)
def test_broken_requests_are_refused_and_fit_no_shape(name: str) -> None:
    caller = Caller()
    for broken in draw(violations_of(name, **caller.ids)):
        assert (broken.operation, broken.requirement.split(".")[0]) == (name, name)
        reply = caller.send(name, broken.arguments)
        assert 400 <= reply.status < 500, (broken, reply.status)
        assert not validator_of(name).is_valid(broken.arguments), broken


def test_one_requirement_is_broken_where_one_is_named() -> None:
    ids = {"connection_token": "t" * 100}
    found = draw(violations_of("SendMessage.Content.length-max", **ids))
    assert {broken.requirement for broken in found} == {"SendMessage.Content.length-max"}
    assert {len(broken.arguments["Content"]) > 16_384 for broken in found} == {True}
    assert {broken.arguments["ConnectionToken"] for broken in found} == {"t" * 100}


def test_optional_members_are_drawn_together() -> None:
    found = draw(requests_for("StartChatContact", instance_id="i", contact_flow_id="f"))
    assert max(len(arguments) for arguments in found) > 5
    assert len({arguments.get("ClientToken") for arguments in found}) > 2


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: requests_for("StartChat"), "StartChat is no operation: give one of "),
        (lambda: requests_for("SendMessage"), r"^SendMessage needs connection_token=\.\.\.$"),
        (lambda: requests_for("StopContact", instance_id="i"), r"^StopContact needs contact_id=\.\.\.$"),
        (lambda: violations_of("SendMessage.Content.length-max"), r"needs connection_token=\.\.\."),
        (lambda: violations_of("SendMessage.Id.unique"), "names no limit of an input that a single request can break"),
        (lambda: violations_of("SendMesage.*"), "SendMe"),
        (lambda: http_request("StartChat", {}), "is no operation"),
    ],
)
def test_what_cannot_be_drawn_is_said(ask: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ask()
