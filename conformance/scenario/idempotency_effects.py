"""The effects of operations with a ClientToken: how they are named, distinguished and counted.

Counting looks at the transcript, where an effect shows to those whom it concerns. Only what one participant sent is
counted, because a bot may lawfully repeat a text.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.content_types import EVENT, MARKDOWN, TEXT
from conformance.contract.limits import ATTACHMENTS, MESSAGE_BYTES
from conformance.contract.resources import RECEIPT, Resource
from conformance.contract.wire import Exchange
from conformance.scenario.claim import Claim
from conformance.scenario.participants import Participant, objects_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items

Members = Mapping[str, Any]

# How often a test makes other effects than the one under test: contacts are costly, the others are limited in a chat.
MANY = 101
FEW_EVENTS = 21
FEW_CONTACTS = 21
FEW_UPLOADS = ATTACHMENTS - 2
FEW_ITEMS = 9  # with an attachment, each of which takes three requests
FEW_PARTICIPANTS = 4  # of 6, the customer among them


def most_by_one_sender(items: Items, content: str) -> int:
    """How often one participant sent `content`: the most of any participant."""
    senders = Counter(str(item.get("ParticipantId")) for item in items if item.get("Content") == content)
    return max(senders.values(), default=0)


@dataclass(frozen=True, slots=True)
class OperationEffect:
    """What a call of one operation makes.

    `gives` are the members of its reply that a repetition returns again; the first distinguishes the effects.
    `private` are the members (dotted) that nobody else may get. `caller` makes who calls, None for the account;
    `alone` says that a caller can do it only once, `most` how often a test may do it in addition to others.
    `own` are members that identify the effect. `text` is what a transcript shows of it, if anything, and `shown`
    counts that. `refused` judges a second call with another token, where the effect cannot happen twice. `changes` are
    other parameters, `wrong` those that are refused, `forms` members of calls that are repeated like the plainest one,
    where an endpoint accepts them.
    """

    noun: str
    gives: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    caller: Callable[[Scenario], Participant | None] = lambda _: None
    alone: bool = False
    most: int = MANY
    own: Callable[[], Members] = dict
    text: Callable[[Members], str] | None = None
    shown: Callable[[Items, str], int] = most_by_one_sender
    refused: Callable[[Claim, Exchange, str], None] | None = None
    changes: tuple[Members, ...] = ()
    wrong: tuple[Members, ...] = ()
    forms: tuple[Members, ...] = ()


def unique_text() -> str:
    """A text that nobody else sends."""
    return f"Once {uuid.uuid4()} {_EMOJI}"


def first_message() -> Members:
    """The member with which a new chat sends a text."""
    return {"InitialMessage": {"ContentType": "text/plain", "Content": unique_text()}}


def count_attachment(items: Items, attachment: str) -> int:
    """How many items hold an attachment."""
    return sum(attachment in [part.get("AttachmentId") for part in objects_at(item, "Attachments")] for item in items)


def _conflict(claim: Claim, exchange: Exchange, sent: str) -> None:
    claim.failure(exchange, sent, status=409, types=("ConflictException",))


def _customer(scenario: Scenario) -> Participant:
    return scenario.chat()


def _customer_alone(scenario: Scenario) -> Participant:
    return scenario.chat(alone=True)


def _customer_who_uses_it_up(scenario: Scenario) -> Participant:
    return scenario.spendable_chat()


def _customer_who_fills_it(scenario: Scenario) -> Participant:
    return scenario.spendable_chat(alone=True)


_TOO_MANY_BYTES = {"Attributes": {"a": "v" * 20_000, "b": "v" * 20_000}}  # the documents allow 32,768
_NOBODY = "00000000-0000-4000-8000-000000000000"
_NO_FLOW = {"ContactFlowId": _NOBODY}
_NO_BEARER = {"ConnectionToken": "garbage"}
_NAMELESS = {"ParticipantDetails": {"DisplayName": ""}}
_RECEIPTS = ("read", "delivered")
_OF_NO_MESSAGE = {"ContentType": f"{EVENT}.message.read", "Content": '{"messageId":"00000000"}'}
_WITH_ATTRIBUTES = {"Attributes": {"one": "1", "two": "2"}}
_EMOJI = "\N{GRINNING FACE}"
_LONGEST = _EMOJI * (MESSAGE_BYTES // len(_EMOJI.encode()))
_OTHER_NAME = {"ParticipantDetails": {"DisplayName": "Bea"}}
_OTHER_MESSAGE = {"ContentType": "text/plain", "Content": "Another text"}
_CONTACT = ("ContactId", "ParticipantId")

EFFECTS: Mapping[str, OperationEffect] = {
    "StartChatContact": OperationEffect(
        "first message",
        gives=_CONTACT,
        private=(*_CONTACT, "ParticipantToken"),
        own=first_message,
        text=lambda members: str(members["InitialMessage"]["Content"]),
        changes=(_OTHER_NAME, {"Attributes": {"one": "other"}}, {"InitialMessage": _OTHER_MESSAGE}),
        wrong=(_NAMELESS, _TOO_MANY_BYTES, _NO_FLOW, {"SupportedMessagingContentTypes": ["text/markdown"]}),
        forms=(_WITH_ATTRIBUTES, {"SupportedMessagingContentTypes": [TEXT, MARKDOWN], "ChatDurationInMinutes": 60}),
        most=FEW_CONTACTS,
    ),
    "StartWebRTCContact": OperationEffect(
        "contact",
        gives=_CONTACT,
        private=(*_CONTACT, "ParticipantToken"),
        changes=(_OTHER_NAME, {"Attributes": {"one": "other"}}, {"Description": "Another"}),
        wrong=(_NAMELESS, _TOO_MANY_BYTES, _NO_FLOW),
        forms=(
            _WITH_ATTRIBUTES,
            {"Description": "A call", "References": {"order": {"Type": "STRING", "Value": "A-1"}}},
        ),
        most=FEW_CONTACTS,
    ),
    "CreateParticipant": OperationEffect(
        "participant",
        gives=("ParticipantId",),
        private=("ParticipantId", "ParticipantCredentials.ParticipantToken"),
        caller=_customer_who_fills_it,
        most=FEW_PARTICIPANTS,
        changes=({"ParticipantDetails": {"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Other"}},),
        wrong=({"ParticipantDetails": {"ParticipantRole": "CUSTOMER", "DisplayName": "Bea"}}, {"ContactId": _NOBODY}),
    ),
    "StartContactStreaming": OperationEffect(
        "streaming",
        gives=("StreamingId",),
        private=("StreamingId",),
        caller=_customer_who_uses_it_up,
        alone=True,
        changes=(
            {"ChatStreamingConfiguration": {"StreamingEndpointArn": Resource("streaming_endpoint_arn", "{}-other")}},
        ),
        wrong=({"ContactId": _NOBODY},),
    ),
    "SendMessage": OperationEffect(
        "message",
        gives=("Id", "AbsoluteTime"),
        private=("Id",),
        caller=_customer,
        own=lambda: {"Content": unique_text()},
        text=lambda members: str(members["Content"]),
        changes=({"Content": "Another text"},),
        forms=({"Content": _LONGEST},),
        wrong=(
            {"Content": ""},
            {"Content": _LONGEST + _EMOJI},
            {"ContentType": "text/markdown"},
            _NO_BEARER,
        ),
    ),
    "SendEvent": OperationEffect(
        "event",
        gives=("Id", "AbsoluteTime"),
        private=("Id",),
        caller=_customer_alone,
        most=FEW_EVENTS,
        changes=({"ContentType": f"{EVENT}.message.read", "Content": RECEIPT},),
        wrong=({"ContentType": ""}, {"ContentType": f"{EVENT}.unknown"}, _OF_NO_MESSAGE, _NO_BEARER),
        forms=tuple({"ContentType": f"{EVENT}.message.{receipt}", "Content": RECEIPT} for receipt in _RECEIPTS),
    ),
    "StartAttachmentUpload": OperationEffect(
        "upload",
        gives=("AttachmentId",),
        private=("AttachmentId", "UploadMetadata.Url"),
        caller=_customer,
        most=FEW_UPLOADS,
        changes=({"AttachmentName": "other.txt"}, {"AttachmentSizeInBytes": 6}),
        wrong=({"AttachmentSizeInBytes": 0}, {"AttachmentName": ""}, {"ContentType": "no/type"}, _NO_BEARER),
        forms=({"AttachmentName": f"{_EMOJI} \u00e9.txt"},),
    ),
    "CompleteAttachmentUpload": OperationEffect(
        "item with the attachment",
        caller=_customer,
        most=FEW_ITEMS,
        text=lambda members: str(members["AttachmentIds"][0]),
        shown=count_attachment,
        refused=_conflict,
        wrong=({"AttachmentIds": [_NOBODY]},),
    ),
    "DisconnectParticipant": OperationEffect(
        "leaving", caller=_customer_who_uses_it_up, alone=True, refused=Claim.denial, wrong=(_NO_BEARER,)
    ),
}
