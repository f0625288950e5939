"""Tests run before pytest comes to them: pytest takes their results in its own order.

No thread enters pytest, a fixture or its capture. What a test raised in its thread is raised again where pytest calls
it. A violation that was seen with other calls in flight is looked for once more alone; where that does not show it, the
ledger says so. A test that finds no room for its contacts while others run is run again alone, and half as many are in
flight from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from conformance.checks.violation import ContractViolation
from conformance.endpoint.preconditions import NoRoom
from conformance.engine.kinds_of_failure import KindsOfFailure
from conformance.engine.verifier import Verifier
from conformance.results.observation import Repetitions
from conformance.session.in_flight.dispatcher import Dispatcher, Job
from conformance.session.in_flight.script import Script
from conformance.session.in_flight.script_run import Around, ScriptRun, is_new_kind, nothing_around, repeat

Key = TypeVar("Key")
_GLANCE = 0.05  # seconds between two looks at whether the run is to end
_ALONE = "alone"  # how violations are repeated here


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
    _runs: dict[Key, tuple[Job, ScriptRun]] = field(default_factory=dict)
    _dispatcher: Dispatcher | None = None
    _repeated: KindsOfFailure = field(default_factory=KindsOfFailure)

    def start(self, scripts: Mapping[Key, Script], *, ahead: int | None = None) -> None:
        """Begin to run `scripts`, in this order; `ahead` as in Dispatcher."""
        for key, script in scripts.items():
            script_run = ScriptRun(script)
            job = Job(lambda: None, script.alone, script.turn, script.single)
            job.do = partial(self._run, job, script_run)
            self._runs[key] = job, script_run
        jobs = (job for job, _ in self._runs.values())
        self._dispatcher = Dispatcher(jobs, self.number, ahead, self.measured)
        self._dispatcher.start()

    def take(self, key: Key) -> ScriptRun | None:
        """The result of a test, waited for; None for one that was not run, or was taken before.

        Raises KeyboardInterrupt where the run is to end.
        """
        if key not in self._runs or self._dispatcher is None:
            return None
        job, script_run = self._runs.pop(key)
        while not job.ended.wait(_GLANCE):
            self.check()
        self._dispatcher.took()
        if isinstance(script_run.raised, KeyboardInterrupt):
            raise KeyboardInterrupt
        return script_run

    def end(self) -> None:
        """Begin no more tests and wait for those at work."""
        if self._dispatcher is not None:
            self._dispatcher.stop()

    def untaken(self) -> Iterator[tuple[Key, ScriptRun]]:
        """The tests that were run and not taken, after the end."""
        for key, (job, script_run) in self._runs.items():
            if job.ended.is_set() and not isinstance(script_run.raised, KeyboardInterrupt):
                yield key, script_run

    def _run(self, job: Job, script_run: ScriptRun) -> None:
        dispatcher = self._dispatcher
        if dispatcher is None:
            return
        script_run.run(self.verifier, self.around, dispatcher.others_run)
        if isinstance(script_run.raised, NoRoom):
            dispatcher.halve()
            with dispatcher.quiet(job):
                script_run.run(self.verifier, self.around)
        if job.beside_others and script_run.broken:
            self._repeat_alone(job, script_run, dispatcher)

    def _repeat_alone(self, job: Job, script_run: ScriptRun, dispatcher: Dispatcher) -> None:
        if not is_new_kind(script_run.broken, self.verifier, self._deserves_repetition):
            return
        with dispatcher.quiet(job):
            gone = script_run.broken - repeat(script_run.script, self.verifier)
        number = len(script_run.broken)
        self._repeated.note_repetitions(_ALONE, Repetitions(number - len(gone), number))
        for requirement in sorted(gone):
            self.verifier.recorder.ledger.mark(requirement, script_run.script.name, only_in_flight(self.number))

    def _deserves_repetition(self, violation: ContractViolation) -> bool:
        return self._repeated.deserves_repetition(violation, _ALONE)
