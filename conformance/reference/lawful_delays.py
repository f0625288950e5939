"""What an endpoint may show a little later, or no longer, and be right."""

from __future__ import annotations

from typing import Any

from conformance.reference.errors import bad_value
from conformance.reference.service import ReferenceService
from conformance.reference.world import Call, Members, World

TRANSCRIPT_DELAY = 250  # milliseconds until an item stands in the transcript; 500 to 750 were seen (domain fact S-05)
APPROVAL_DELAY = 200  # milliseconds until an attachment is approved


def late_transcript(service: ReferenceService) -> None:
    """An item stands in the transcript some time after it was sent."""
    own = service.performers["GetTranscript"]

    def get_transcript(world: World, call: Call) -> Members:
        contact, everything = call.contact, call.contact.items
        contact.items = [item for item in everything if world.now() - item.at >= TRANSCRIPT_DELAY]
        try:
            return own(world, call)
        finally:
            contact.items = everything

    service.performers["GetTranscript"] = get_transcript


def late_approval(service: ReferenceService) -> None:
    """An attachment is in progress for a while before the transcript shows it as approved."""
    own = service.performers["GetTranscript"]
    first_shown: dict[str, int] = {}

    def get_transcript(world: World, call: Call) -> Members:
        members = own(world, call)
        for item in members["Transcript"]:
            for attachment in item.get("Attachments", ()):
                _hold_back(attachment, first_shown, world.now())
        return members

    service.performers["GetTranscript"] = get_transcript


def _hold_back(attachment: dict[str, Any], first_shown: dict[str, int], now: int) -> None:
    if now - first_shown.setdefault(attachment["AttachmentId"], now) < APPROVAL_DELAY:
        attachment["Status"] = "IN_PROGRESS"


def late_download(service: ReferenceService) -> None:
    """GetAttachment, which is asynchronous, refuses a completed attachment for a while after it is first asked."""
    own = service.performers["GetAttachment"]
    first_asked: dict[str, int] = {}

    def get_attachment(world: World, call: Call) -> Members:
        members, asked = own(world, call), call.get("AttachmentId")
        if world.now() - first_asked.setdefault(asked, world.now()) < APPROVAL_DELAY:
            raise bad_value(call.operation, "The attachment is not approved yet.")
        return members

    service.performers["GetAttachment"] = get_attachment


def one_connection_each(service: ReferenceService) -> None:
    """A new connection voids the participant's earlier connection tokens."""
    own = service.performers["CreateParticipantConnection"]

    def create_participant_connection(world: World, call: Call) -> Members:
        members, tokens = own(world, call), world.state.connection_tokens
        new = members.get("ConnectionCredentials", {}).get("ConnectionToken")
        if new is not None:
            for token in [t for t, c in tokens.items() if c.participant is call.participant and t != new]:
                del tokens[token]
        return members

    service.performers["CreateParticipantConnection"] = create_participant_connection
