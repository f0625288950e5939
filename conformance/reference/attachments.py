"""StartAttachmentUpload, CompleteAttachmentUpload and GetAttachment."""

from __future__ import annotations

from urllib.parse import quote

from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied, bad_value, refusal_of
from conformance.reference.file_types import refuse_unsupported_file
from conformance.reference.instances import ACCOUNT_ID
from conformance.reference.items import new_item, publish
from conformance.reference.participants import CUSTOM_BOT
from conformance.reference.signed_urls import DOWNLOADS, UPLOADS, signed_url
from conformance.reference.state import ATTACHMENT, Attachment

LONGEST_HEADER = 256


def start_attachment_upload(context: Context, call: Call) -> Members:
    """StartAttachmentUpload: where to PUT the file, and with exactly which headers.

    Raises Refusal: ValidationException for an unsupported type or more than 20 MB, ServiceQuotaExceededException
    402 when the contact has its 35 attachments.
    """
    refuse_unsupported_file(call.operation, call.get("AttachmentName"), call.get("ContentType"))
    if call.get("AttachmentSizeInBytes") > context.quotas.attachment_bytes:
        raise bad_value(call.operation, f"An attachment has at most {context.quotas.attachment_bytes:,} bytes.")
    _refuse_too_many(context, call)
    attachment = Attachment(
        context.identifiers.uuid(),
        call.contact,
        call.get("AttachmentName"),
        call.get("ContentType"),
        call.get("AttachmentSizeInBytes"),
    )
    context.state.attachments[attachment.id] = attachment
    expires_at = context.now() + context.choices.upload_url_seconds * SECOND
    metadata = {
        "Url": signed_url(context, UPLOADS, attachment.id, expires_at),
        "UrlExpiry": iso(expires_at),
        "HeadersToInclude": upload_headers(attachment),
    }
    return {"AttachmentId": attachment.id, "UploadMetadata": metadata}


def upload_headers(attachment: Attachment) -> dict[str, str]:
    """The headers that the upload must carry (domain fact S-61); values are at most 256 characters long."""
    return {
        "Content-Type": attachment.content_type,
        "Content-Length": str(attachment.size),
        "Content-Disposition": disposition("attachment", attachment.name),
        "x-amz-acl": "bucket-owner-full-control",
        "x-amz-meta-account_id": ACCOUNT_ID,
        "x-amz-meta-organization_id": attachment.contact.instance_id,
        "x-amz-meta-initial_contact_id": attachment.contact.id,
        "x-amz-meta-contact_id": attachment.contact.id,
    }


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition header that names the file in ASCII, or leaves the name out where it is too long."""
    named = f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
    return named if len(named) <= LONGEST_HEADER else kind


def complete_attachment_upload(context: Context, call: Call) -> Members:
    """CompleteAttachmentUpload: the uploaded file becomes an item of the chat.

    Raises Refusal: ValidationException for a file that is not of this chat or was not uploaded, ConflictException
    409 for one that is completed already, ServiceQuotaExceededException 402 beyond 35 attachments.
    """
    attachment = _attachment_of(context, call, call.get("AttachmentIds")[0])
    if attachment.completed:
        raise refusal_of(call.operation, ("ConflictException",), "The attachment is completed already.")
    if attachment.body is None:
        raise bad_value(call.operation, "The attachment was not uploaded to the URL that it was given.")
    _refuse_too_many(context, call)
    attachment.completed = True
    publish(call.contact, new_item(context, call.contact, call.participant, ATTACHMENT, attachments=(attachment,)))
    return {}


def get_attachment(context: Context, call: Call) -> Members:
    """GetAttachment: where to download a completed file, for 5 to 300 seconds.

    Raises Refusal: AccessDeniedException for a CUSTOM_BOT, ValidationException for a file that is not of this chat
    or not completed.
    """
    if call.participant.role == CUSTOM_BOT:
        raise access_denied("A CUSTOM_BOT has no access to attachments.")
    attachment = _attachment_of(context, call, call.get("AttachmentId"))
    if not attachment.completed:
        raise bad_value(call.operation, "The attachment is not completed.")
    seconds = call.get("UrlExpiryInSeconds") or context.choices.download_url_seconds
    expires_at = context.now() + seconds * SECOND
    kind = (call.get("UrlContentDisposition") or "ATTACHMENT").lower()
    return {
        "Url": signed_url(context, DOWNLOADS, attachment.id, expires_at, kind),
        "UrlExpiry": iso(expires_at),
        "AttachmentSizeInBytes": attachment.size,
    }


def _attachment_of(context: Context, call: Call, attachment_id: str) -> Attachment:
    attachment = context.state.attachments.get(attachment_id)
    if attachment is None or attachment.contact is not call.contact:
        raise bad_value(call.operation, "No such attachment in this chat.")
    return attachment


def _refuse_too_many(context: Context, call: Call) -> None:
    """Only completed attachments count, so that an upload that was given up takes nobody's place."""
    completed = sum(item.type == ATTACHMENT for item in call.contact.items)
    if completed >= context.quotas.attachments_in_a_contact:
        raise refusal_of(call.operation, ("ServiceQuotaExceededException",), "The contact has its most attachments.")
