"""Limiters to a rate, whose state all processes of a run share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from pyrate_limiter import GCRA, Limiter, Rate, SingleBucketFactory, StateBucket
from pyrate_limiter.abstracts.algorithm import Decision, State, StateAlgorithm
from pyrate_limiter.abstracts.store import StateStore

from conformance.contract.service_rates import ServiceRate

_WINDOW = 1_000_000  # milliseconds over which a rate is counted out, so that 0.5 or 2.5 a second stay exact

Arrival = Callable[[], AbstractContextManager[list[int]]]


class _SharedState(StateStore):
    """Keeps a limiter's one number where all processes of the run find it. They share the machine's clock too."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival

    def check(self, algorithm: StateAlgorithm, rates: list[Rate], now: int, weight: int) -> Decision:
        """Let `algorithm` decide, and keep its new state."""
        with self._arrival() as kept:
            state, decision = algorithm.step(rates, tuple(kept), now, weight)
            kept[:] = [int(number) for number in state]
        return decision

    def read(self, algorithm: StateAlgorithm, rates: list[Rate]) -> State:  # noqa: ARG002 - the library's form
        """The state as it is."""
        with self._arrival() as kept:
            return tuple(kept)

    def reset(self) -> None:
        """Forget what was sent."""
        with self._arrival() as kept:
            kept[:] = [0]


def limiter(served: ServiceRate, arrival: Arrival) -> Limiter:
    """A limiter to what `served` says, with its state at `arrival`."""
    limit = Rate(max(1, round(served.rate * _WINDOW / 1000)), _WINDOW, burst=served.burst)
    bucket = StateBucket([limit], algorithm=GCRA(), store=_SharedState(arrival))
    return Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=0)
