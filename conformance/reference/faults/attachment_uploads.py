"""Faults of StartAttachmentUpload: which files it takes, and where they are to be put."""

from __future__ import annotations

from conformance.reference.clock import SECOND, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, refuses, takes, then
from conformance.reference.items import new_item, publish
from conformance.reference.service import ReferenceService
from conformance.reference.state import ATTACHMENT

START = "StartAttachmentUpload"
LONGEST_NAME = 256  # code points, taken for bytes
FILES = ("StartAttachmentUpload.*", "CompleteAttachmentUpload.*", "GetAttachment.*")


@fault("StartAttachmentUpload.AttachmentSizeInBytes.hundred-megabytes", may=FILES)
def takes_files_of_any_size(service: ReferenceService) -> None:
    """The endpoint accepts an attachment of any size."""
    takes(service, START, lambda _, call: {"AttachmentSizeInBytes": min(call.get("AttachmentSizeInBytes"), 10)})


@fault("StartAttachmentUpload.ContentType.supported", may=FILES)
def refuses_pictures_of_phones(service: ReferenceService) -> None:
    """StartAttachmentUpload refuses files of type image/heic."""
    refuses(service, START, lambda call: call.get("ContentType") == "image/heic")


@fault("StartAttachmentUpload.ContentType.unsupported", may=("StartAttachmentUpload.*",))
def takes_programs(service: ReferenceService) -> None:
    """StartAttachmentUpload accepts files of unsupported types and treats them as texts."""
    takes(
        service,
        START,
        lambda _, call: (
            {"ContentType": "text/plain", "AttachmentName": "a.txt"} if "x-" in call.get("ContentType") else {}
        ),
    )


@fault("StartAttachmentUpload.AttachmentName.any-text", may=FILES)
def refuses_names_beyond_the_bmp(service: ReferenceService) -> None:
    """StartAttachmentUpload refuses a name with a character beyond the BMP."""
    refuses(service, START, lambda call: any(character > "\uffff" for character in call.get("AttachmentName")))


@fault("StartAttachmentUpload.AttachmentName.any-text", may=FILES)
def measures_names_in_bytes(service: ReferenceService) -> None:
    """StartAttachmentUpload refuses a name of more than 256 bytes, of however few code points."""
    refuses(service, START, lambda call: len(call.get("AttachmentName").encode()) > LONGEST_NAME)


@fault("StartAttachmentUpload.AttachmentId.unique", may=(*FILES, "*.ClientToken.*"))
def starts_an_upload_once(service: ReferenceService) -> None:
    """A second upload of the same name gets the first one's id and URL."""
    known: dict[tuple[str, str], Members] = {}
    gives(
        service,
        START,
        lambda _, call, members: known.setdefault((call.contact.id, call.get("AttachmentName")), members),
    )


@fault(
    "StartAttachmentUpload.transcript.nothing-before-completion", may=(*FILES, "Surfaces.*", "WebSocket.*", "Tokens.*")
)
def shows_uploads_at_once(service: ReferenceService) -> None:
    """The transcript contains an attachment when its upload is started."""

    def act(context: Context, call: Call, members: Members) -> None:
        made = context.state.attachments[members["AttachmentId"]]
        publish(call.contact, new_item(context, call.contact, call.participant, ATTACHMENT, attachments=(made,)))

    then(service, START, act)


@fault("StartAttachmentUpload.UrlExpiry.in-the-future", may=FILES)
def hands_out_urls_that_are_over(service: ReferenceService) -> None:
    """StartAttachmentUpload dates the UrlExpiry an hour ago."""

    def change(context: Context, _: Call, members: Members) -> Members:
        metadata = {**members["UploadMetadata"], "UrlExpiry": iso(context.now() - 3_600 * SECOND)}
        return {**members, "UploadMetadata": metadata}

    gives(service, START, change)


@fault("StartAttachmentUpload.upload.content-length-true", may=FILES)
def promises_a_longer_file(service: ReferenceService) -> None:
    """StartAttachmentUpload asks for a content-length of one byte more than the file has."""

    def change(_: Context, __: Call, members: Members) -> Members:
        metadata = members["UploadMetadata"]
        headers = {**metadata["HeadersToInclude"]}
        headers["Content-Length"] = str(int(headers["Content-Length"]) + 1)
        return {**members, "UploadMetadata": {**metadata, "HeadersToInclude": headers}}

    gives(service, START, change)
