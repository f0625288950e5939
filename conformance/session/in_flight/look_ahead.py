"""Tests examined before pytest comes to them: it takes what came of each in its own order.

No thread enters pytest, a fixture or its capture. What a test raised in its thread is raised again where pytest calls
it. A violation that was seen with other calls in flight is looked for once more alone; where that does not show it, the
ledger says so. A test that finds no room for its contacts beside the others runs again alone, and half as many are in
flight from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from conformance.endpoint.preconditions import NoRoom
from conformance.engine.kinds_of_failure import KindsOfFailure
from conformance.engine.verifier import Verifier
from conformance.session.in_flight.dispatcher import Dispatcher, Job
from conformance.session.in_flight.examined import Around, Examined, broken_again, is_new_kind, nothing_around
from conformance.session.in_flight.script import Script

Key = TypeVar("Key")
_GLANCE = 0.05  # seconds between two looks at whether the run is to end


def only_in_flight(number: int) -> str:
    """The mark of a violation that did not show alone."""
    return f"only with {number} calls in flight"


@dataclass(slots=True)
class LookAhead(Generic[Key]):
    """The tests of a run in flight, each under a key of the caller's.

    `check` raises KeyboardInterrupt where the run is to end. A test is run inside `around`, which may raise instead;
    one that is alone inside `measured`.
    """

    verifier: Verifier
    number: int
    check: Callable[[], None]
    around: Around = nothing_around
    measured: Callable[[], AbstractContextManager[None]] = nullcontext
    _examined: dict[Key, tuple[Job, Examined]] = field(default_factory=dict)
    _dispatcher: Dispatcher | None = None
    _repeated: KindsOfFailure = field(default_factory=KindsOfFailure)

    def start(self, scripts: Mapping[Key, Script], *, ahead: int | None = None) -> None:
        """Begin to examine `scripts`, in this order; `ahead` as in Dispatcher."""
        for key, script in scripts.items():
            examined = Examined(script)
            job = Job(lambda: None, script.alone, script.turn, script.single)
            job.do = partial(self._examine, job, examined)
            self._examined[key] = job, examined
        jobs = (job for job, _ in self._examined.values())
        self._dispatcher = Dispatcher(jobs, self.number, ahead, self.measured)
        self._dispatcher.start()

    def take(self, key: Key) -> Examined | None:
        """What came of a test, waited for; None for one that was not examined, or was taken before.

        Raises KeyboardInterrupt where the run is to end.
        """
        if key not in self._examined or self._dispatcher is None:
            return None
        job, examined = self._examined.pop(key)
        while not job.ended.wait(_GLANCE):
            self.check()
        self._dispatcher.took()
        if isinstance(examined.raised, KeyboardInterrupt):
            raise KeyboardInterrupt
        return examined

    def end(self) -> None:
        """Begin nothing more and wait for what is at work."""
        if self._dispatcher is not None:
            self._dispatcher.stop()

    def untaken(self) -> Iterator[tuple[Key, Examined]]:
        """The tests that were examined and not taken, after the end."""
        for key, (job, examined) in self._examined.items():
            if job.ended.is_set() and not isinstance(examined.raised, KeyboardInterrupt):
                yield key, examined

    def _examine(self, job: Job, examined: Examined) -> None:
        dispatcher = self._dispatcher
        if dispatcher is None:
            return
        examined.examine(self.verifier, self.around, dispatcher.has_company)
        if isinstance(examined.raised, NoRoom):
            dispatcher.halve()
            with dispatcher.quiet(job):
                examined.examine(self.verifier, self.around)
        if job.beside_others and examined.broken:
            self._repeat_alone(job, examined, dispatcher)

    def _repeat_alone(self, job: Job, examined: Examined, dispatcher: Dispatcher) -> None:
        if not is_new_kind(examined.broken, self.verifier, self._repeated.deserves_more):
            return
        with dispatcher.quiet(job):
            gone = examined.broken - broken_again(examined.script, self.verifier)
        for requirement in sorted(gone):
            self.verifier.recorder.ledger.mark(requirement, examined.script.name, only_in_flight(self.number))
