"""Rare faults of the line: one server error or closed connection, and throttling. They are told, and accuse nobody.

A single 500, 502, 503, 504 or closed connection may be a gateway's moment; the same request is sent once more, and only
the second such answer is the endpoint's. Whether the first one had its effect is not known.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.connections import Attempt
from conformance.endpoint.throttling import QUOTA_USED_UP, is_throttled

PASSING = frozenset({500, 502, 503, 504})
_READING = ("Get", "Describe")  # how the names of operations begin that change nothing


@dataclass(slots=True)
class LineFaults:
    """Counts, over a run, what the line did. Thread-safe."""

    passed: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    still_throttled: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, exchange: Exchange) -> None:
        """Count what came of one attempt."""
        with self._lock:
            kind = _kind(exchange)
            if exchange.provisional:
                self.passed[kind] += 1
            elif is_throttled(exchange):
                self.throttled[kind] += 1

    def note_final(self, exchange: Exchange) -> None:
        """Count a call that stayed throttled to the end."""
        if is_throttled(exchange):
            with self._lock:
                self.still_throttled += 1

    def sentences(self) -> list[str]:
        """What a reader should know of it, none where nothing was amiss."""
        said = []
        if self.passed:
            times = f"{_times(self.passed.total())} ({_listed(self.passed)})"
            said.append(f"A request was sent again {times}: nothing is judged by one server error or lost connection.")
        if self.throttled:
            number = "one call" if self.still_throttled == 1 else f"{self.still_throttled:,} calls"
            calls = f"{number} stayed so, and what they were made for is inconclusive"
            rest = calls if self.still_throttled else "each was made again until it was served"
            told = f"Calls were throttled {_times(self.throttled.total())} ({_listed(self.throttled)}); {rest}."
            said.append(" ".join((told, *_remedies(self.throttled))))
        return said


def _kind(exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return "a broken connection"
    return f"{response.status} {QUOTA_USED_UP}" if response.error_name == QUOTA_USED_UP else str(response.status)


def _remedies(throttled: Counter[str]) -> Iterator[str]:
    if any(not kind.endswith(QUOTA_USED_UP) for kind in throttled):
        yield "--rate N sends no more than N requests a second."
    if any(kind.endswith(QUOTA_USED_UP) for kind in throttled):
        yield "--max-open N leaves no more than N chats open."


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{kind}: {number:,}" for kind, number in kinds.most_common())


def is_passing(exchange: Exchange, attempt: Attempt) -> bool:
    """Whether what came of an attempt may be over when the same request is sent again."""
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
