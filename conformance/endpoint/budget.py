"""How much a run may send: pacing, caps on requests and on contacts, and a count of requests by operation."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pyrate_limiter import GCRA, Limiter, Rate, SingleBucketFactory, StateBucket

STARTING = frozenset({"StartChatContact", "StartWebRTCContact"})
_WINDOW = 1_000_000  # milliseconds over which a rate is counted out, so that 0.5 or 2.5 a second stay exact


class BudgetSpent(Exception):
    """The run may send no more (--max-requests, --max-contacts). What it leaves unseen is inconclusive."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests sent, by operation, and how many of them only made a found failure smaller."""

    by_operation: Mapping[str, int]
    shrinking: int


class Budget:
    """Counts every request of a run, holds it to a rate, and refuses those beyond a maximum. Thread-safe."""

    def __init__(
        self, *, rate: float | None = None, max_requests: int | None = None, max_contacts: int | None = None
    ) -> None:
        """`rate` is in requests a second, None for no limit; so is None for the maxima."""
        self._limiter = None if rate is None else _limiter(rate)
        self._max_requests, self._max_contacts = max_requests, max_contacts
        self._started: set[str] = set()
        self._places = 0  # taken by starts: those under way, those whose reply was lost, and one for each contact
        self._lock = threading.Lock()
        self._sent = self._sent_shrinking = 0
        self._untaken: Counter[str] = Counter()
        self._untaken_shrinking = 0
        self._shrinking = self._closing = 0

    @property
    def sent(self) -> int:
        """How many requests were sent so far."""
        return self._sent

    @property
    def sent_shrinking(self) -> int:
        """How many of the requests sent so far only made a found failure smaller."""
        return self._sent_shrinking

    def spend(self, operation: str) -> None:
        """Count one request of `operation`, waiting until the rate allows it. Raises BudgetSpent beyond the maximum."""
        with self._lock:
            if self._max_requests is not None and self._sent >= self._max_requests and not self._closing:
                raise BudgetSpent(f"{self._max_requests} requests were sent, the maximum that --max-requests allows")
            if operation in STARTING:
                self._take_place()
            self._count(operation)
        if self._limiter is not None:
            self._limiter.try_acquire(operation)

    def allows(self, requests: int, contacts: int) -> bool:
        """Whether that many more requests and contacts stay within the maxima."""
        with self._lock:
            sent, places = self._sent + requests, self._places + contacts
            within = self._max_requests is None or sent <= self._max_requests
            return within and (self._max_contacts is None or places <= self._max_contacts)

    def _take_place(self) -> None:
        if self._max_contacts is not None and self._places >= self._max_contacts:
            raise BudgetSpent(f"{self._max_contacts} contacts were started, the maximum that --max-contacts allows")
        self._places += 1

    def settle(self, contact: str | None) -> None:
        """Tell what an answered start came to: a contact, or None where it was refused.

        Only a contact that was not known before keeps its place. A start whose reply was lost is never settled.
        """
        with self._lock:
            if contact is None or contact in self._started:
                self._places -= 1
            else:
                self._started.add(contact)

    def _count(self, operation: str) -> None:
        self._sent += 1
        self._untaken[operation] += 1
        if self._shrinking:
            self._sent_shrinking += 1
            self._untaken_shrinking += 1

    def take(self) -> Traffic:
        """What was sent since the last call of this method."""
        with self._lock:
            traffic = Traffic(dict(self._untaken), self._untaken_shrinking)
            self._untaken.clear()
            self._untaken_shrinking = 0
        return traffic

    @contextmanager
    def shrinking(self) -> Iterator[None]:
        """What any thread sends inside only makes a found failure smaller, and is counted as such."""
        with self._lock:
            self._shrinking += 1
        try:
            yield
        finally:
            with self._lock:
                self._shrinking -= 1

    @contextmanager
    def closing(self) -> Iterator[None]:
        """What any thread sends inside is counted but never refused: what was started is stopped, whatever it takes."""
        with self._lock:
            self._closing += 1
        try:
            yield
        finally:
            with self._lock:
                self._closing -= 1


def _limiter(rate: float) -> Limiter:
    """Evenly spaced requests; above 10 a second a tenth of a second's worth may go together."""
    limit = Rate(max(1, round(rate * _WINDOW / 1000)), _WINDOW, burst=max(1, int(rate / 10)))
    bucket = StateBucket([limit], algorithm=GCRA())
    return Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=0)
