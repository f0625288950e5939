"""A conversation: one chat, and everything that requests about it need.

It is a mapping of resource names to values; a value is made when it is first asked for, by the calls that a client
would make. What cannot be made raises `SetupFailed`, which is never the fault of the request under test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from conformance.contract.model import operation
from conformance.diagnosis.bodies import lacking, not_an_object, text_in
from conformance.endpoint.connections import HangUp
from conformance.endpoint.contacts import Contacts
from conformance.endpoint.preconditions import MissingOption, SetupFailed, usable_reply
from conformance.endpoint.probe import FORBIDDEN, Standing, finding
from conformance.endpoint.sockets import Socket
from conformance.wire import Exchange, Request, Response, to_request

# Asks again and again, within the time that a run waits for such a thing, until the answer is not None.
Until = Callable[[Callable[[], bool | None]], bool | None]


class Calls(Protocol):
    """How a conversation reaches the endpoint."""

    @property
    def participant_address(self) -> str:
        """The address of the Participant Service, from the options of the run."""

    @property
    def joins(self) -> bool:
        """Whether a chat begins only with its customer's first web socket."""

    def send(self, request: Request, *, signed: bool | None = None) -> Exchange:
        """Make one call of an operation; `signed` None signs as it documents. Raises SetupFailed beyond the budget."""

    def given_chat(self) -> GivenChat | None:
        """A new chat of the user's own back end; None where there is none and chats start by StartChatContact.

        Raises SetupFailed where the back end gives no chat.
        """

    def send_and_hang_up(self, request: Request, when: HangUp = HangUp.DURING_REPLY) -> Exchange:
        """Deliver a request and lose its reply on purpose."""

    def advance_clock(self, seconds: int) -> None:
        """Move the endpoint's clock forward. Raises MissingOption where it cannot be moved."""

    def shrinking(self, *, active: bool) -> AbstractContextManager[None]:
        """While `active`, requests count as spent on making a find smaller."""

    def put(self, url: str, headers: Mapping[str, str], content: bytes) -> None:
        """Upload `content` to a URL that the endpoint returned. Raises SetupFailed when that is forbidden or fails."""

    def fetch(self, method: str, url: str, headers: Mapping[str, str], content: bytes = b"") -> Response:
        """The reply of a URL that the endpoint returned. Raises SetupFailed when the call is not allowed or fails."""

    def open_socket(self, url: str) -> Socket:
        """Open a web socket whose URL the endpoint returned. Raises SetupFailed for a host that is not allowed."""

    def join(self, connected: Mapping[str, Any]) -> None:
        """Open and close the web socket of a CreateParticipantConnection reply where the flow starts only by that."""


@dataclass(frozen=True, slots=True)
class GivenChat:
    """A chat that the user's own back end has started."""

    contact_id: str
    participant_id: str
    participant_token: str = field(repr=False)


