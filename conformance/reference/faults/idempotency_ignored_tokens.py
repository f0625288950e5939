"""Faults of ClientTokens: tokens that are taken for none."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.content_types import RECEIPTS
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.faults_kit.idempotency import (
    STARTING_CONTACTS,
    Instead,
    every_operation,
    mistaking,
    reading,
    token_of,
    with_token,
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
NO_TOKEN = (
    "SendEvent.ClientToken.no-token",
    "SendMessage.ClientToken.no-token",
    "StartChatContact.ClientToken.no-token",
    "StartWebRTCContact.ClientToken.no-token",
    "CreateParticipant.ClientToken.no-token",
)
REPEATED = (*SAME_TOKEN_SAME_RESULT, *SAME_TOKEN_SUCCEEDS, *SHORTEST_AND_LONGEST, *BODY_LAYOUT, *LOST_REPLY)
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
