"""The closed vocabularies that the documents' texts name: content types of messages, events and files, and sizes."""

from __future__ import annotations

TEXT, MARKDOWN, JSON = "text/plain", "text/markdown", "application/json"
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
SENDABLE = (TEXT, MARKDOWN, JSON, f"{INTERACTIVE}.response")  # SendMessage, ContentType
SUPPORTED = (*SENDABLE, INTERACTIVE)  # StartChatContact, SupportedMessagingContentTypes
EVENT = "application/vnd.amazonaws.connect.event"
TYPING = f"{EVENT}.typing"
RECEIPTS = (f"{EVENT}.message.delivered", f"{EVENT}.message.read")
ACKNOWLEDGED = f"{EVENT}.connection.acknowledged"  # no longer maintained: what it gets is left open
MOST_MESSAGE_BYTES = 16_384  # UTF-8 bytes of a message
MOST_ATTRIBUTE_BYTES = 32_768  # UTF-8 bytes over all keys and values of a contact's attributes
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