class Conversation(Mapping[str, str]):
    """A chat contact with its participant, connection, messages and attachments, made as they are needed."""

    def __init__(self, calls: Calls, contacts: Contacts, given: Mapping[str, str | None], until: Until) -> None:
        """`given` holds what the run's options provide: ids, tokens, ARNs."""
        self._calls, self._contacts, self._given, self._until = calls, contacts, given, until
        self._made: dict[str, str] = {}
        self._failed: dict[str, SetupFailed] = {}
        self.uploads = self.spent = 0

    def __getitem__(self, name: str) -> str:
        if name in self._given:
            return self._option(name)
        if name in _ONCE:
            if name not in self._made:
                self._made[name] = _ONCE[name](self)
            return self._made[name]
        if name in self._failed:
            raise self._failed[name].with_traceback(None)  # else it grows with each time that it is raised
        if name not in self._made:
            self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._given, *_MADE_BY, *_ONCE))

    def __len__(self) -> int:
        return len(self._given) + len(_MADE_BY) + len(_ONCE)

    def _option(self, name: str) -> str:
        value = self._given[name]
        if value is None:
            raise MissingOption("--" + name.replace("_", "-"))
        return value

    def _make(self, name: str) -> None:
        """Make the resource once; a failure is remembered, so that it is not paid for again and again."""
        try:
            _MADE_BY[name](self)
        except SetupFailed as failed:
            self._failed[name] = failed
            raise

    def call(self, name: str, arguments: Mapping[str, Any]) -> Exchange:
        """Make a call that must succeed. Raises SetupFailed when it does not."""
        exchange = self._calls.send(to_request(operation(name), arguments))
        usable_reply(exchange)
        return exchange

    def _keep(self, made: Exchange, **names: tuple[str, ...]) -> None:
        """Keep members of a reply under resource names. A member that is missing is the reply's own violation."""
        for resource, path in names.items():
            value = text_in(made.members, path)
            if value is None:
                raise SetupFailed(f"the reply of {made.request.operation} {_lacking(made, path)}", made)
            self._made[resource] = value

    def start(self) -> None:
        """Start the chat contact of this conversation."""
        if (given := self._calls.given_chat()) is not None:
            self._made |= asdict(given)
            self._contacts.leased.add(given.contact_id)
            return
        made = self.call(
            "StartChatContact",
            {
                "InstanceId": self["instance_id"],
                "ContactFlowId": self["contact_flow_id"],
                "ParticipantDetails": {"DisplayName": "Ann"},
                "ClientToken": str(uuid.uuid4()),
            },
        )
        self._keep_started(made)

    def _keep_started(self, made: Exchange) -> None:
        self._keep(made, contact_id=("ContactId",))
        self._contacts.leased.add(self._made["contact_id"])
        self._keep(made, participant_id=("ParticipantId",), participant_token=("ParticipantToken",))

    def adopt(self, start: Exchange, connection: Exchange | None = None) -> None:
        """Take over a chat that was started by `start` and, maybe, connected to by `connection`."""
        self._keep_started(start)
        if connection is not None:
            self._keep(connection, connection_token=("ConnectionCredentials", "ConnectionToken"))

    def connect(self) -> None:
        """Connect the participant and keep its connection token."""
        made = self.call(
            "CreateParticipantConnection",
            {
                "ParticipantToken": self["participant_token"],
                "Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"],
            },
        )
        self._calls.join(made.members)
        self._keep(made, connection_token=("ConnectionCredentials", "ConnectionToken"))

    def say(self) -> None:
        """Send a message, keep its id and time, and wait until the transcript has it: requests name it there.

        It has it when two reads in a row show it. One may come from a replica that is ahead of the others.
        """
        made = self.call(
            "SendMessage",
            {
                "ConnectionToken": self["connection_token"],
                "ContentType": "text/plain",
                "Content": "Hello",
            },
        )
        self._keep(made, message_id=("Id",), message_time=("AbsoluteTime",))
        reading = to_request(operation("GetTranscript"), {"ConnectionToken": self["connection_token"]})
        self._until(lambda: self._shows_message(reading) and self._shows_message(reading))

    def _shows_message(self, reading: Request) -> bool | None:
        return shown(self._calls.send(reading), self._made["message_id"])

    def call_by_webrtc(self) -> None:
        """Start a call and keep its participant's token."""
        made = self.call(
            "StartWebRTCContact",
            {
                "InstanceId": self["instance_id"],
                "ContactFlowId": self["contact_flow_id"],
                "ParticipantDetails": {"DisplayName": "Ann"},
                "ClientToken": str(uuid.uuid4()),
            },
        )
        self._keep(made, webrtc_contact_id=("ContactId",))
        self._contacts.leased.add(self._made["webrtc_contact_id"])
        self._keep(made, webrtc_participant_token=("ParticipantToken",))

    def end_another(self) -> None:
        """Start another contact and stop it again, for requests that speak of an ended one."""
        other = Conversation(self._calls, self._contacts, self._given, self._until)
        self._made["ended_contact_id"] = other["contact_id"]
        other.close()

    def turn_page(self) -> None:
        """Fetch one item of at least two, and keep the token that leads to the rest."""
        self.say()
        self.say()
        made = self.call("GetTranscript", {"ConnectionToken": self["connection_token"], "MaxResults": 1})
        self._keep(made, next_token=("NextToken",))

    def upload(self) -> str:
        """Upload a small attachment, not completed yet. Returns its id."""
        content = b"hello"
        made = self.call(
            "StartAttachmentUpload",
            {
                "ConnectionToken": self["connection_token"],
                "ContentType": "text/plain",
                "AttachmentSizeInBytes": len(content),
                "AttachmentName": "note.txt",
                "ClientToken": str(uuid.uuid4()),
            },
        )
        self._keep(made, upload_id=("AttachmentId",), upload_url=("UploadMetadata", "Url"))
        self._calls.put(self._made["upload_url"], headers_to_include(made.members), content)
        self.count_upload()
        return self._made["upload_id"]

    def use_up(self, name: str) -> None:
        """Take down that a call has used up the resource called `name`: another is made when it is needed again."""
        self._made.pop(name, None)

    def count_upload(self) -> None:
        """Take down that an upload was started: an endpoint may count those that are never completed, too."""
        self.uploads += 1

    def attach(self) -> None:
        """Upload and complete an attachment, and wait until the endpoint returns it: GetAttachment is asynchronous."""
        attachment = self.upload()
        self.call(
            "CompleteAttachmentUpload",
            {
                "ConnectionToken": self["connection_token"],
                "AttachmentIds": [attachment],
                "ClientToken": str(uuid.uuid4()),
            },
        )
        self._made["attachment_id"] = attachment
        fetching = {"ConnectionToken": self["connection_token"], "AttachmentId": attachment}
        request = to_request(operation("GetAttachment"), fetching)
        self._until(lambda: settled(self._calls.send(request)))

    def stream(self) -> str:
        """Start streaming on the contact. Returns the streaming id."""
        made = self.call(
            "StartContactStreaming",
            {
                "InstanceId": self["instance_id"],
                "ContactId": self["contact_id"],
                "ChatStreamingConfiguration": {"StreamingEndpointArn": self["streaming_endpoint_arn"]},
                "ClientToken": str(uuid.uuid4()),
            },
        )
        self._keep(made, streaming_id=("StreamingId",))
        return self._made["streaming_id"]

    def close(self) -> None:
        """Stop the contact and the call, if any was started."""
        for contact in self._started():
            self._contacts.release(contact)

    def use(self) -> None:
        """Take note that the examination at work goes on with this conversation."""
        for contact in self._started():
            self._contacts.use(contact)

    def _started(self) -> list[str]:
        return [self._made[name] for name in ("contact_id", "webrtc_contact_id") if name in self._made]


