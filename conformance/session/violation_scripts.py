"""The scripts that a run's report will print, each run once more while the endpoint is still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.contract.wire import SIGNED_URL, Exchange, Request
from conformance.endpoint.budget import BudgetSpent
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import Contacts
from conformance.reproduction.attempts import ScriptResult, attempts_of, environment_of, try_all
from conformance.reproduction.script_runner import ScriptRunner
from conformance.reproduction.shortening import shorter_scenarios
from conformance.results.ledger import Ledger
from conformance.results.ledger_files import read_ledger
from conformance.results.observation import Observation
from conformance.session.options import Options
from conformance.session.run_settings import signs_with_real


@dataclass(frozen=True, slots=True)
class ViolationScripts:
    """Runs the scripts of the violations in `ledger`, whose file is `path`, and writes down what each showed.

    What a script sends counts as the run's own traffic. `check` is called after each script and may end the run.
    """

    options: Options
    target: HttpTarget
    contacts: Contacts
    ledger: Ledger
    path: Path
    check: Callable[[], None]

    def run(self, say: Callable[[str], None]) -> None:
        """Run them. `say` takes a few words about the progress."""
        self.ledger.flush()
        with self._runner() as script_runner:
            for scenario in self._shorter(script_runner):
                self.check()
                self.ledger.observe(scenario)
            attempts = attempts_of(read_ledger([self.path]))
            if attempts:
                number = "a violation" if len(attempts) == 1 else f"{len(attempts):,} violations"
                say(f"running the scripts of {number}")
            for tried in try_all(attempts, script_runner, self.target.budget, self.options.depth.repetitions):
                self.check()
                self._write(tried)

    def _runner(self) -> ScriptRunner:
        settings, offset = self.target.settings, self.target.clock_offset
        environment = environment_of(settings, real=signs_with_real(self.options))
        return ScriptRunner(environment, settings.headers, self._admit, self._count, settings.ca_bundle, offset)

    def _shorter(self, script_runner: ScriptRunner) -> Iterator[Observation]:
        """Shorter scenarios of the violations; none on AWS, where each chat costs money."""
        if not self.target.settings.on_aws:
            yield from shorter_scenarios(read_ledger([self.path]), script_runner, self.target.budget)

    def _write(self, tried: ScriptResult) -> None:
        violation = tried.attempt.violation
        self.ledger.repetition(tried.attempt.requirement, violation.test, violation.edge, "script", tried.seen)

    def _admit(self, request: Request, *, closing: bool) -> str | None:
        """Why the run may not send `request` of a script; None where it may."""
        try:
            with self.target.budget.closing() if closing else nullcontext():
                self.target.admit(request if request.operation else replace(request, operation=SIGNED_URL))
        except BudgetSpent as spent:
            return str(spent)
        return None

    def _count(self, exchange: Exchange) -> None:
        """Have the run stop at its end what a script started and did not stop."""
        self.contacts.learn(exchange)
        self.target.settle(exchange)
