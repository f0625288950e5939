"""What the suite knows of each covered operation beyond its model: one table, from which every list is read.

A new operation begins with a row here. Every part of the suite gets its list of "the operations that
..." from `names_where`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.content_types import EVENT, TEXT
from conformance.contract.resources import (
    CLIENT_TOKEN,
    CONNECTION,
    CONTACT,
    FLOW,
    INSTANCE,
    SESSION,
    STREAM,
    TOPIC,
    UPLOAD,
    Resource,
)

Members = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HandedUrl:
    """A URL in a reply that a client follows: what it is of, in words, and the path of its member."""

    kind: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperationTraits:
    """How one operation behaves, by its documents.

    `plain` are the members of its plainest valid request. `rich` are members to add, so that its replies hold as many
    documented members as can be had.

    `opens_contact`, `adds_item` and `reads` say what a success does: open a contact, add an item to the transcript, or
    change nothing. `ends` says that it ends what other calls need: a contact, a participant or a sign-in.
    `chat_bears` is how many plain successes a chat bears, None where their number does not matter. `uses_up` is the
    resource that a success uses up; the chat can have another one.

    `owner_decides` says that the plain request may lawfully be refused: it depends on what the endpoint's owner has
    set up. `tokens` are output members (dotted) that hold a bearer token, `url` is a URL that the reply hands out.
    """

    plain: Members
    rich: tuple[Members, ...] = ()
    opens_contact: bool = False
    adds_item: bool = False
    reads: bool = False
    ends: bool = False
    chat_bears: int | None = None
    uses_up: Resource | None = None
    owner_decides: bool = False
    tokens: tuple[str, ...] = ()
    url: HandedUrl | None = None


PLAIN_START: Members = {"InstanceId": INSTANCE, "ContactFlowId": FLOW, "ParticipantDetails": {"DisplayName": "Ann"}}
STREAMING: Members = {"StreamingEndpointArn": TOPIC}
_OF_CONTACT: Members = {"InstanceId": INSTANCE, "ContactId": CONTACT}
_OF_INITIAL_CONTACT: Members = {"InstanceId": INSTANCE, "InitialContactId": CONTACT}
_CONNECTED: Members = {"ConnectionToken": CONNECTION}
_BOT: Members = {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}

TRAITS: Mapping[str, OperationTraits] = {
    "StartChatContact": OperationTraits(
        PLAIN_START,
        rich=(
            {"ConnectionTypes": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
            {"ChatStreamingConfiguration": STREAMING},
        ),
        opens_contact=True,
        owner_decides=True,
        tokens=("ParticipantToken", "ConnectionCredentials.ConnectionToken"),
    ),
    "StartWebRTCContact": OperationTraits(
        PLAIN_START, opens_contact=True, owner_decides=True, tokens=("ParticipantToken",)
    ),
    "StopContact": OperationTraits(_OF_CONTACT, ends=True, chat_bears=1),
    "DescribeContact": OperationTraits(_OF_CONTACT, rich=({"ContactId": Resource("webrtc_contact_id")},), reads=True),
    "CreateParticipant": OperationTraits(
        {**_OF_CONTACT, "ParticipantDetails": _BOT},
        chat_bears=4,  # of the six participants that a chat holds at once
        tokens=("ParticipantCredentials.ParticipantToken",),
    ),
    "GetContactAttributes": OperationTraits(_OF_INITIAL_CONTACT, reads=True),
    "UpdateContactAttributes": OperationTraits(
        {**_OF_INITIAL_CONTACT, "Attributes": {"k": "v"}},
        chat_bears=30,  # each replaces attributes that others see
    ),
    "StartContactStreaming": OperationTraits(
        {**_OF_CONTACT, "ChatStreamingConfiguration": STREAMING, "ClientToken": CLIENT_TOKEN},
        chat_bears=1,
        owner_decides=True,
    ),
    "StopContactStreaming": OperationTraits({**_OF_CONTACT, "StreamingId": STREAM}, uses_up=STREAM, owner_decides=True),
    "CreateParticipantConnection": OperationTraits(
        {"ParticipantToken": Resource("participant_token"), "Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
        rich=({"ParticipantToken": Resource("webrtc_participant_token"), "Type": ["WEBRTC_CONNECTION"]},),
        tokens=("ConnectionCredentials.ConnectionToken",),
        url=HandedUrl("web socket", ("Websocket", "Url")),
    ),
    "SendMessage": OperationTraits({**_CONNECTED, "ContentType": TEXT, "Content": "Hello"}, adds_item=True),
    "SendEvent": OperationTraits({**_CONNECTED, "ContentType": f"{EVENT}.typing"}, adds_item=True),
    "GetTranscript": OperationTraits(_CONNECTED, rich=({"MaxResults": 100}, {"MaxResults": 1}), reads=True),
    "DisconnectParticipant": OperationTraits(_CONNECTED, ends=True, chat_bears=1),
    "StartAttachmentUpload": OperationTraits(
        {
            **_CONNECTED,
            "ContentType": TEXT,
            "AttachmentSizeInBytes": 5,
            "AttachmentName": "note.txt",
            "ClientToken": CLIENT_TOKEN,
        },
        owner_decides=True,
        url=HandedUrl("upload", ("UploadMetadata", "Url")),
    ),
    "CompleteAttachmentUpload": OperationTraits(
        {**_CONNECTED, "AttachmentIds": [UPLOAD], "ClientToken": CLIENT_TOKEN},
        adds_item=True,
        uses_up=UPLOAD,
        owner_decides=True,
    ),
    "GetAttachment": OperationTraits(
        {**_CONNECTED, "AttachmentId": Resource("attachment_id")},
        reads=True,
        owner_decides=True,
        url=HandedUrl("download", ("Url",)),
    ),
    "DescribeView": OperationTraits(
        {**_CONNECTED, "ViewToken": Resource("view_token")}, reads=True, owner_decides=True
    ),
    "GetAuthenticationUrl": OperationTraits(
        {**_CONNECTED, "SessionId": SESSION, "RedirectUri": "https://example.com/signed-in"}, owner_decides=True
    ),
    "CancelParticipantAuthentication": OperationTraits(
        {**_CONNECTED, "SessionId": SESSION}, ends=True, owner_decides=True
    ),
}


def names_where(has: Callable[[OperationTraits], object]) -> tuple[str, ...]:
    """The names of the operations whose traits `has` finds true, in the order of the table."""
    return tuple(name for name, traits in TRAITS.items() if has(traits))


STARTING = frozenset(names_where(lambda traits: traits.opens_contact))
# Which resource a success uses up.
USED_UP: Mapping[str, str] = {name: traits.uses_up.name for name, traits in TRAITS.items() if traits.uses_up}
# Operations whose success uses up the chat or counts against it, and how many plain successes one bears.
CONSUMING: Mapping[str, int] = {name: traits.chat_bears for name, traits in TRAITS.items() if traits.chat_bears}
# Operations whose success ends the chat.
ENDING = frozenset(names_where(lambda traits: traits.ends and traits.chat_bears))
