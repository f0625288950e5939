"""The rate of a run: its processes share one limiter, whose state is stored with the run's counters."""

from __future__ import annotations

from pyrate_limiter import GCRA, Limiter, Rate, SingleBucketFactory, StateBucket
from pyrate_limiter.abstracts.algorithm import Decision, State, StateAlgorithm
from pyrate_limiter.abstracts.store import StateStore

from conformance.endpoint.counters import RunCounters

_WINDOW = 1_000_000  # milliseconds over which a rate is counted out, so that 0.5 or 2.5 a second stay exact


class _SharedState(StateStore):
    """Keeps the limiter's one number where all processes of the run find it. They share the machine's clock too."""

    def __init__(self, counters: RunCounters) -> None:
        self._counters = counters

    def check(self, algorithm: StateAlgorithm, rates: list[Rate], now: int, weight: int) -> Decision:
        """Let `algorithm` decide, and keep its new state."""
        with self._counters.arrival() as kept:
            state, decision = algorithm.step(rates, tuple(kept), now, weight)
            kept[:] = [int(number) for number in state]
        return decision

    def read(self, algorithm: StateAlgorithm, rates: list[Rate]) -> State:  # noqa: ARG002 - the library's form
        """The state as it is."""
        with self._counters.arrival() as kept:
            return tuple(kept)

    def reset(self) -> None:
        """Forget what was sent."""
        with self._counters.arrival() as kept:
            kept[:] = [0]


def pacer(rate: float, counters: RunCounters) -> Limiter:
    """A limiter to `rate` requests a second, evenly spaced; above 10 a tenth of a second's worth may go together."""
    limit = Rate(max(1, round(rate * _WINDOW / 1000)), _WINDOW, burst=max(1, int(rate / 10)))
    bucket = StateBucket([limit], algorithm=GCRA(), store=_SharedState(counters))
    return Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=0)
