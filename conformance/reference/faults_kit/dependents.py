"""What else turns red when a member of a reply is wrong: promises that can only be seen to be kept by that member.

An id that is another one each time it is told hides the message that it names: the transcript then lacks it, and
whatever was promised about it. No document says which promises these are; the scenarios of the suite tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_ATTACHED = ("CompleteAttachmentUpload.effect.*", "CompleteAttachmentUpload.ClientToken.*")
_UPLOADED = (
    "CompleteAttachmentUpload.bearer.own-chat-only",
    "StartAttachmentUpload.ClientToken.*",
    "StartAttachmentUpload.upload.*",
)
_FOUND_BY_ID = (
    "CreateParticipant.transcript.shared",
    "GetTranscript.ContactId.own",
    "GetTranscript.NextToken.*",
    "GetTranscript.ScanDirection.*",
    "GetTranscript.SortOrder.*",
    "GetTranscript.StartPosition.*",
    "GetTranscript.Transcript.*",
    "SendMessage.ClientToken.*",
    "StartChatContact.ConnectionTypes.token-works",
    "Surfaces.*",
    "StartChatContact.PersistentChat.*",
)
_WHO = (
    "CreateParticipant.ClientToken.replayed-token-works",
    "CreateParticipant.ParticipantId.same-throughout",
    "CreateParticipantConnection.again.same-participant",
    "CreateParticipantConnection.bearer.own-chat-only",
    "GetTranscript.Transcript.participant-id",
    "LifeCycle.participants.independent",
    "StartChatContact.ClientToken.*",
    "StartChatContact.ParticipantId.same-throughout",
    "Surfaces.attachment-frame-and-transcript.same-item",
    "Surfaces.frame-and-transcript.same-sender",
    "StartChatContact.InitialMessage.*",
    *_ATTACHED,
)
_TO_CONNECT_WITH = (
    "StartChatContact.ChatStreamingConfiguration.with-connection-types",
    "StartChatContact.ClientToken.*",
    "StartChatContact.ConnectionTypes.*",
)
_KIND_OF_ITEM = (
    "DisconnectParticipant.event.participant-left",
    "GetTranscript.Transcript.*",
    "Surfaces.*",
    "StartChatContact.InitialMessage.*",
)

# By member: what rests on it.
_RESTING: Mapping[str, Sequence[str]] = {
    "CreateParticipant.ParticipantCredentials": ("CreateParticipant.*", "LifeCycle.participants.*"),
    "CreateParticipant.ParticipantId": (
        "CreateParticipant.*",
        "GetTranscript.Transcript.participant-id",
        "LifeCycle.participants.*",
        "SendEvent.receipt.recipient",
        "Surfaces.event-reply-and-frame.same-id",
        "Surfaces.frame-and-transcript.same-sender",
        "WebSocket.delivery.typing",
        "WebSocket.frame.*",
    ),
    "CreateParticipantConnection.ConnectionCredentials": ("CreateParticipantConnection.*",),
    "CreateParticipantConnection.ConnectionCredentials.ConnectionToken": ("*",),
    "CreateParticipantConnection.WebRTCConnection": (
        "CreateParticipantConnection.Type.*",
        "CreateParticipantConnection.WebRTCConnection.*",
        "StartWebRTCContact.*",
    ),
    "CreateParticipantConnection.Websocket.Url": ("Clients.connect.*", "CreateParticipantConnection.*", "WebSocket.*"),
    "DescribeContact.Contact": ("DescribeContact.Contact.*", "StartChatContact.PersistentChat.*"),
    "DescribeContact.Contact.Channel": ("DescribeContact.Contact.channel-*",),
    "DescribeContact.Contact.CustomerId": ("StartChatContact.CustomerId.*",),
    "DescribeContact.Contact.DisconnectTimestamp": ("DescribeContact.Contact.*", "DescribeContact.times.*"),
    "DescribeContact.Contact.Id": ("DescribeContact.Contact.*", "*.ContactId.names-the-contact"),
    "DescribeContact.Contact.InitiationTimestamp": ("DescribeContact.Contact.*", "DescribeContact.times.*"),
    "DescribeContact.Contact.RelatedContactId": ("*.RelatedContactId.returned",),
    "DescribeContact.Contact.SegmentAttributes": ("*.SegmentAttributes.*",),
    "DescribeView.View": ("DescribeView.ViewToken.*",),
    "GetAttachment.AttachmentSizeInBytes": ("GetAttachment.AttachmentSizeInBytes.*",),
    "GetAttachment.Url": ("GetAttachment.*", "StartAttachmentUpload.upload.*", "Surfaces.*", *_ATTACHED),
    "GetAttachment.UrlExpiry": ("GetAttachment.*",),
    "GetAuthenticationUrl.AuthenticationUrl": ("GetAuthenticationUrl.AuthenticationUrl.*",),
    "GetContactAttributes.Attributes": ("*.Attributes.*",),
    "GetTranscript.InitialContactId": ("GetTranscript.InitialContactId.*", "StartChatContact.PersistentChat.*"),
    "GetTranscript.NextToken": ("GetTranscript.*", "StartChatContact.PersistentChat.*"),
    "GetTranscript.Transcript.member.AbsoluteTime": (
        "GetTranscript.*",
        "Protocol.time.*",
        "SendMessage.ClientToken.one-transcript-item",
        "Surfaces.*",
        "StartChatContact.PersistentChat.*",
    ),
    "GetTranscript.Transcript.member.Attachments": ("Surfaces.attachment-*", *_ATTACHED),
    "GetTranscript.Transcript.member.ContactId": (
        "GetTranscript.Transcript.contact-id",
        "StartChatContact.PersistentChat.*",
    ),
    "GetTranscript.Transcript.member.Content": (
        "Clients.calls.*",
        "GetTranscript.Transcript.content-*",
        "GetTranscript.Transcript.holds-what-was-sent",
        "*.ClientToken.*",
        "Surfaces.*",
        "StartChatContact.InitialMessage.*",
        "StartChatContact.PersistentChat.*",
    ),
    "GetTranscript.Transcript.member.ContentType": _KIND_OF_ITEM,
    "GetTranscript.Transcript.member.DisplayName": (
        "CreateParticipant.transcript.*",
        "GetTranscript.Transcript.display-name",
        "LifeCycle.participants.independent",
        "StartChatContact.DisplayName.shown",
        "Surfaces.attachment-frame-and-transcript.same-item",
        "Surfaces.frame-and-transcript.same-sender",
        "StartChatContact.InitialMessage.*",
    ),
    "GetTranscript.Transcript.member.Id": _FOUND_BY_ID,
    "GetTranscript.Transcript.member.MessageMetadata": ("SendEvent.receipt.*", "Surfaces.*"),
    "GetTranscript.Transcript.member.MessageMetadata.Receipts.member.ReadTimestamp": ("SendEvent.refusal.no-effect",),
    "GetTranscript.Transcript.member.ParticipantId": _WHO,
    "GetTranscript.Transcript.member.ParticipantRole": (
        *_WHO,
        "CreateParticipant.transcript.*",
        "GetTranscript.Transcript.role-customer",
    ),
    "GetTranscript.Transcript.member.RelatedContactId": (
        "GetTranscript.Transcript.no-related-contact-id",
        "StartChatContact.PersistentChat.*",
    ),
    "GetTranscript.Transcript.member.Type": (
        *_KIND_OF_ITEM,
        "CompleteAttachmentUpload.effect.item-type",
        "GetTranscript.NextToken.same-items",
        "SendMessage.ClientToken.one-transcript-item",
        "StartChatContact.PersistentChat.*",
    ),
    "SendEvent.AbsoluteTime": ("SendEvent.*", "Protocol.time.*", "Surfaces.event-*"),
    "SendEvent.Id": ("SendEvent.*", "Surfaces.event-*"),
    "SendMessage.AbsoluteTime": ("SendMessage.*", "Protocol.time.*", "Surfaces.reply-*"),
    "SendMessage.Id": (*_FOUND_BY_ID, "SendMessage.Id.*", "SendEvent.receipt.*"),
    "StartAttachmentUpload.AttachmentId": ("*Attachment*", *_UPLOADED, *_ATTACHED),
    "StartAttachmentUpload.UploadMetadata.HeadersToInclude": (*_UPLOADED, "CompleteAttachmentUpload.*"),
    "StartAttachmentUpload.UploadMetadata.Url": (*_UPLOADED, "StartAttachmentUpload.AttachmentId.unique"),
    "StartAttachmentUpload.UploadMetadata.UrlExpiry": (*_UPLOADED, "StartAttachmentUpload.UrlExpiry.*"),
    "StartChatContact.ConnectionCredentials": _TO_CONNECT_WITH,
    "StartChatContact.ContactId": ("*",),
    "StartChatContact.ContinuedFromContactId": (
        "StartChatContact.ContinuedFromContactId.*",
        "StartChatContact.PersistentChat.*",
    ),
    "StartChatContact.ParticipantId": (
        *_WHO,
        "SendEvent.receipt.recipient",
        "StartChatContact.ContactId.*",
        "WebSocket.delivery.typing",
        "WebSocket.frame.*",
    ),
    "StartChatContact.ParticipantToken": ("*",),
    "StartChatContact.StreamingId": ("StartChatContact.ChatStreamingConfiguration.*",),
    "StartChatContact.Websocket": _TO_CONNECT_WITH,
    "StartContactStreaming.StreamingId": ("StartContactStreaming.*", "StopContactStreaming.*"),
    "StartWebRTCContact": (
        "CreateParticipant.call.*",
        "CreateParticipantConnection.Type.*",
        "StartChatContact.RelatedContactId.*",
        "StartWebRTCContact.*",
        "StopContact.effect.*",
        "UpdateContactAttributes.Attributes.*",
    ),
}


def resting_on(member: str) -> tuple[str, ...]:
    """Globs of the requirements that may turn red when `member` is wrong in the replies that carry it.

    `member` is an operation and a member's dotted path, or an operation alone: all that its replies tell. What holds
    a member and what it holds go wrong together.
    """
    found = [globs for named, globs in _RESTING.items() if _holds(named, member) or _holds(member, named)]
    return tuple(dict.fromkeys(glob for globs in found for glob in globs))


def _holds(outer: str, inner: str) -> bool:
    return f"{inner}.".startswith(f"{outer}.")
