"""One run of a test in a thread: what it raised, what it saw broken, and whether that shows again alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace

from conformance.endpoint.preconditions import NoRoom, SetupFailed
from conformance.endpoint.running_tests import RunningTest, alone, running
from conformance.engine.verifier import Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.scenario.scenario import Scenario
from conformance.session.in_flight.script import Script

Around = Callable[[Script], AbstractContextManager[None]]


def nothing_around(_: Script) -> AbstractContextManager[None]:
    """Tests are run as they are."""
    return nullcontext()


@dataclass(eq=False, slots=True)
class ScriptRun:
    """The result of `script`: what it `raised`, its `scenario` if it has one, and how many `seconds` it took."""

    script: Script
    scenario: Scenario | None = None
    raised: BaseException | None = None
    seconds: float = 0.0
    broken: set[str] = field(default_factory=set)

    def run(self, verifier: Verifier, around: Around = nothing_around, others_run: Callable[[], bool] = alone) -> None:
        """Run the test inside `around`, once more where it was run before.

        `others_run` says whether other tests are at work. Raises nothing, no interruption, nor what pytest raises to
        skip a test.
        """
        began = time.monotonic()
        test = RunningTest(self.script.name, others_run)
        self.raised = None
        try:
            with running(test), around(self.script):
                self._run(verifier)
        except NoRoom as raised:
            verifier.forget(test)
            self.raised = raised
        except BaseException as raised:  # noqa: BLE001 - pytest's own thread raises it again
            self.raised = raised
        self.broken |= test.broken
        self.seconds += time.monotonic() - began

    def _run(self, verifier: Verifier) -> None:
        try:
            if self.script.runs_scenario:
                self.scenario = self.script.scenario(verifier)
            self.script.run(verifier, self.scenario)
        finally:
            with suppress(SetupFailed):
                verifier.conversations.leave()


class _Nowhere:
    """Takes lines of a ledger that nobody reads."""

    def write(self, text: str, /) -> None:
        """Drop it."""

    def flush(self) -> None:
        """Nothing is held back."""


def repeat(script: Script, verifier: Verifier) -> set[str]:
    """The requirements that are broken when `script` is run once more, which records nothing."""
    silent = Recorder(Ledger(_Nowhere()))
    again = Verifier(verifier.conversations, silent, replace(verifier.depth, repetitions=0), verifier.seed)
    again.profile, again.rule = verifier.profile, verifier.rule
    repeated = ScriptRun(script)
    repeated.run(again)
    return repeated.broken


def is_new_kind(broken: set[str], verifier: Verifier, deserves_more: Callable[..., bool]) -> bool:
    """Whether a violation of `broken` is among the first of its kind."""
    violations = [verifier.recorder.records[requirement].violation for requirement in sorted(broken)]
    kinds = [deserves_more(violation) for violation in violations if violation is not None]
    return any(kinds)
