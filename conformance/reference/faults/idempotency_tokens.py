"""Faults of ClientTokens: tokens that are taken for the same, for none, or for none any more."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.operation_traits import named
from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.faults_kit.idempotency import (
    CHEAP,
    STARTING_CONTACTS,
    Instead,
    every_operation,
    mistaking,
    reading,
    token_of,
    with_token,
)
from conformance.reference.faults_kit.operators import (
    LOWER_CASE,
    NFC,
    QUESTION_MARKS_BEYOND_ASCII,
    TRIMMED,
    TRIMMED_AT_THE_END,
    cut_after,
)
from conformance.reference.idempotency import Memory, fingerprint_of

# What a test sees first of a memory that keeps nothing, or too little.
SAME_TOKEN_SAME_RESULT = (
    "SendEvent.ClientToken.same-token-same-result",
    "SendMessage.ClientToken.same-token-same-result",
    "StartAttachmentUpload.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
    "StartContactStreaming.ClientToken.same-token-same-result",
)
SAME_TOKEN_SUCCEEDS = (
    "CompleteAttachmentUpload.ClientToken.same-token-succeeds",
    "DisconnectParticipant.ClientToken.same-token-succeeds",
)
SHORTEST_AND_LONGEST = (
    "CompleteAttachmentUpload.ClientToken.shortest-and-longest",
    "DisconnectParticipant.ClientToken.shortest-and-longest",
    "SendEvent.ClientToken.shortest-and-longest",
    "SendMessage.ClientToken.shortest-and-longest",
    "StartAttachmentUpload.ClientToken.shortest-and-longest",
    "StartChatContact.ClientToken.shortest-and-longest",
    "StartWebRTCContact.ClientToken.shortest-and-longest",
    "CreateParticipant.ClientToken.shortest-and-longest",
    "StartContactStreaming.ClientToken.shortest-and-longest",
)
BODY_LAYOUT = (
    "CompleteAttachmentUpload.ClientToken.body-layout",
    "DisconnectParticipant.ClientToken.body-layout",
    "SendEvent.ClientToken.body-layout",
    "SendMessage.ClientToken.body-layout",
    "StartAttachmentUpload.ClientToken.body-layout",
    "StartChatContact.ClientToken.body-layout",
    "StartWebRTCContact.ClientToken.body-layout",
    "CreateParticipant.ClientToken.body-layout",
    "StartContactStreaming.ClientToken.body-layout",
)
LOST_REPLY = (
    "CompleteAttachmentUpload.ClientToken.lost-reply",
    "DisconnectParticipant.ClientToken.lost-reply",
    "SendEvent.ClientToken.lost-reply",
    "SendMessage.ClientToken.lost-reply",
    "StartAttachmentUpload.ClientToken.lost-reply",
    "StartChatContact.ClientToken.lost-reply",
    "StartWebRTCContact.ClientToken.lost-reply",
    "CreateParticipant.ClientToken.lost-reply",
    "StartContactStreaming.ClientToken.lost-reply",
)
CONCURRENT_DUPLICATES = (
    "CompleteAttachmentUpload.ClientToken.concurrent-duplicates",
    "DisconnectParticipant.ClientToken.concurrent-duplicates",
    "SendEvent.ClientToken.concurrent-duplicates",
    "SendMessage.ClientToken.concurrent-duplicates",
    "StartAttachmentUpload.ClientToken.concurrent-duplicates",
    "StartChatContact.ClientToken.concurrent-duplicates",
    "StartWebRTCContact.ClientToken.concurrent-duplicates",
    "CreateParticipant.ClientToken.concurrent-duplicates",
    "StartContactStreaming.ClientToken.concurrent-duplicates",
)
REPLAY_AFTER_MANY = (
    "CompleteAttachmentUpload.ClientToken.replay-after-many",
    "SendEvent.ClientToken.replay-after-many",
    "SendMessage.ClientToken.replay-after-many",
    "StartAttachmentUpload.ClientToken.replay-after-many",
    "StartChatContact.ClientToken.replay-after-many",
    "StartWebRTCContact.ClientToken.replay-after-many",
    "CreateParticipant.ClientToken.replay-after-many",
)
ONE_TRANSCRIPT_ITEM = ("SendMessage.ClientToken.one-transcript-item",)
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
NO_TOKEN = (
    "SendEvent.ClientToken.no-token",
    "SendMessage.ClientToken.no-token",
    "StartChatContact.ClientToken.no-token",
    "StartWebRTCContact.ClientToken.no-token",
    "CreateParticipant.ClientToken.no-token",
)
REPEATED = (*SAME_TOKEN_SAME_RESULT, *SAME_TOKEN_SUCCEEDS, *SHORTEST_AND_LONGEST, *BODY_LAYOUT, *LOST_REPLY)
ANOTHER = (*ANOTHER_TOKEN, *CASE_SENSITIVE, *LONGER_TOKEN, *SURROUNDING_BLANKS)
REST = ("*.ClientToken.*",)
LONGEST = 500  # code points of a ClientToken
LONG = 10_000  # bytes of a message

FORGETS = every_operation(
    "forgets",
    "repeats its effect each time, whatever the ClientToken",
    reading(lambda _: None),
    (*REPEATED, *CONCURRENT_DUPLICATES, *REPLAY_AFTER_MANY, *ONE_TRANSCRIPT_ITEM),
    may=REST,
)
_BY_THE_BODY = (
    "goes-by-the-body",
    "treats any ClientToken as the same where the rest of the request is the same",
    lambda: mistaking(lambda _context, call, _token: fingerprint_of(call).hex()),
    ANOTHER,
)
GOES_BY_THE_BODY = (
    *every_operation(
        *_BY_THE_BODY,
        may=(
            *REST,
            "DisconnectParticipant.bearer.after-disconnect",
            "StartAttachmentUpload.AttachmentId.unique",
            "CompleteAttachmentUpload.ClientToken.*",
        ),
        only=named(lambda traits: not traits.opens_contact),
    ),
    *every_operation(*_BY_THE_BODY, may=("*",), only=STARTING_CONTACTS),  # tests share one chat without knowing
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
TOO_SHORT = every_operation(
    "needs-two-characters",
    "treats a ClientToken of one character as absent",
    reading(lambda token: token if len(token) > 1 else None),
    SHORTEST_AND_LONGEST,
)
TOO_LONG = every_operation(
    "forgets-long-tokens",
    "treats a ClientToken of more than 499 code points as absent",
    reading(lambda token: token if len(token) < LONGEST else None),
    SHORTEST_AND_LONGEST,
)
TOO_MANY_BYTES = every_operation(
    "counts-bytes-of-tokens",
    "treats a ClientToken of more than 500 bytes as absent",
    reading(lambda token: token if len(token.encode()) <= LONGEST else None),
    SHORTEST_AND_LONGEST,
)


def _not_for(odd: Callable[[Call], bool]) -> Callable[[], Instead]:
    """Knows no token of a request that `odd` holds for."""
    return lambda: mistaking(lambda _context, call, token: None if odd(call) else token)


NOT_RECEIPTS = every_operation(
    "forgets-receipts",
    "remembers the ClientTokens of typing only",
    _not_for(lambda call: call.get("ContentType") in RECEIPTS),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.changed-parameters-no-second-effect",),
    only=("SendEvent",),
)
NOT_LONG_ONES = every_operation(
    "forgets-long-messages",
    "ignores the ClientToken of a message of more than 10,000 bytes",
    _not_for(lambda call: len(call.get("Content").encode()) > LONG),
    SAME_TOKEN_SAME_RESULT,
    only=("SendMessage",),
)
NOT_WITH_ATTRIBUTES = every_operation(
    "forgets-with-attributes",
    "ignores the ClientToken of a start with Attributes",
    _not_for(lambda call: bool(call.get("Attributes"))),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.body-layout", "*.ClientToken.changed-parameters-no-second-effect"),
    only=STARTING_CONTACTS,
)


def _of_the_latest() -> Instead:
    latest: dict[bytes, str] = {}

    def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
        token, alike = token_of(call), fingerprint_of(call)
        if token is None:
            return memory.once(context, with_token(call, latest.pop(alike, None)), perform)
        latest[alike] = token
        return memory.once(context, call, perform)

    return instead


NONE_FOR_THE_LATEST = every_operation(
    "takes-none-for-the-latest",
    "treats a request without a ClientToken as a repetition of one that had a token",
    _of_the_latest,
    NO_TOKEN,
    may=("CreateParticipant.call.*",),
)
