"""The tests of a pytest session that are run before pytest comes to them (--in-flight)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import RunningTest, running
from conformance.engine.verifier import NotVerified
from conformance.results.verdicts import Outcome
from conformance.scenario.markers import claims_of
from conformance.session.flight_order import in_flight_order
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.parts import Parts
from conformance.session.in_flight.script import Script, script_of
from conformance.session.in_flight.script_run import ScriptRun
from conformance.session.left_out_tests import left_out_tests
from conformance.session.progress import Progress
from conformance.session.session import Run
from conformance.session.state import FLIGHT, PARTS, PROGRESS, RUN
from connect_conformance_pytest.activation import PACKAGE

AFTER_FAILURE = "after the first failure"
_LEFT_TO_PYTEST = ("skip", "skipif", "xfail")  # markers by which pytest decides whether a test runs


def begin_flight(session: pytest.Session) -> None:
    """Run tests ahead, where the run has several calls in flight and none of its tests needs more than a run gives.

    Where another plugin or a fixture takes part, pytest calls each test in its turn.
    """
    run = session.config.stash[RUN]
    if run.in_flight == 1 or run.hopeless is not None or session.config.option.collectonly:
        return
    scripts = _scripts(session)
    if scripts is not None:
        left_out = left_out_tests(session.config)

        def around(script: Script) -> AbstractContextManager[None]:
            return left_out.running(script.name, script.claims) if left_out else nullcontext()

        parts = Parts(lambda: run.endpoint.target.budget.sent)
        run.endpoint.quiet.measured = parts.alone
        check = partial(_check, run, session.config.stash.get(PROGRESS, None))
        flight = LookAhead[pytest.Item](run.verifier, run.in_flight, check, around, parts.alone)
        session.config.stash[PARTS] = parts
        session.config.stash[FLIGHT] = flight
        ends_early = bool(session.config.option.maxfail)
        # What a run leaves out, and what it spends its maxima on, follows from the order of its tests.
        ordered = scripts if left_out or ends_early else in_flight_order(scripts)
        flight.start(ordered, ahead=run.in_flight if ends_early else None)


def _check(run: Run, progress: Progress | None) -> None:
    """Show what has failed while pytest waits for another test. Raises KeyboardInterrupt where the run is to end."""
    run.end_if_broken_off()
    if progress is not None:
        progress.show_failures()


def _scripts(session: pytest.Session) -> Mapping[pytest.Item, Script] | None:
    ours = [item for item in session.items if item.path.is_relative_to(PACKAGE)]
    chosen = [item for item in ours if not any(map(item.get_closest_marker, _LEFT_TO_PYTEST))]
    clock = session.config.stash[RUN].endpoint.clock is not None
    found = {item: script_of(item, clock=clock) if isinstance(item, pytest.Function) else None for item in chosen}
    scripts = {item: script for item, script in found.items() if script is not None}
    return scripts if len(scripts) == len(found) else None


def end_flight(session: pytest.Session) -> None:
    """Wait for the tests in flight, and write down those that pytest did not come to any more."""
    flight = session.config.stash.get(FLIGHT, None)
    if flight is None:
        return
    run, failed = session.config.stash[RUN], bool(session.shouldfail or session.shouldstop)
    flight.end()
    run.parts = session.config.stash[PARTS].plain()
    for item, script_run in flight.untaken():
        with running(RunningTest(item.nodeid)):
            outcome = _outcome(run, item, script_run)
        run.end_of_test(item.nodeid, title_of(item), outcome, script_run.seconds)
        for requirement in sorted(script_run.broken) if failed else ():
            run.ledger.mark(requirement, item.nodeid, AFTER_FAILURE)


def _outcome(run: Run, item: pytest.Item, script_run: ScriptRun) -> str:
    """The outcome of a test in pytest's words. What pytest's report of it would say is written down."""
    raised = script_run.raised
    if raised is None:
        return "passed"
    if isinstance(raised, ContractViolation):
        if run.excuse(raised.requirement) is not None:
            return "skipped"
        return "failed" if catalogue()[raised.requirement].level is Level.MUST else "passed"
    if isinstance(raised, SetupFailed):
        note_unmet(run, item, raised)
        return "skipped"
    if isinstance(raised, (NotVerified, pytest.skip.Exception)):
        return "skipped"
    note_error(run, item, raised)
    return "failed"


def title_of(item: pytest.Item) -> str:
    """The first line of what a test says of itself."""
    return str((getattr(item, "obj", None).__doc__ or item.name).splitlines()[0])


def note_unmet(run: Run, item: pytest.Item, failed: SetupFailed) -> None:
    """Write down that the test of `item` lacked something, so that nothing is known of what it claims."""
    for requirement in claims_of(item):
        run.verifier.recorder.inconclusive(requirement, failed, "edge")


def note_error(run: Run, item: pytest.Item, error: BaseException) -> None:
    """Write down that `item` could not show what it claims: a mistake of the suite, or a plugin, kept it from that."""
    for requirement in claims_of(item):
        run.verifier.recorder.note(requirement, Outcome.ERROR, f"{type(error).__name__}: {error}", "edge")
