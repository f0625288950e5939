"""Calls that nothing else may come between: while one test makes them, those of other tests wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Condition

from conformance.endpoint.running_tests import RunningTest, current

LONGEST = 30.0  # seconds that a call waits for another test's quiet at most, so that no run stands still


@dataclass(slots=True)
class Quiet:
    """The calls of a run: those of many tests at once, or those of one test alone. Thread-safe.

    A whole test that needs quiet runs alone; this is for a few calls in the middle of one. A call that was made
    before the others began to wait has ended before the first call that is made alone. `measured` is around such calls.
    """

    measured: Callable[[], AbstractContextManager[None]] = nullcontext
    _under_way: Counter[RunningTest] = field(default_factory=Counter)
    _owner: RunningTest | None = None
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Make one call inside, when no other test has quiet; at once if it is part of a call that is under way."""
        with self._changed:
            self._changed.wait_for(self._may_call, LONGEST)
            self._under_way[current()] += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= Counter({current(): 1})  # what comes to 0 is no longer in it
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make calls inside that no call of another test comes between.

        Nothing may be asked for inside that another test may be asking for at the same time (engine.once).
        """
        with self._changed:
            self._changed.wait_for(lambda: self._owner is None)
            self._owner = current()
            self._changed.wait_for(lambda: not self._under_way, LONGEST)
        try:
            with self.measured():
                yield
        finally:
            with self._changed:
                self._owner = None
                self._changed.notify_all()

    def _may_call(self) -> bool:
        return self._owner is None or self._owner is current() or current() in self._under_way
