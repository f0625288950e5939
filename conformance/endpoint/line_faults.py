"""Rare faults of the line: one server error or closed connection, and throttling. The report only notes them.

A gateway may cause a single 500, 502, 503, 504 or closed connection. So the same request is sent once more, and only
the second such answer counts as the endpoint's. Whether the first request had its effect is not known.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.checks.diagnosis.gateways import is_unavailable
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.connections import Attempt
from conformance.endpoint.throttling import QUOTA_USED_UP, is_throttled

PASSING = frozenset({500, 502, 503, 504})
_RATE = "--rate N sends no more than N requests a second."
_NAMED = 3  # operations that a sentence names
_READING = ("Get", "Describe")  # how the names of operations begin that change nothing


@dataclass(slots=True)
class _Repeated:
    """Calls that were made again later, by what they got and by operation, and how many of them got it to the end."""

    got: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    still: int = 0

    @property
    def rest(self) -> str:
        """What became of them."""
        number, they = ("one call", "it was") if self.still == 1 else (f"{self.still:,} calls", "they were")
        stayed = f"{number} stayed so, and what {they} made for is inconclusive"
        return stayed if self.still else "each was made again until it was served"


@dataclass(slots=True)
class LineFaults:
    """Counts, over a run, what the line did. Thread-safe."""

    passed: Counter[str] = field(default_factory=Counter)
    throttled: _Repeated = field(default_factory=_Repeated)
    unavailable: _Repeated = field(default_factory=_Repeated)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, exchange: Exchange) -> None:
        """Count the result of one attempt."""
        with self._lock:
            kind = _kind(exchange)
            if exchange.provisional:
                self.passed[kind] += 1
            elif is_throttled(exchange):
                repeated = self._count_for(exchange)
                repeated.got[kind] += 1
                repeated.operations[exchange.request.operation] += 1

    def note_final(self, exchange: Exchange) -> None:
        """Count a call that stayed throttled to the end."""
        if is_throttled(exchange):
            with self._lock:
                self._count_for(exchange).still += 1

    def _count_for(self, exchange: Exchange) -> _Repeated:
        return self.unavailable if exchange.response and is_unavailable(exchange.response) else self.throttled

    def sentences(self) -> list[str]:
        """What a reader should know of it, none where nothing was amiss."""
        return [*self._sentence_of_passing(), *self._sentence_of_throttling(), *self._of_unavailable()]

    def _sentence_of_passing(self) -> Iterator[str]:
        if self.passed:
            times = f"{_times(self.passed.total())} ({_list(self.passed)})"
            yield f"A request was sent again {times}: nothing is judged by one server error or lost connection."

    def _sentence_of_throttling(self) -> Iterator[str]:
        got = self.throttled.got
        if got:
            calls = f"Calls of {_names(self.throttled.operations)} were throttled"
            sentence = f"{calls} {_times(got.total())} ({_list(got)}); {self.throttled.rest}."
            yield " ".join((sentence, *_remedies(got)))

    def _of_unavailable(self) -> Iterator[str]:
        got = self.unavailable.got
        if got:
            yield (
                f"Calls got a 503 that names no error {_times(got.total())}, as where a gateway's endpoint is down or "
                f"overloaded; {self.unavailable.rest}. If it is overloaded, {_RATE}"
            )


def _kind(exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return "a broken connection"
    return f"{response.status} {QUOTA_USED_UP}" if response.error_name == QUOTA_USED_UP else str(response.status)


def _remedies(throttled: Counter[str]) -> Iterator[str]:
    if any(not kind.endswith(QUOTA_USED_UP) for kind in throttled):
        yield _RATE
    if any(kind.endswith(QUOTA_USED_UP) for kind in throttled):
        yield "--max-open N leaves no more than N chats open."


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _list(kinds: Counter[str]) -> str:
    return ", ".join(f"{kind}: {number:,}" for kind, number in kinds.most_common())


def _names(operations: Counter[str]) -> str:
    """The operations called most, as many as a sentence bears."""
    most = [name for name, _ in operations.most_common(_NAMED)]
    rest = len(operations) - len(most)
    return ", ".join(most) + (f" and {rest} more operation{'s' if rest > 1 else ''}" if rest else "")


def is_passing(exchange: Exchange, attempt: Attempt) -> bool:
    """Whether the same request, sent again, may get another answer than this attempt's."""
    response = exchange.response
    if response is None:
        closed = attempt.reached and not (attempt.received or attempt.expired or attempt.cut)
        return closed and not (attempt.stale or attempt.hung_up or attempt.not_carried)
    return response.status in PASSING and not is_throttled(exchange)


def may_have_acted(exchange: Exchange) -> bool:
    """Whether the endpoint may have acted on a request that got no reply, or one of a gateway."""
    return exchange.response is None or exchange.response.status in PASSING


def may_act_twice(request: Request) -> bool:
    """Whether a request that is sent twice may have its effect twice: it changes something and has no ClientToken."""
    if operation(request.operation).name.startswith(_READING):
        return False
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return True
    return not (isinstance(document, dict) and document.get("ClientToken"))
