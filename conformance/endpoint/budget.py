"""How much a run may send: pacing, caps on requests and on contacts, and a count of requests by operation."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

from conformance.contract.operation_traits import STARTING
from conformance.contract.service_rates import Rates
from conformance.contract.wire import BACK_END, Exchange
from conformance.endpoint.counters import RunCounters
from conformance.endpoint.pacing import Pacing
from conformance.endpoint.settings import Settings

_SHRINKING: ContextVar[bool] = ContextVar("shrinking", default=False)
_CLOSING: ContextVar[bool] = ContextVar("closing", default=False)


class BudgetSpent(Exception):
    """The run may send no more (--max-requests, --max-contacts, --max-minutes). What is left unseen is inconclusive."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests sent, by operation, and how many of them only made a found failure smaller."""

    by_operation: Mapping[str, int]
    shrinking: int


class Budget:
    """Counts every request of a run, holds it to a rate, and refuses those beyond a maximum. Thread-safe.

    The maxima and the rate hold for all processes that share `counters`; `sent` and what `take` returns are of this
    process alone.
    """

    def __init__(  # noqa: PLR0913 - one parameter for each limit
        self,
        *,
        rate: float | None = None,
        rates: Rates | None = None,
        max_requests: int | None = None,
        max_contacts: int | None = None,
        max_minutes: float | None = None,
        counters: RunCounters | None = None,
        adapts: bool = True,
    ) -> None:
        """`rate` is in requests a second, None for no limit; so is None for the maxima. `rates` are by operation.

        The minutes begin now. A run that `adapts` goes slower where the endpoint throttles.
        """
        self._counters = counters or RunCounters()
        self._pacing = Pacing(self._counters, rate, rates, adapts=adapts)
        self._max_requests, self._max_contacts = max_requests, max_contacts
        self._max_minutes, self._begun = max_minutes, time.monotonic()
        self._limited = max_requests is not None or max_contacts is not None
        self._open: set[str] = set()
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._sent = self._sent_shrinking = 0
        self._untaken: Counter[str] = Counter()
        self._untaken_shrinking = 0

    @classmethod
    def of(cls, settings: Settings, counters: RunCounters | None = None) -> Self:
        """The budget of a run with `settings`, shared by all processes that have the same `counters`."""
        return cls(
            rate=settings.rate,
            rates=settings.rates,
            max_requests=settings.max_requests,
            max_contacts=settings.max_contacts,
            max_minutes=settings.max_minutes,
            counters=counters,
        )

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
        if self._out_of_time() and not _CLOSING.get():
            raise BudgetSpent(f"{self._max_minutes:g} minutes are over, the maximum that --max-minutes allows")
        if self._limited:
            self._spend(starts=operation in STARTING or operation == BACK_END)
        with self._lock:
            self._count(operation)
        self._pacing.wait(operation)

    def _out_of_time(self) -> bool:
        return self._max_minutes is not None and time.monotonic() - self._begun >= 60 * self._max_minutes

    def note_reply(self, exchange: Exchange, longest: float) -> None:
        """Take note of a reply: where the endpoint throttles, the run waits as it asks, at most `longest` s."""
        self._pacing.learn(exchange, longest)

    def note_retry(self, operation: str, ago: float) -> None:
        """Take note that a call of `operation`, sent so many seconds `ago`, was throttled and then served.

        The run goes slower.
        """
        self._pacing.note_retry(operation, ago)

    def _spend(self, *, starts: bool) -> None:
        if _CLOSING.get():
            self._counters.add(requests=1, contacts=starts, still_open=starts)
            return
        limits = {"max_requests": self._max_requests, "max_contacts": self._max_contacts}
        if not self._counters.spend(starts=starts, **limits):
            raise BudgetSpent(self._limit_sentence(starts=starts))

    def _limit_sentence(self, *, starts: bool) -> str:
        requests, contacts, still_open = self._counters.read()
        full = self._max_contacts is not None and contacts >= self._max_contacts
        if starts and (full or self._max_requests is None):
            return f"{self._max_contacts} contacts were started, the maximum that --max-contacts allows"
        kept = f" and {still_open + starts} kept to stop contacts" if still_open + starts else ""
        return f"{requests} requests were sent{kept}, the maximum that --max-requests allows"

    def allows(self, requests: int, contacts: int) -> bool:
        """Whether the maxima leave room for so many contacts more, and requests, those included that stop them."""
        if self._out_of_time():
            return False
        if not self._limited:
            return True
        sent, started, still_open = self._counters.read()
        within = self._max_requests is None or sent + requests + still_open <= self._max_requests
        return within and (self._max_contacts is None or started + contacts <= self._max_contacts)

    def settle(self, contact: str | None) -> None:
        """Tell what an answered start came to: a contact, or None where it was refused.

        Only a contact that was not known before keeps its place. A start whose reply was lost is never settled.
        """
        if not self._limited:
            return
        with self._lock:
            new = contact is not None and contact not in self._known
            if contact is not None and new:
                self._known.add(contact)
                self._open.add(contact)
        if not new:
            self._counters.add(contacts=-1, still_open=-1)

    def note_end(self, contact: str) -> None:
        """Tell that the endpoint says that `contact` is over, so that no request has to be kept for its end."""
        with self._lock:
            was_open = contact in self._open
            self._open.discard(contact)
        if was_open:
            self._counters.add(still_open=-1)

    def _count(self, operation: str) -> None:
        self._sent += 1
        self._untaken[operation] += 1
        if _SHRINKING.get():
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
        """What is sent inside only makes a found failure smaller, and is counted as such."""
        before = _SHRINKING.set(True)
        try:
            yield
        finally:
            _SHRINKING.reset(before)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """What is sent inside is counted but never refused: what was started is stopped, whatever it takes."""
        before = _CLOSING.set(True)
        try:
            yield
        finally:
            _CLOSING.reset(before)
