"""What an endpoint may show a little later, or no longer, and be right."""

from __future__ import annotations

from typing import Any

from conformance.reference.clock import Clock
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import bad_value, not_found, refusal_of
from conformance.reference.service import ReferenceService
from conformance.reference.variants.variant import Variant

TRANSCRIPT_DELAY = 250  # milliseconds until an item stands in the transcript; 500 to 750 were seen (domain fact S-05)
COMPLETION_DELAY = 200  # milliseconds until an upload that arrived can be completed
DESCRIPTION_DELAY = 400  # milliseconds until a contact that was started can be described
APPROVAL_DELAY = 200  # milliseconds until an attachment is approved


def _late_transcript(service: ReferenceService) -> None:
    """An item stands in the transcript some time after it was sent."""
    own = service.handlers["GetTranscript"]

    def get_transcript(context: Context, call: Call) -> Members:
        contact, everything = call.contact, call.contact.items
        contact.items = [item for item in everything if context.clock.age(item.at) >= TRANSCRIPT_DELAY]
        try:
            return own(context, call)
        finally:
            contact.items = everything

    service.handlers["GetTranscript"] = get_transcript


def _late_approval(service: ReferenceService) -> None:
    """An attachment is in progress for a while before the transcript shows it as approved."""
    own = service.handlers["GetTranscript"]
    first_shown: dict[str, int] = {}

    def get_transcript(context: Context, call: Call) -> Members:
        members = own(context, call)
        for item in members["Transcript"]:
            for attachment in item.get("Attachments", ()):
                _hold_back(attachment, first_shown, context.clock)
        return members

    service.handlers["GetTranscript"] = get_transcript


def _hold_back(attachment: dict[str, Any], first_shown: dict[str, int], clock: Clock) -> None:
    if clock.age(first_shown.setdefault(attachment["AttachmentId"], clock.now())) < APPROVAL_DELAY:
        attachment["Status"] = "IN_PROGRESS"


def _late_download(service: ReferenceService) -> None:
    """GetAttachment, which is asynchronous, refuses a completed attachment for a while after it is first asked."""
    own = service.handlers["GetAttachment"]
    first_asked: dict[str, int] = {}

    def get_attachment(context: Context, call: Call) -> Members:
        members, asked = own(context, call), call.get("AttachmentId")
        if context.clock.age(first_asked.setdefault(asked, context.now())) < APPROVAL_DELAY:
            raise bad_value(call.operation, "The attachment is not approved yet.")
        return members

    service.handlers["GetAttachment"] = get_attachment


def _late_description(service: ReferenceService) -> None:
    """A contact that was started just now is not found by DescribeContact yet."""
    own = service.handlers["DescribeContact"]

    def describe_contact(context: Context, call: Call) -> Members:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and context.clock.age(contact.started_at) < DESCRIPTION_DELAY:
            raise not_found(call.operation, "No such contact in this instance.")
        return own(context, call)

    service.handlers["DescribeContact"] = describe_contact


def _late_completion(service: ReferenceService) -> None:
    """A file that arrived just now is still being uploaded, which is a conflict for its completion."""
    own = service.handlers["CompleteAttachmentUpload"]

    def complete_attachment_upload(context: Context, call: Call) -> Members:
        attachment = context.state.attachments.get(call.get("AttachmentIds")[0])
        if attachment is not None and attachment.contact is call.contact and not attachment.completed:
            arrived_at = attachment.arrived_at
            if arrived_at is not None and context.clock.age(arrived_at) < COMPLETION_DELAY:
                raise refusal_of(call.operation, ("ConflictException",), "The attachment is being uploaded.")
        return own(context, call)

    service.handlers["CompleteAttachmentUpload"] = complete_attachment_upload


def _one_connection_each(service: ReferenceService) -> None:
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


VARIANTS = (
    Variant("late-transcript", "The transcript is eventually consistent.", alter=_late_transcript),
    Variant("late-approval", "An attachment may be approved later.", alter=_late_approval),
    Variant("late-download", "An attachment may be handed out later.", alter=_late_download),
    Variant("late-description", "A contact may be described later.", alter=_late_description),
    Variant("late-completion", "A file may still be under way after its PUT.", alter=_late_completion),
    Variant("one-connection-each", "A new connection may void the earlier ones.", alter=_one_connection_each),
    Variant(
        "short-download-url", "A download URL may stop working after a minute.", choices={"download_url_seconds": 60}
    ),
)