def _lacking(made: Exchange, path: tuple[str, ...]) -> str:
    """What is wrong with a reply that has no text at `path`."""
    other = not_an_object(made.response) if made.response is not None else None
    return f"is {other}" if other else lacking(made.members, path)


# Who makes a resource that lasts as long as its conversation.
_MADE_BY: Mapping[str, Callable[[Conversation], None]] = {
    "contact_id": Conversation.start,
    "participant_id": Conversation.start,
    "participant_token": Conversation.start,
    "connection_token": Conversation.connect,
    "message_id": Conversation.say,
    "message_time": Conversation.say,
    "next_token": Conversation.turn_page,
    "attachment_id": Conversation.attach,
    "ended_contact_id": Conversation.end_another,
    "webrtc_participant_token": Conversation.call_by_webrtc,
}
# Who makes a resource that a successful request uses up.
_ONCE: Mapping[str, Callable[[Conversation], str]] = {
    "uploaded_attachment_id": Conversation.upload,
    "streaming_id": Conversation.stream,
}


def settled(fetched: Exchange) -> bool | None:
    """True once the wait for an attachment is over, else None: it is returned, denied, or the endpoint returns none."""
    standing = finding(operation("GetAttachment"), fetched).standing
    denied = fetched.response is not None and fetched.response.status == FORBIDDEN
    return True if denied or standing in (Standing.WORKS, Standing.UNSUPPORTED) else None


def shown(fetched: Exchange, message: str) -> bool | None:
    """True once the wait for `message` in the transcript is over, else None: it is there, or no transcript came."""
    if fetched.response is None or not fetched.response.succeeded:
        return True
    items = fetched.members.get("Transcript")
    listed = items if isinstance(items, list) else []
    return True if any(isinstance(item, Mapping) and item.get("Id") == message for item in listed) else None


def headers_to_include(started: Mapping[str, Any]) -> dict[str, str]:
    """The headers that a reply of StartAttachmentUpload requires; none where it has no object of them."""
    metadata = started.get("UploadMetadata")
    headers = metadata.get("HeadersToInclude") if isinstance(metadata, Mapping) else None
    return {str(name): str(value) for name, value in headers.items()} if isinstance(headers, Mapping) else {}
