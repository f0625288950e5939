"""A caller of the reference endpoint without sockets: signs as botocore does, sends any arguments, moves the clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import unquote

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conformance.contract.model import operation
from conformance.contract.wire import Request, Response, to_request
from conformance.reference.choices import Choices, Quotas
from conformance.reference.clock import Clock
from conformance.reference.context import Context
from conformance.reference.identifiers import Identifiers
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from conformance.reference.service import ReferenceService
from conformance.reference.state import Ending

# A moment whose milliseconds show whether they are kept: 2026-03-01T12:00:00.047Z.
START = 1_772_366_400.047
# The keys that Amazon's Signature Version 4 documents use as an example.
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
FLOW: dict[str, Any] = {
    "InstanceId": INSTANCE_ID,
    "ContactFlowId": CONTACT_FLOW_ID,
    "ParticipantDetails": {"DisplayName": "Zoë"},
}
BOTH = ["WEBSOCKET", "CONNECTION_CREDENTIALS"]


class Account:
    """Calls a fresh endpoint whose time stands still until it is moved."""

    def __init__(self, choices: Choices | None = None, quotas: Quotas | None = None) -> None:
        self.context = Context(
            "http://127.0.0.1:4711",
            Clock(lambda: START),
            Identifiers(Random(1)),
            choices or Choices(),
            quotas or Quotas(),
        )
        self.service = ReferenceService(self.context)

    def call(self, name: str, bearer: str | None = None, **arguments: Any) -> Response:
        """The reply to an operation with these arguments, right or wrong, with this bearer or a signature."""
        called = operation(name)
        request = to_request(called, arguments)
        if called.signed:
            return self.send(self.sign(request))
        return self.send(request.with_header("x-amz-bearer", bearer))

    def send(self, request: Request) -> Response:
        """The reply to a request as it is."""
        return self.service.handle(request)

    def sign(self, request: Request, service: str = "connect", credentials: Credentials = CREDENTIALS) -> Request:
        """The request with a Signature Version 4 of the endpoint's own time."""
        stamp = datetime.fromtimestamp(self.context.now() // 1000, UTC).strftime(SIGV4_TIMESTAMP)
        request = request.with_header("Host", "127.0.0.1:4711").with_header("X-Amz-Date", stamp)
        signing = AWSRequest(
            request.method, f"http://127.0.0.1:4711{request.path}", dict(request.headers), request.body
        )
        signing.context["timestamp"] = stamp
        signer = SigV4Auth(credentials, service, "eu-central-1")
        text = signer.string_to_sign(signing, signer.canonical_request(signing))
        names = signer.signed_headers(signer.headers_to_sign(signing))
        scope, signature = signer.scope(signing), signer.signature(text, signing)
        authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
        return request.with_header("Authorization", authorization)

    def start(self, **arguments: Any) -> Response:
        """The reply to StartChatContact with the least that it needs, and these."""
        return self.call("StartChatContact", **{**FLOW, **arguments})

    def chat(self, **arguments: Any) -> Chat:
        """A started chat whose customer has a connection token."""
        started = members_of(self.start(**arguments))
        return self.connect(started["ContactId"], started["ParticipantId"], started["ParticipantToken"])

    def connect(self, contact_id: str, participant_id: str, token: str) -> Chat:
        """The chat as a participant with a new connection token sees it."""
        made = members_of(self.call("CreateParticipantConnection", token, Type=BOTH))
        connection_token = made["ConnectionCredentials"]["ConnectionToken"]
        return Chat(self, contact_id, participant_id, token, connection_token, made["Websocket"]["Url"])

    def stop(self, contact_id: str) -> Response:
        """The reply to StopContact."""
        return self.call("StopContact", InstanceId=INSTANCE_ID, ContactId=contact_id)

    def describe(self, contact_id: str) -> dict[str, Any]:
        """The contact as DescribeContact shows it."""
        return dict(members_of(self.call("DescribeContact", InstanceId=INSTANCE_ID, ContactId=contact_id))["Contact"])


@dataclass(frozen=True)
class Chat:
    """A chat as one of its participants sees it."""

    account: Account
    contact_id: str
    participant_id: str
    participant_token: str
    token: str
    url: str

    def call(self, name: str, **arguments: Any) -> Response:
        """The reply to an operation with the participant's connection token."""
        return self.account.call(name, self.token, **arguments)

    def say(self, content: str, **arguments: Any) -> dict[str, Any]:
        """Sends a message and returns what came back."""
        return members_of(self.call("SendMessage", **{"ContentType": "text/plain", "Content": content, **arguments}))

    def transcript(self, **arguments: Any) -> list[dict[str, Any]]:
        """The items of one GetTranscript."""
        return list(members_of(self.call("GetTranscript", **arguments))["Transcript"])

    def with_bot(self, **details: Any) -> Chat:
        """The chat as a CUSTOM_BOT that was added to it sees it."""
        details = {"ParticipantRole": "CUSTOM_BOT", **details}
        added = members_of(self.account.call("CreateParticipant", **self.here(), ParticipantDetails=details))
        return self.account.connect(
            self.contact_id, added["ParticipantId"], added["ParticipantCredentials"]["ParticipantToken"]
        )

    def here(self) -> dict[str, str]:
        """The members that name the contact on Connect operations."""
        return {"InstanceId": INSTANCE_ID, "ContactId": self.contact_id}

    def open_socket(self) -> Frames:
        """A web socket of the participant that has not subscribed yet."""
        return Frames(self.account, self.url)


class Frames:
    """An open web socket and what it received; `texts` holds None where it was closed, `ending` how."""

    def __init__(self, account: Account, url: str) -> None:
        self.texts: list[str | None] = []
        self.ending: Ending | None = None
        self.sockets = account.service.sockets
        self.socket = self.sockets.open(unquote(url.partition("token=")[2]), self._take)

    def _take(self, sent: str | Ending | None) -> None:
        self.texts.append(sent if isinstance(sent, str) else None)
        self.ending = sent if isinstance(sent, Ending) else self.ending

    @property
    def is_open(self) -> bool:
        """Whether the endpoint opened the socket."""
        return self.socket is not None

    def send(self, text: str) -> None:
        """Sends a frame to the endpoint."""
        assert self.socket is not None
        self.sockets.receive(self.socket, text)

    def subscribe(self) -> Frames:
        """This socket after it subscribed, with nothing received yet."""
        self.send('{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}')
        self.texts.clear()
        return self

    def frames(self) -> list[dict[str, Any]]:
        """The frames received so far."""
        return [json.loads(text) for text in self.texts if text is not None]

    def items(self) -> list[dict[str, Any]]:
        """The contents of the chat frames received so far."""
        return [json.loads(frame["content"]) for frame in self.frames() if frame["topic"] == "aws/chat"]


def members_of(response: Response) -> dict[str, Any]:
    """The members of a reply that must be a success."""
    assert response.status == 200, (response.status, response.headers, response.body[:500])
    return dict(response.members)


def refusal_of(response: Response) -> tuple[int, str | None]:
    """Status and exception type of a reply."""
    return response.status, response.header("x-amzn-ErrorType")


ACCESS_DENIED = (403, "AccessDeniedException")
VALIDATION = (400, "ValidationException")
INVALID_PARAMETER = (400, "InvalidParameterException")
INVALID_REQUEST = (400, "InvalidRequestException")
NOT_FOUND = (404, "ResourceNotFoundException")
SERIALIZATION = (400, "SerializationException")
CONFLICT = (409, "ConflictException")
QUOTA_EXCEEDED = (402, "ServiceQuotaExceededException")
