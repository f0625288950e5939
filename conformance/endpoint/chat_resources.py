"""What requests about one chat need: its tokens, a message, an attachment, a stream.

A value is made when it is first asked for, by the calls that a client would make. What cannot be made raises
`SetupFailed`, which is never the fault of the request under test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conformance.contract.model import operation
from conformance.contract.operation_traits import ENDING, TRAITS, USED_UP
from conformance.contract.resources import CLIENT_TOKEN, fill_in
from conformance.contract.wire import Exchange, Request, to_request
from conformance.endpoint.chat_member import ChatCalls, ChatMember, text_of
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.endpoint.probe import FORBIDDEN, Standing, finding

FILE = b"hello"  # the content of an uploaded attachment, as long as the plain StartAttachmentUpload says
UPLOADING = "StartAttachmentUpload"


class ChatResources(Mapping[str, str]):
    """A chat of `member`, or a new one that is started at the first need, and what is made in it.

    Everything else that is asked for is an option of the run. `spent` counts the successes of each operation, which a
    chat bears only so often. `over` says that nothing may be sent in it any more: it was ended, or is at fault.
    `only_to_end` says that it is no plain one and fits only what ends a chat.
    """

    def __init__(self, calls: ChatCalls, member: ChatMember[Any] | None = None) -> None:
        self.calls = calls
        self._member = member
        self._made: dict[str, str] = {}
        self._failed: dict[str, SetupFailed] = {}
        self.spent = Counter[str]()
        self.over = self.only_to_end = False

    @property
    def member(self) -> ChatMember[Any]:
        """The participant whose chat it is. Raises SetupFailed where no chat can be started."""
        if self._member is None:
            self._member = self.calls.new_chat()
        return self._member

    def __getitem__(self, name: str) -> str:
        if name in self._failed:
            raise self._failed[name].with_traceback(None)  # else it grows with each time that it is raised
        try:
            return self._value(name)
        except SetupFailed as failed:  # remembered, so that it is not paid for again and again
            if name not in USED_UP.values():
                self._failed[name] = failed
            raise

    def _value(self, name: str) -> str:
        if name in _OF_MEMBER:
            return _OF_MEMBER[name](self)
        if name not in _MADE_BY:
            return self.calls.option(name)
        if name not in self._made:
            self._made[name] = _MADE_BY[name](self)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*_OF_MEMBER, *_MADE_BY))

    def __len__(self) -> int:
        return len(_OF_MEMBER) + len(_MADE_BY)

    def plain(self, name: str, /, **members: Any) -> Request:
        """The plainest request of operation `name` with `members` added to its own or replacing them.

        Raises SetupFailed where the endpoint refused what it needs, MissingOption where its owner did not give it.
        """
        return to_request(operation(name), fill_in({**TRAITS[name].plain, **members}, self))

    def perform(self, name: str, /, **members: Any) -> Exchange:
        """Make the plainest call of operation `name`. Raises SetupFailed where it does not succeed."""
        exchange = self.calls.send(self.plain(name, **members))
        usable_reply(exchange)
        return exchange

    def count(self, succeeded: str) -> None:
        """Count a success of operation `succeeded` in this chat. What it has used up is made again when needed.

        An endpoint may count uploads that are never completed, too.
        """
        self.spent[succeeded] += 1
        self.over = self.over or succeeded in ENDING
        self._made.pop(USED_UP.get(succeeded, ""), None)

    @property
    def uploads(self) -> int:
        """How many uploads were started in the chat."""
        return self.spent[UPLOADING]

    def bears(self, name: str, times: int) -> bool:
        """Whether the chat takes one more success of operation `name`, where `times` of them use it up."""
        fits = name in ENDING or not self.only_to_end
        return fits and not self.over and self.spent[name] < times

    def say(self) -> str:
        """Send a message and wait until the transcript has it: requests name it there. Returns its id.

        One read may come from a replica that is ahead of the others: all of them are to have it.
        """
        sent = self.perform("SendMessage")
        message = self._made["message_id"] = text_of(sent, "Id")
        self._made["message_time"] = text_of(sent, "AbsoluteTime")
        reading = self.plain("GetTranscript")

        def is_shown() -> bool | None:
            return ends_wait_for_message(self.calls.send(reading), message)

        if self.calls.until(is_shown):
            self.calls.settle(is_shown, sent.started)
        return message

    def say_for_time(self) -> str:
        """Send a message as `say` does. Returns its time."""
        self.say()
        return self._made["message_time"]

    def turn_page(self) -> str:
        """Fetch one item of at least two. Returns the token that leads to the rest."""
        self.say()
        self.say()
        return text_of(self.perform("GetTranscript", MaxResults=1), "NextToken")

    def upload(self) -> str:
        """Upload an attachment without completing it. Returns its id."""
        started = self.perform(UPLOADING)
        put_file(self.calls, started)
        self.count(UPLOADING)
        return text_of(started, "AttachmentId")

    def attach(self) -> str:
        """Upload and complete an attachment, and wait until the endpoint returns it, which is asynchronous.

        Returns its id.
        """
        attachment = self.upload()
        self.perform("CompleteAttachmentUpload", AttachmentIds=[attachment])
        fetching = self.plain("GetAttachment", AttachmentId=attachment)
        self.calls.until(lambda: ends_wait_for_attachment(self.calls.send(fetching)))
        return attachment

    def stream(self) -> str:
        """Start streaming on the contact. Returns the streaming id."""
        return text_of(self.perform("StartContactStreaming"), "StreamingId")

    def call_by_webrtc(self) -> str:
        """Start a call that has a description. Returns its participant's token."""
        started = self.perform("StartWebRTCContact", ClientToken=CLIENT_TOKEN, Description="A lost order")
        contact = self._made["webrtc_contact_id"] = text_of(started, "ContactId")
        self.calls.require_new(started)
        self.calls.keep_open(contact)
        return text_of(started, "ParticipantToken")

    def call_id(self) -> str:
        """Start the call, unless it was started. Returns its contact."""
        if "webrtc_participant_token" not in self._made:
            self._made["webrtc_participant_token"] = self.call_by_webrtc()
        return self._made["webrtc_contact_id"]

    def end_another(self) -> str:
        """Start another contact and stop it again, for requests that name an ended one. Returns its id."""
        other = ChatResources(self.calls)
        ended = other["contact_id"]
        other.close()
        return ended

    @property
    def contacts(self) -> list[str]:
        """The contacts of the chat and of the call, as far as they were started."""
        made = [self._member.contact_id] if self._member is not None else []
        return made + [self._made[name] for name in ("webrtc_contact_id",) if name in self._made]

    def close(self) -> None:
        """Stop the contact and the call, if any was started."""
        for contact in self.contacts:
            self.calls.release(contact)


