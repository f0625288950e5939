"""Plain valid values of members, and what optional members need.

A key or pattern is a glob of operation and member, as in `*.NextToken`; of those that match the first counts. A
`Resource` is filled in when the request is sent. What is valid comes from the contract and the documents' examples.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, MARKDOWN, READ, TEXT
from conformance.contract.model import Kind, Member, Operation
from conformance.contract.operation_traits import STARTING, STREAMING, TRAITS
from conformance.contract.resources import CLIENT_TOKEN, CONTACT, RECEIPT, Resource

# Plain values of members for which the limits of the model alone do not tell a valid one.
EXAMPLES: Mapping[str, Any] = {
    # One byte each: beside a key or value of the longest length there is room for one byte.
    "*.Attributes.key": "k",
    "*.Attributes.value": "v",
    "*.InitialMessage": {"ContentType": TEXT, "Content": "Hello"},
    "*.SupportedMessagingContentTypes": [TEXT, MARKDOWN],
    "*.SupportedMessagingContentTypes.member": TEXT,
    "*.PersistentChat": {"RehydrationType": "FROM_SEGMENT", "SourceContactId": Resource("ended_contact_id")},
    "*.RelatedContactId": CONTACT,
    "*.SegmentAttributes.key": "connect:Subtype",
    "StartWebRTCContact.SegmentAttributes.value": {"ValueString": "connect:WebRTC"},
    "StartChatContact.SegmentAttributes.value": {"ValueString": "connect:Guide"},
    "*.ValueMap.key": "connect:Subtype",
    "*.ValueMap.value": {"ValueString": "connect:Guide"},
    "*.ValueList.member": {"ValueString": "connect:Guide"},
    "*.ConnectionTypes": ["CONNECTION_CREDENTIALS"],
    "*.ChatStreamingConfiguration": STREAMING,
    "*.References.key": "order",
    "*.References.value": {"Type": "STRING", "Value": "A-1"},
    "*.ClientToken": CLIENT_TOKEN,
    "SendEvent.Content": RECEIPT,
    "GetTranscript.ContactId": CONTACT,
    "GetTranscript.NextToken": Resource("next_token"),
    "GetTranscript.StartPosition": {"MostRecent": 5},
    "GetTranscript.StartPosition.Id": Resource("message_id"),
    "GetTranscript.StartPosition.AbsoluteTime": Resource("message_time"),
    "GetTranscript.StartPosition.MostRecent": 5,
    "CompleteAttachmentUpload.AttachmentIds.member": Resource("uploaded_attachment_id"),
    "StopContact.DisconnectReason": {"Code": "OTHERS"},
}

# Other members that a member goes with, so that a request holds together.
COMPANIONS: Mapping[str, Mapping[str, Any]] = {
    "StartChatContact.SegmentAttributes": {
        "SupportedMessagingContentTypes": [TEXT, INTERACTIVE, INTERACTIVE_RESPONSE],
    },
    "GetTranscript.ScanDirection": {"StartPosition": {"MostRecent": 5}},
    "*.NextToken": {"MaxResults": 1},
    "SendEvent.Content": {"ContentType": READ},
    "CreateParticipantConnection.Type.member": {"Type": ["CONNECTION_CREDENTIALS"]},
}

# What else a request needs where an optional member is absent: a connection that asks for nothing may be refused.
INSTEAD: Mapping[str, Mapping[str, Any]] = {"CreateParticipantConnection.Type": {"ConnectParticipant": True}}

# Siblings that a value of a member goes with: a reference's Value has the form that its Type names.
FITTING: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "StartWebRTCContact.References.value.Type": {
        "URL": {"Value": "https://example.com/order"},
        "NUMBER": {"Value": "42"},
        "STRING": {"Value": "A-1"},
        "DATE": {"Value": "1763683200"},
        "EMAIL": {"Value": "ann@example.com"},
    },
}

# Optional members whose acceptance depends on the account, an outside resource or time, so that a request with
# them may lawfully be refused on an endpoint that keeps every promise.
CONDITIONAL = (
    "StartChatContact.ChatDurationInMinutes",
    "StartChatContact.PersistentChat*",
    "StartChatContact.ChatStreamingConfiguration*",
    "StartChatContact.SegmentAttributes.value.Value[!S]*",
    "StartWebRTCContact.SegmentAttributes.value.Value[!S]*",
    "StartWebRTCContact.References.value.Arn",
    "CreateParticipant.ParticipantDetails.ParticipantCapabilities*",
    "StopContact.DisconnectReason*",
    "SendEvent.Content",
    "*.NextToken",
)

# Members that the documents ask for although the model does not require them.
NEEDED = (
    "CreateParticipant.ParticipantDetails.ParticipantRole",
    "*.SegmentAttributes.value.ValueString",
)
# Structures whose members stand in for each other, so that one without any of them means nothing.
CHOICES = ("GetTranscript.StartPosition", "*.SegmentAttributes.value", "CreateParticipant.ParticipantDetails")


def is_choice(dotted: str) -> bool:
    """Whether the structure at `dotted`, the operation's name first, says nothing without any of its members."""
    return any(fnmatchcase(dotted, pattern) for pattern in CHOICES)


