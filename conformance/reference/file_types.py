"""Which files a chat takes (admin guide, feature specifications: supported file types)."""

from __future__ import annotations

from pathlib import PurePosixPath

from conformance.contract.model import Operation
from conformance.reference.errors import bad_value

_OFFICE = "application/vnd.openxmlformats-officedocument"
# By extension; where a format has several registered or common names, all of them.
TYPES = {
    "csv": ("text/csv", "application/csv"),
    "doc": ("application/msword",),
    "docx": (f"{_OFFICE}.wordprocessingml.document",),
    "heic": ("image/heic", "image/heif"),
    "jfif": ("image/jpeg", "image/pjpeg"),
    "jpeg": ("image/jpeg",),
    "jpg": ("image/jpeg", "image/jpg"),
    "mov": ("video/quicktime",),
    "mp4": ("video/mp4", "audio/mp4"),
    "pdf": ("application/pdf",),
    "png": ("image/png",),
    "ppt": ("application/vnd.ms-powerpoint",),
    "pptx": (f"{_OFFICE}.presentationml.presentation",),
    "rtf": ("application/rtf", "text/rtf"),
    "txt": ("text/plain",),
    "wav": ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "xls": ("application/vnd.ms-excel",),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet",),
}
CONTENT_TYPES = frozenset(name for names in TYPES.values() for name in names)


def refuse_unsupported_file(operation: Operation, name: str, content_type: str) -> None:
    """Raises Refusal (ValidationException) for a content type or a file name extension outside the table.

    A name without an extension is taken, as the documents do not say that it needs one. The content type becomes a
    header of the upload, so that it is printable ASCII.
    """
    travels = content_type.isascii() and content_type.isprintable()
    if not travels or content_type.partition(";")[0].strip().lower() not in CONTENT_TYPES:
        raise bad_value(operation, "Files of this content type are not supported.")
    extension = PurePosixPath(name).suffix[1:].lower()
    if extension and extension not in TYPES:
        raise bad_value(operation, "Files with this extension are not supported.")
