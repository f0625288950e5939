"""Faults of ClientTokens: different tokens that are taken for the same."""

from __future__ import annotations

from conformance.reference.faults_kit.idempotency import CHEAP, every_operation, mistaking, reading
from conformance.reference.faults_kit.operators import (
    LOWER_CASE,
    NFC,
    QUESTION_MARKS_BEYOND_ASCII,
    TRIMMED,
    TRIMMED_AT_THE_END,
    cut_after,
)
from conformance.reference.idempotency import fingerprint_of

ANOTHER_TOKEN = (
    "CompleteAttachmentUpload.ClientToken.another-token",
    "SendEvent.ClientToken.another-token",
    "SendMessage.ClientToken.another-token",
    "StartAttachmentUpload.ClientToken.another-token",
    "StartChatContact.ClientToken.another-token",
    "StartWebRTCContact.ClientToken.another-token",
    "CreateParticipant.ClientToken.another-token",
)
CASE_SENSITIVE = (
    "CompleteAttachmentUpload.ClientToken.case-sensitive",
    "DisconnectParticipant.ClientToken.case-sensitive",
    "SendEvent.ClientToken.case-sensitive",
    "SendMessage.ClientToken.case-sensitive",
    "StartAttachmentUpload.ClientToken.case-sensitive",
    "StartChatContact.ClientToken.case-sensitive",
    "StartWebRTCContact.ClientToken.case-sensitive",
    "CreateParticipant.ClientToken.case-sensitive",
)
LONGER_TOKEN = (
    "CompleteAttachmentUpload.ClientToken.longer-token",
    "DisconnectParticipant.ClientToken.longer-token",
    "SendEvent.ClientToken.longer-token",
    "SendMessage.ClientToken.longer-token",
    "StartAttachmentUpload.ClientToken.longer-token",
    "StartChatContact.ClientToken.longer-token",
    "StartWebRTCContact.ClientToken.longer-token",
    "CreateParticipant.ClientToken.longer-token",
)
SURROUNDING_BLANKS = (
    "CompleteAttachmentUpload.ClientToken.surrounding-blanks",
    "DisconnectParticipant.ClientToken.surrounding-blanks",
    "SendEvent.ClientToken.surrounding-blanks",
    "SendMessage.ClientToken.surrounding-blanks",
    "StartAttachmentUpload.ClientToken.surrounding-blanks",
    "StartChatContact.ClientToken.surrounding-blanks",
    "StartWebRTCContact.ClientToken.surrounding-blanks",
    "CreateParticipant.ClientToken.surrounding-blanks",
)
ANOTHER = (*ANOTHER_TOKEN, *CASE_SENSITIVE, *LONGER_TOKEN, *SURROUNDING_BLANKS)
REST = ("*.ClientToken.*",)
GOES_BY_THE_BODY = every_operation(
    "goes-by-the-body",
    "treats any ClientToken as the same where the rest of the request is the same",
    lambda: mistaking(lambda _context, call, _token: fingerprint_of(call).hex()),
    ANOTHER,
    may=(
        *REST,
        "DisconnectParticipant.bearer.after-disconnect",
        "StartAttachmentUpload.AttachmentId.unique",
        "StartChatContact.ContactId.unique",
        "StartWebRTCContact.ContactId.unique",
        "CompleteAttachmentUpload.ClientToken.*",
    ),
)
IGNORES_CASE = every_operation(
    "ignores-case", "treats a ClientToken in other letter case as the same", reading(LOWER_CASE), CASE_SENSITIVE
)
TRIMS = every_operation(
    "trims", "treats a ClientToken with blanks around it as the same", reading(TRIMMED), SURROUNDING_BLANKS
)
TRIMS_ITS_END = every_operation(
    "trims-its-end",
    "treats a ClientToken with a blank behind it as the same",
    reading(TRIMMED_AT_THE_END),
    SURROUNDING_BLANKS,
)
UUIDS_ONLY = every_operation(
    "keeps-36-characters",
    "compares only the first 36 characters of a ClientToken",
    reading(cut_after(36)),
    (*LONGER_TOKEN, *SURROUNDING_BLANKS),
    may=("*.ClientToken.another-token",),
)
COLUMN = every_operation(
    "keeps-255-characters",
    "compares only the first 255 characters of a ClientToken",
    reading(cut_after(255)),
    LONGER_TOKEN,
)
LAST_CHARACTER = every_operation(
    "drops-the-last-of-500", "compares only 499 characters of a ClientToken", reading(cut_after(499)), LONGER_TOKEN
)
NO_DASHES = every_operation(
    "ignores-dashes",
    "treats a ClientToken as a UUID, with or without dashes",
    reading(lambda token: token.replace("-", "")),
    ANOTHER_TOKEN,
)
NO_EMOJI = every_operation(
    "mixes-up-emojis",
    "keeps a question mark for each character of a ClientToken that is not ASCII",
    reading(QUESTION_MARKS_BEYOND_ASCII),
    ANOTHER_TOKEN,
    only=CHEAP,
)
NORMAL_FORM = every_operation(
    "normalises", "treats the normal forms of a ClientToken as the same", reading(NFC), ANOTHER_TOKEN, only=CHEAP
)
