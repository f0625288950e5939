"""The closed vocabularies that the documents' texts name: content types of messages, events and files, and sizes."""

from __future__ import annotations

from conformance.contract.content_types import DELIVERED, READ, TEXT

RECEIPTS = (DELIVERED, READ)
# The guide says 100 MB and 20 MB: the larger and the smaller of the two sizes that a megabyte may have.
MOST_FILE_BYTES = 100 * 1_048_576
EVERYWHERE_FILE_BYTES = 20 * 1_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Registered and usual names of the file types that the admin guide lists by extension.
FILE_TYPES = (
    *(TEXT, "text/csv", "application/csv", "text/rtf", "application/rtf", "application/pdf", "application/msword"),
    *("application/vnd.ms-excel", "application/vnd.ms-powerpoint", f"{_OFFICE}.wordprocessingml.document"),
    *(f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.presentationml.presentation"),
    *("image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/heic", "image/heif", "video/mp4", "audio/mp4"),
    *("video/quicktime", "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
)
