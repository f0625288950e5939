"""Faults of ClientTokens: tokens that are taken for the same, for none, or for none any more."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from conformance.reference.content_types import RECEIPTS
from conformance.reference.faults.memories import Instead, every_operation, mistaking, reading, token_of, with_token
from conformance.reference.idempotency import Memory, fingerprint_of
from conformance.reference.world import Call, Members, Performer, World

# What a test sees first of a memory that keeps nothing, or too little.
REPEATED = ("same-token-same-result", "same-token-succeeds", "shortest-and-longest", "body-layout", "lost-reply")
ANOTHER = ("another-token", "case-sensitive", "longer-token", "surrounding-blanks")
REST = ("*",)
LONGEST = 500  # code points of a ClientToken
LONG = 10_000  # bytes of a message

FORGETS = every_operation(
    "forgets",
    "is done again each time, whatever the ClientToken",
    (*REPEATED, "concurrent-duplicates", "replay-after-many", "one-transcript-item"),
    reading(lambda _: None),
    may=REST,
)
GOES_BY_THE_BODY = every_operation(
    "goes-by-the-body",
    "takes any ClientToken for the same where the rest of the request is the same",
    ANOTHER,
    lambda: mistaking(lambda _world, call, _token: fingerprint_of(call).hex()),
    may=(
        *REST,
        "DisconnectParticipant.bearer.after-disconnect",
        "StartAttachmentUpload.AttachmentId.unique",
        "CompleteAttachmentUpload.ClientToken.*",
    ),
)
IGNORES_CASE = every_operation(
    "ignores-case",
    "takes a ClientToken in other letter case for the same",
    ("case-sensitive",),
    reading(lambda token: token.lower()),
)
TRIMS = every_operation(
    "trims",
    "takes a ClientToken with blanks around it for the same",
    ("surrounding-blanks",),
    reading(lambda token: token.strip()),
)
TRIMS_ITS_END = every_operation(
    "trims-its-end",
    "takes a ClientToken with a blank behind it for the same",
    ("surrounding-blanks",),
    reading(lambda token: token.rstrip()),
)
UUIDS_ONLY = every_operation(
    "keeps-36-characters",
    "looks at the first 36 characters of a ClientToken",
    ("longer-token", "surrounding-blanks"),
    reading(lambda token: token[:36]),
    may=("another-token", "surrounding-blanks"),
)
COLUMN = every_operation(
    "keeps-255-characters",
    "looks at the first 255 characters of a ClientToken",
    ("longer-token",),
    reading(lambda token: token[:255]),
)
LAST_CHARACTER = every_operation(
    "drops-the-last-of-500",
    "looks at 499 characters of a ClientToken",
    ("longer-token",),
    reading(lambda token: token[:499]),
)
NO_DASHES = every_operation(
    "ignores-dashes",
    "takes a ClientToken for a UUID, with or without dashes",
    ("another-token",),
    reading(lambda token: token.replace("-", "")),
)
NO_EMOJI = every_operation(
    "mixes-up-emojis",
    "keeps a question mark for each character of a ClientToken that is not ASCII",
    ("another-token",),
    reading(lambda token: token.encode("ascii", "replace").decode()),
    only=("StartChatContact", "StartWebRTCContact", "SendMessage", "SendEvent", "StartAttachmentUpload"),
)
NORMAL_FORM = every_operation(
    "normalises",
    "takes the normal forms of a ClientToken for the same",
    ("another-token",),
    reading(lambda token: unicodedata.normalize("NFC", token)),
    only=("StartChatContact", "StartWebRTCContact", "SendMessage", "SendEvent", "StartAttachmentUpload"),
)
TOO_SHORT = every_operation(
    "needs-two-characters",
    "takes a ClientToken of one character for none",
    ("shortest-and-longest",),
    reading(lambda token: token if len(token) > 1 else None),
)
TOO_LONG = every_operation(
    "forgets-long-tokens",
    "takes a ClientToken of more than 499 code points for none",
    ("shortest-and-longest",),
    reading(lambda token: token if len(token) < LONGEST else None),
)
TOO_MANY_BYTES = every_operation(
    "counts-bytes-of-tokens",
    "takes a ClientToken of more than 500 bytes for none",
    ("shortest-and-longest",),
    reading(lambda token: token if len(token.encode()) <= LONGEST else None),
)


def _not_for(odd: Callable[[Call], bool]) -> Callable[[], Instead]:
    """Knows no token of a request that `odd` holds for."""
    return lambda: mistaking(lambda _world, call, token: None if odd(call) else token)


SAME = ("same-token-same-result",)
NOT_RECEIPTS = every_operation(
    "forgets-receipts",
    "knows the ClientTokens of typing only",
    SAME,
    _not_for(lambda call: call.get("ContentType") in RECEIPTS),
    may=("changed-parameters-no-second-effect",),
    only=("SendEvent",),
)
NOT_LONG_ONES = every_operation(
    "forgets-long-messages",
    "knows no ClientToken of a message of more than 10,000 bytes",
    SAME,
    _not_for(lambda call: len(call.get("Content").encode()) > LONG),
    only=("SendMessage",),
)
NOT_WITH_ATTRIBUTES = every_operation(
    "forgets-with-attributes",
    "knows no ClientToken of a start with Attributes",
    SAME,
    _not_for(lambda call: bool(call.get("Attributes"))),
    may=("body-layout", "changed-parameters-no-second-effect"),
    only=("StartChatContact", "StartWebRTCContact"),
)


def _of_the_latest() -> Instead:
    latest: dict[bytes, str] = {}

    def instead(memory: Memory, world: World, call: Call, perform: Performer) -> Members:
        token, alike = token_of(call), fingerprint_of(call)
        if token is None:
            return memory.once(world, with_token(call, latest.pop(alike, None)), perform)
        latest[alike] = token
        return memory.once(world, call, perform)

    return instead


NO_TOKEN = every_operation(
    "takes-none-for-the-latest",
    "takes a request without a ClientToken for a repetition of one that had a token",
    ("no-token",),
    _of_the_latest,
    may=("empty-token", "CreateParticipant.call.*"),
)