_OF_MEMBER: Mapping[str, Callable[[ChatResources], str]] = {
    "contact_id": lambda own: own.member.contact_id,
    "participant_id": lambda own: own.member.participant_id,
    "participant_token": lambda own: own.member.participant_token,
    "connection_token": lambda own: own.member.connection_token,
}
_MADE_BY: Mapping[str, Callable[[ChatResources], str]] = {
    "message_id": ChatResources.say,
    "message_time": ChatResources.say_for_time,
    "next_token": ChatResources.turn_page,
    "uploaded_attachment_id": ChatResources.upload,
    "attachment_id": ChatResources.attach,
    "streaming_id": ChatResources.stream,
    "ended_contact_id": ChatResources.end_another,
    "webrtc_participant_token": ChatResources.call_by_webrtc,
    "webrtc_contact_id": ChatResources.call_id,
}


def put_file(calls: ChatCalls, started: Exchange) -> None:
    """Upload FILE as a reply of StartAttachmentUpload says. What the endpoint answers shows when it is completed.

    Raises SetupFailed for a URL that may not be followed and for a transfer that breaks off.
    """
    calls.fetch("PUT", text_of(started, "UploadMetadata", "Url"), headers_to_include(started.members), FILE)


def ends_wait_for_attachment(fetched: Exchange) -> bool | None:
    """True once the wait for an attachment is over, else None: it is returned, denied, or the endpoint returns none."""
    standing = finding(operation("GetAttachment"), fetched).standing
    denied = fetched.response is not None and fetched.response.status == FORBIDDEN
    return True if denied or standing in (Standing.WORKS, Standing.UNSUPPORTED) else None


def ends_wait_for_message(fetched: Exchange, message: str) -> bool | None:
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