def is_needed(operation: str, path: str) -> bool:
    """Whether the documents ask for the member at `path` although the model does not require it."""
    return any(fnmatchcase(f"{operation}.{path}", pattern) for pattern in NEEDED)


def is_conditional(operation: str, path: str) -> bool:
    """Whether acceptance of the member at `path` depends on more than the request."""
    return any(fnmatchcase(f"{operation}.{path}", pattern) for pattern in CONDITIONAL)


def plain_arguments(operation: Operation) -> dict[str, Any]:
    """The plainest valid arguments of `operation`, resources not filled in."""
    return copy.deepcopy(dict(TRAITS[operation.name].plain))


def traceable(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`arguments` with a fresh ClientToken where `operation` starts a contact and they name none.

    By its ClientToken a contact is found again where the reply to its start was never seen.
    """
    return {"ClientToken": CLIENT_TOKEN, **arguments} if operation.name in STARTING else dict(arguments)


def _first(table: Mapping[str, Any], operation: Operation, path: str) -> Any:
    """A copy of what `table` has for the member at `path`, None where it has nothing."""
    dotted = f"{operation.name}.{path}"
    return copy.deepcopy(next((value for pattern, value in table.items() if fnmatchcase(dotted, pattern)), None))


def companions_of(operation: Operation, path: str) -> Mapping[str, Any]:
    """The other members that the member at `path` goes with."""
    return _first(COMPANIONS, operation, path) or {}


def members_instead_of(operation: Operation, path: str) -> Mapping[str, Any]:
    """The members that a request needs which lacks the optional one at `path`."""
    return _first(INSTEAD, operation, path) or {}


def fitting_siblings(operation: Operation, path: str) -> Mapping[str, Mapping[str, Any]]:
    """The siblings that each value of the member at `path` goes with."""
    return _first(FITTING, operation, path) or {}


def example(operation: Operation, member: Member) -> Any:
    """A plain valid value for `member`."""
    if (value := _first(EXAMPLES, operation, member.dotted)) is not None:
        return value
    if member.enum:
        return member.enum[0]
    return _BY_KIND[member.kind](operation, member)


def _structure(operation: Operation, member: Member) -> dict[str, Any]:
    needed = [m for m in member.members if m.required] or list(member.members[:1])
    return {m.name: example(operation, m) for m in needed}


def _map(operation: Operation, member: Member) -> dict[str, Any]:
    return {example(operation, member.child("key")): example(operation, member.child("value"))}


_BY_KIND = {
    Kind.STRING: lambda _, member: "a" * max(1, int(member.minimum or 1)),
    Kind.INTEGER: lambda _, member: int(member.minimum or 1),
    Kind.LONG: lambda _, member: int(member.minimum or 1),
    Kind.BOOLEAN: lambda *_: True,
    Kind.STRUCTURE: _structure,
    Kind.LIST: lambda operation, member: [example(operation, member.child("member"))],
    Kind.MAP: _map,
}
