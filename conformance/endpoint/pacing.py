"""How fast a run sends: by its own rate, by what each operation takes, and slower where the endpoint asks for it.

All processes of a run share the limiters, whose state is stored with the run's counters. An endpoint whose
rate is unknown shows it by status 429 to calls that it serves when they are sent again. The run then sends at half its
speed, and faster again while its calls are served. A call that gets status 429 each time says nothing about a rate.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from conformance.contract.service_rates import Rates, ServiceRate
from conformance.contract.wire import Exchange
from conformance.endpoint.counters import RunCounters
from conformance.endpoint.throttling import asked_wait, is_rate_limited

_OTHERS = "others"  # operations whose rate is not known

Turns = Callable[[str], object]  # waits until a request of the operation that it is given may go


def evenly(rate: float) -> ServiceRate:
    """`rate` requests a second, evenly spaced; above 10 a tenth of a second's worth may go together."""
    return ServiceRate(rate, max(1, int(rate / 10)))


@dataclass(slots=True)
class LearnedRate:
    """The speed at which an endpoint that throttles still serves, in requests a second; None while it is not known.

    `SEVERAL` throttled of the last `RECENT` requests halve it, and each second without one adds a tenth. Where
    `USELESS` halvings in a row have brought no relief, or the run has become `SLOWEST` times slower than it was at
    first, the endpoint does not throttle by rate, and it is given up for good: one that calls bad input throttled
    would bring a run to a stand.
    """

    SEVERAL, RECENT, USELESS, RELIEF, SLOWEST = 3, 100, 6, 30, 256
    clock: Callable[[], float] = time.monotonic
    rate: float | None = None
    _sent: deque[float] = field(default_factory=lambda: deque(maxlen=LearnedRate.RECENT))
    _throttled: deque[bool] = field(default_factory=lambda: deque(maxlen=LearnedRate.RECENT))
    _since: int = RELIEF + 1
    _useless: int = 0
    _changed: float = 0.0
    _slowed: float | None = None
    _first: float | None = None

    def learn(self, *, throttled: bool, ago: float = 0.0) -> bool:
        """Take note of the reply to a call that was sent so many seconds `ago`. Whether the rate is another one now.

        Of calls that were in flight when the rate was halved, a throttled one says nothing about the new rate.
        """
        now = self.clock()
        if throttled and self._slowed is not None and now - ago < self._slowed:
            return False
        self._sent.append(now)
        self._throttled.append(throttled)
        self._since += 1
        if throttled:
            return sum(self._throttled) >= self.SEVERAL and self._slow_down(now)
        return self._speed_up(now)

    def _slow_down(self, now: float) -> bool:
        if self._useless >= self.USELESS:
            return False
        self._useless = self._useless + 1 if self._since <= self.RELIEF else 0
        self._first = self._first or self._measure(now)
        slower = (self.rate or self._first) / 2
        if slower < self._first / self.SLOWEST:
            self._useless = self.USELESS
        self.rate = None if self._useless >= self.USELESS else slower
        self._since, self._changed, self._slowed = 0, now, now
        self._throttled.clear()
        return True

    def _measure(self, now: float) -> float:
        return len(self._sent) / max(now - self._sent[0], 0.01)

    def _speed_up(self, now: float) -> bool:
        seconds = now - self._changed
        if self.rate is None or seconds < 1:
            return False
        # At a slow rate a reply is many seconds after the last one.
        self.rate, self._changed = self.rate * 1.1 ** min(seconds, self.SLOWEST), now
        return True


class Pacing:
    """Lets each request wait for its turn. Thread-safe."""

    def __init__(
        self, counters: RunCounters, rate: float | None = None, rates: Rates | None = None, *, adapts: bool = True
    ) -> None:
        """`rate` is that of the run, in requests a second; `rates` are those of operations. None for no limit.

        A run that `adapts` goes slower where the endpoint throttles.
        """
        self._counters = counters
        self._run = None if rate is None else self._turns(evenly(rate), "run")
        known: Mapping[str, ServiceRate] = rates or {}
        self._known = {name: self._turns(served, name) for name, served in known.items()}
        self._learned = LearnedRate() if adapts else None
        self._slowed: Turns | None = None
        self._lock = Lock()

    def _turns(self, served: ServiceRate, name: str) -> Turns:
        from conformance.endpoint.limiters import limiter  # noqa: PLC0415 - few runs have a rate

        return limiter(served, partial(self._counters.arrival, name)).try_acquire

    def wait(self, operation: str) -> None:
        """Wait until a request of `operation` may go."""
        held = self._counters.held_until(self._rate_name(operation)) - time.monotonic()
        if held > 0:
            time.sleep(held)
        for each in (self._known.get(operation), self._slowed, self._run):
            if each is not None:
                each(operation)

    def _rate_name(self, operation: str) -> str:
        return operation if operation in self._known else _OTHERS

    def learn(self, exchange: Exchange, longest: float) -> None:
        """Take note of a reply: the run waits as one of a rate limiter asks, at most `longest` s."""
        operation = exchange.request.operation
        if not is_rate_limited(exchange):
            self._learn(operation, throttled=False)
            return
        asked = asked_wait(exchange.response)
        if asked is not None and asked > 0:
            until = time.monotonic() + min(asked, longest)
            self._counters.hold(self._rate_name(operation), until)

    def note_retry(self, operation: str, ago: float) -> None:
        """Take note that a call of `operation` was throttled, sent again, and served: it came too fast.

        It was first sent so many seconds `ago`.
        """
        self._learn(operation, throttled=True, ago=ago)

    def _learn(self, operation: str, *, throttled: bool, ago: float = 0.0) -> None:
        learned = self._learned
        if operation in self._known or learned is None:
            return
        with self._lock:  # calls in flight are answered in threads of their own
            if learned.learn(throttled=throttled, ago=ago):
                rate = learned.rate
                self._slowed = None if rate is None else self._turns(evenly(rate), _OTHERS)
