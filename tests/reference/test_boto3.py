"""boto3, unchanged, drives every operation: success, modelled exceptions, retries and paging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from conformance.contract.model import operations
from conformance.reference.instances import (
    AUTH_SESSION_ID,
    CONTACT_FLOW_ID,
    INSTANCE_ID,
    STREAMING_ENDPOINT_ARN,
    VIEW_TOKEN,
)
from tests.reference.account import BOTH, CREDENTIALS
from tests.reference.served import Served

START = {"InstanceId": INSTANCE_ID, "ContactFlowId": CONTACT_FLOW_ID, "ParticipantDetails": {"DisplayName": "Zoë"}}
STREAM = {"StreamingEndpointArn": STREAMING_ENDPOINT_ARN}


class Clients:
    """Both boto3 clients, and the operations that they called."""

    def __init__(self, origin: str, attempts: int) -> None:
        settings = {
            "endpoint_url": origin,
            "region_name": "ap-southeast-2",
            "aws_access_key_id": CREDENTIALS.access_key,
            "aws_secret_access_key": CREDENTIALS.secret_key,
            "config": Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
        }
        self.connect: Any = boto3.client("connect", **settings)
        self.participant: Any = boto3.client("connectparticipant", **settings)
        self.called: set[str] = set()
        for client in (self.connect, self.participant):
            client.meta.events.register("before-call", self._note)

    def _note(self, model: Any, **_others: Any) -> None:
        self.called.add(model.name)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with Served.running() as running:
        yield running


@pytest.fixture
def clients(server: Served) -> Clients:
    return Clients(server.origin, attempts=1)


def token_of_connection(clients: Clients, token: str) -> str:
    """A connection token for a participant token."""
    made = clients.participant.create_participant_connection(Type=BOTH, ParticipantToken=token)
    return str(made["ConnectionCredentials"]["ConnectionToken"])


def attach(clients: Clients, token: str, body: bytes) -> str:
    """The id of an attachment that was uploaded as its reply says."""
    started = clients.participant.start_attachment_upload(
        ConnectionToken=token, AttachmentName="Grüße.txt", ContentType="text/plain", AttachmentSizeInBytes=len(body)
    )
    metadata = started["UploadMetadata"]
    requests.put(metadata["Url"], data=body, headers=metadata["HeadersToInclude"], timeout=5).raise_for_status()
    clients.participant.complete_attachment_upload(ConnectionToken=token, AttachmentIds=[started["AttachmentId"]])
    return str(started["AttachmentId"])


def test_every_operation_succeeds(clients: Clients) -> None:
    """A whole chat and a call; boto3 parses each reply, dates included."""
    connect, participant = clients.connect, clients.participant
    chat = connect.start_chat_contact(**START, Attributes={"a": "1"})
    here = {"InstanceId": INSTANCE_ID, "ContactId": chat["ContactId"]}
    token = token_of_connection(clients, chat["ParticipantToken"])
    sent = participant.send_message(ConnectionToken=token, ContentType="text/plain", Content="héllo")
    typing = "application/vnd.amazonaws.connect.event.typing"
    participant.send_event(ConnectionToken=token, ContentType=typing)
    body = "naïve 😀".encode()
    attachment_id = attach(clients, token, body)
    url = participant.get_attachment(ConnectionToken=token, AttachmentId=attachment_id)["Url"]
    assert requests.get(url, timeout=5).content == body
    items = participant.get_transcript(ConnectionToken=token, SortOrder="ASCENDING")["Transcript"]
    assert items[0]["Id"] == sent["Id"]
    assert items[1]["Attachments"][0]["AttachmentName"] == "Grüße.txt"
    participant.describe_view(ConnectionToken=token, ViewToken=VIEW_TOKEN)
    participant.get_authentication_url(
        ConnectionToken=token, SessionId=AUTH_SESSION_ID, RedirectUri="https://example.com"
    )
    participant.cancel_participant_authentication(ConnectionToken=token, SessionId=AUTH_SESSION_ID)
    connect.update_contact_attributes(InstanceId=INSTANCE_ID, InitialContactId=chat["ContactId"], Attributes={"b": "2"})
    read = connect.get_contact_attributes(InstanceId=INSTANCE_ID, InitialContactId=chat["ContactId"])
    assert read["Attributes"] == {"a": "1", "b": "2"}
    streaming = connect.start_contact_streaming(**here, ChatStreamingConfiguration=STREAM)
    connect.stop_contact_streaming(**here, StreamingId=streaming["StreamingId"])
    bot = connect.create_participant(**here, ParticipantDetails={"ParticipantRole": "CUSTOM_BOT"})
    bot_token = token_of_connection(clients, bot["ParticipantCredentials"]["ParticipantToken"])
    participant.disconnect_participant(ConnectionToken=bot_token)
    connect.stop_contact(**here)
    described = connect.describe_contact(**here)["Contact"]
    assert described["DisconnectTimestamp"] >= described["InitiationTimestamp"]
    assert connect.start_web_rtc_contact(**START)["ConnectionData"]["Meeting"]["MeetingId"]
    assert clients.called == set(operations())


def test_modelled_exceptions_are_raised(clients: Clients) -> None:
    """Refusals become the exception classes of the two clients, with request id and message."""
    participant, connect = clients.participant, clients.connect
    with pytest.raises(participant.exceptions.AccessDeniedException) as denied:
        participant.send_message(ConnectionToken="unknown", ContentType="text/plain", Content="a")
    assert denied.value.response["ResponseMetadata"]["RequestId"]
    assert denied.value.response["Error"]["Message"]
    with pytest.raises(connect.exceptions.ResourceNotFoundException):
        connect.describe_contact(InstanceId=INSTANCE_ID, ContactId="unknown")
    with pytest.raises(connect.exceptions.InvalidParameterException):
        connect.start_chat_contact(**START, SupportedMessagingContentTypes=["text/html"])
    token = token_of_connection(clients, connect.start_chat_contact(**START)["ParticipantToken"])
    with pytest.raises(participant.exceptions.ValidationException):
        participant.get_transcript(ConnectionToken=token, MaxResults=101)
    with pytest.raises(participant.exceptions.ResourceNotFoundException):
        participant.describe_view(ConnectionToken=token, ViewToken="a/b c")


def test_a_page_follows_a_page(clients: Clients) -> None:
    """NextToken of one reply is the argument of the next call."""
    token = token_of_connection(clients, clients.connect.start_chat_contact(**START)["ParticipantToken"])
    for number in range(5):
        clients.participant.send_message(ConnectionToken=token, ContentType="text/plain", Content=str(number))
    found: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = clients.participant.get_transcript(ConnectionToken=token, MaxResults=2, **more)
        found += [item["Content"] for item in page["Transcript"]]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert found == ["4", "3", "2", "1", "0"]


def test_a_retried_call_acts_once(server: Served) -> None:
    """After a 500 boto3 sends the same body with the same ClientToken: one contact, although it was performed twice."""
    replies = []

    def answers_late(request: Any) -> Any:
        reply = server.service.handle(request)
        replies.append(reply)
        return reply if len(replies) > 1 else type(reply)(500)

    server.handle = answers_late
    try:
        clients = Clients(server.origin, attempts=3)
        started = clients.connect.start_chat_contact(**START)
    finally:
        server.handle = server.service.handle
    assert [reply.members["ContactId"] for reply in replies] == [started["ContactId"]] * 2
