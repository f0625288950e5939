"""Faults of ClientTokens: an endpoint that forgets, after others, after a while, or when it is asked too often."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from itertools import count

from conformance.reference.clock import DAY, HOUR, SECOND
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.faults_kit.idempotency import (
    BORNE_OFTEN,
    CHEAP,
    STARTING_CONTACTS,
    Instead,
    every_operation,
    mistaking,
    token_of,
)
from conformance.reference.idempotency import Memory, fingerprint_of

SAME_TOKEN_SAME_RESULT = (
    "SendEvent.ClientToken.same-token-same-result",
    "SendMessage.ClientToken.same-token-same-result",
    "StartAttachmentUpload.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
    "StartContactStreaming.ClientToken.same-token-same-result",
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
SAME_TOKEN_SUCCEEDS = (
    "CompleteAttachmentUpload.ClientToken.same-token-succeeds",
    "DisconnectParticipant.ClientToken.same-token-succeeds",
)
SEVEN_DAYS = ("StartWebRTCContact.ClientToken.seven-days",)
CONCURRENT_DUPLICATES = (
    "DisconnectParticipant.ClientToken.concurrent-duplicates",
    "SendEvent.ClientToken.concurrent-duplicates",
    "SendMessage.ClientToken.concurrent-duplicates",
    "StartAttachmentUpload.ClientToken.concurrent-duplicates",
    "StartChatContact.ClientToken.concurrent-duplicates",
    "StartWebRTCContact.ClientToken.concurrent-duplicates",
    "CreateParticipant.ClientToken.concurrent-duplicates",
    "StartContactStreaming.ClientToken.concurrent-duplicates",
)
ANOTHER_TOKEN = (
    "SendEvent.ClientToken.another-token",
    "SendMessage.ClientToken.another-token",
    "StartAttachmentUpload.ClientToken.another-token",
    "StartChatContact.ClientToken.another-token",
)
REPEATED = (*SAME_TOKEN_SAME_RESULT, *SAME_TOKEN_SUCCEEDS)
REST = ("*.ClientToken.*",)


def _last(number: int) -> Callable[[], Instead]:
    """Knows the latest `number` tokens; one that it has forgotten is a new one."""

    def make() -> Instead:
        names: OrderedDict[str, str] = OrderedDict()
        serial = count()

        def name(_context: Context, _call: Call, token: str) -> str:
            if token not in names:
                names[token] = f"{token} {next(serial)}"
            if len(names) > number:
                names.popitem(last=False)
            return names[token]

        return mistaking(name)

    return make


LATEST = every_operation(
    "knows-the-latest", "remembers the latest ClientToken only", _last(1), SAME_TOKEN_SAME_RESULT, may=REST
)
AFTER_THREE = every_operation(
    "knows-three", "remembers the latest 3 ClientTokens only", _last(3), REPLAY_AFTER_MANY, only=("CreateParticipant",)
)
AFTER_EIGHT = every_operation(
    "knows-8", "remembers the latest 8 ClientTokens only", _last(8), REPLAY_AFTER_MANY, only=BORNE_OFTEN
)
AFTER_TWENTY = every_operation(
    "knows-20", "remembers the latest 20 ClientTokens only", _last(20), REPLAY_AFTER_MANY, only=CHEAP
)
AFTER_A_HUNDRED = every_operation(
    "knows-100", "remembers the latest 100 ClientTokens only", _last(100), REPLAY_AFTER_MANY, only=("SendMessage",)
)


def _for(time: int) -> Callable[[], Instead]:
    """Knows a token for `time` in milliseconds."""

    def make() -> Instead:
        since: dict[str, int] = {}

        def name(context: Context, _call: Call, token: str) -> str:
            began = since.setdefault(token, context.now())
            if context.now() - began >= time:
                began = since[token] = context.now()
            return f"{token} {began}"

        return mistaking(name)

    return make


FOR_SECONDS = every_operation(
    "expires-after-10-seconds",
    "remembers a ClientToken for 10 seconds",
    _for(10 * SECOND),
    REPEATED,
    may=("*.ClientToken.replay-after-many", "*.ClientToken.seven-days"),
)
FOR_A_DAY = every_operation("expires-after-a-day", "remembers a ClientToken for a day", _for(DAY), SEVEN_DAYS)
NOT_QUITE = every_operation(
    "expires-an-hour-early", "remembers a ClientToken for an hour less than 7 days", _for(7 * DAY - HOUR), SEVEN_DAYS
)


def _uses(is_new: Callable[[int], bool]) -> Callable[[], Instead]:
    """The n-th use of a token (1 is the first) is a new one where `is_new` says so."""

    def make() -> Instead:
        used: Counter[str] = Counter()

        def name(_context: Context, _call: Call, token: str) -> str:
            used[token] += 1
            return f"{token} {used[token]}" if is_new(used[token]) else token

        return mistaking(name)

    return make


ONE_RETRY = every_operation(
    "answers-one-retry",
    "repeats its result for a ClientToken once only",
    _uses(range(3, 1000).__contains__),
    REPEATED,
    may=REST,
)

MOST_AT_ONCE = 8


def _crowd() -> Instead:
    times: dict[str, deque[int]] = {}
    serial = count()

    def name(context: Context, _call: Call, token: str) -> str:
        recent = times.setdefault(token, deque(maxlen=MOST_AT_ONCE))
        crowded = len(recent) == MOST_AT_ONCE and context.now() - recent[0] < SECOND
        recent.append(context.now())
        return f"{token} {next(serial)}" if crowded else token

    return mistaking(name)


CROWDED = every_operation(
    "loses-count-of-many-at-once",
    "does more than 8 requests of a ClientToken within a second anew",
    _crowd,
    CONCURRENT_DUPLICATES,
)


MOST_ALIKE = 6


def _merge() -> Instead:
    made: dict[object, deque[tuple[int, Members]]] = {}

    def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
        recent = made.setdefault((call.caller, fingerprint_of(call)), deque(maxlen=MOST_ALIKE))
        if len(recent) == MOST_ALIKE and context.now() - recent[0][0] < SECOND and token_of(call):
            return recent[-1][1]
        recent.append((context.now(), memory.once(context, call, perform)))
        return recent[-1][1]

    return instead


MERGED = every_operation(
    "merges-many-alike",
    "does one for the seventh and later requests within a second that are alike but for their ClientTokens",
    _merge,
    ANOTHER_TOKEN,
    may=(
        "*.ClientToken.*",
        "CompleteAttachmentUpload.bearer.own-chat-only",
        "*.ContactId.unique",
    ),  # the seventh is anybody's
    only=("SendEvent", "SendMessage", "StartAttachmentUpload", *STARTING_CONTACTS),
)
