"""What an endpoint may show a little later, or no longer, and be right."""

from __future__ import annotations

from typing import Any

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value
from conformance.reference.service import ReferenceService

TRANSCRIPT_DELAY = 250  # milliseconds until an item stands in the transcript; 500 to 750 were seen (domain fact S-05)
APPROVAL_DELAY = 200  # milliseconds until an attachment is approved


def late_transcript(service: ReferenceService) -> None:
    """An item stands in the transcript some time after it was sent."""
    own = service.handlers["GetTranscript"]

    def get_transcript(context: Context, call: Call) -> Members:
        contact, everything = call.contact, call.contact.items
        contact.items = [item for item in everything if context.now() - item.at >= TRANSCRIPT_DELAY]
        try:
            return own(context, call)
        finally:
            contact.items = everything

    service.handlers["GetTranscript"] = get_transcript


def late_approval(service: ReferenceService) -> None:
    """An attachment is in progress for a while before the transcript shows it as approved."""
    own = service.handlers["GetTranscript"]
    first_shown: dict[str, int] = {}

    def get_transcript(context: Context, call: Call) -> Members:
        members = own(context, call)
        for item in members["Transcript"]:
            for attachment in item.get("Attachments", ()):
                _hold_back(attachment, first_shown, context.now())
        return members

    service.handlers["GetTranscript"] = get_transcript


def _hold_back(attachment: dict[str, Any], first_shown: dict[str, int], now: int) -> None:
    if now - first_shown.setdefault(attachment["AttachmentId"], now) < APPROVAL_DELAY:
        attachment["Status"] = "IN_PROGRESS"


def late_download(service: ReferenceService) -> None:
    """GetAttachment, which is asynchronous, refuses a completed attachment for a while after it is first asked."""
    own = service.handlers["GetAttachment"]
    first_asked: dict[str, int] = {}

    def get_attachment(context: Context, call: Call) -> Members:
        members, asked = own(context, call), call.get("AttachmentId")
        if context.now() - first_asked.setdefault(asked, context.now()) < APPROVAL_DELAY:
            raise bad_value(call.operation, "The attachment is not approved yet.")
        return members

    service.handlers["GetAttachment"] = get_attachment


def one_connection_each(service: ReferenceService) -> None:
    """A new connection voids the participant's earlier connection tokens."""
    own = service.handlers["CreateParticipantConnection"]

    def create_participant_connection(context: Context, call: Call) -> Members:
        members, tokens = own(context, call), context.state.connection_tokens
        new = members.get("ConnectionCredentials", {}).get("ConnectionToken")
        if new is not None:
            for token in [t for t, c in tokens.items() if c.participant is call.participant and t != new]:
                del tokens[token]
        return members

    service.handlers["CreateParticipantConnection"] = create_participant_connection
