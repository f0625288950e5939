"""What a test came to, in pytest's words: fixtures, the call of a test, its report.

Nothing is sent, judged or rendered here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pytest_html import extras

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import RunningTest, running
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.verdicts import Outcome
from conformance.scenario.markers import claims_of, moves_clock
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario
from conformance.session.beginning import begin
from conformance.session.flight import note_error, note_unmet, title_of
from conformance.session.session import Run
from conformance.session.state import FLIGHT, OPTIONS, RUN, SCRIPT_RUN
from reports.run_log import evidence, sentence

EVIDENCE = pytest.StashKey[list[dict[str, Any]]]()


@pytest.fixture(scope="session")
def verifier(request: pytest.FixtureRequest) -> Verifier:
    """The verifier of this run, which looks at its endpoint."""
    return request.config.stash[RUN].verifier


@pytest.fixture
def scenario(verifier: Verifier, request: pytest.FixtureRequest) -> Iterator[Scenario]:
    """A scenario to run; afterwards its chats are stopped, or left to others. One in flight has ended before."""
    script_run = request.node.stash.get(SCRIPT_RUN, None)
    if script_run is not None and script_run.scenario is not None:
        yield script_run.scenario
        return
    own = Scenario(verifier, claims_of(request.node), afresh=moves_clock(request.node))
    yield own
    with suppress(SetupFailed):  # where no more may be sent, the end of the run stops what is open
        own.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tell the recorder which item is at work."""
    if OPTIONS not in item.config.stash:
        return (yield)
    run = item.config.stash.get(RUN, None) or begin(item.session)
    run.check()
    flight = item.config.stash.get(FLIGHT, None)
    if flight is not None and (script_run := flight.take(item)) is not None:
        item.stash[SCRIPT_RUN] = script_run
    item.user_properties.append(("requirements", " ".join(claims_of(item))))
    with running(RunningTest(item.nodeid)):
        result = yield
        with suppress(SetupFailed):
            run.verifier.conversations.leave()
    return result


@pytest.hookimpl(specname="pytest_pyfunc_call", tryfirst=True)
def pytest_pyfunc_call_of_the_suite(pyfuncitem: pytest.Function) -> bool | None:
    """Take what came of a test in flight, or run a scenario; None leaves any other test to pytest."""
    run = pyfuncitem.config.stash.get(RUN, None)
    if (script_run := pyfuncitem.stash.get(SCRIPT_RUN, None)) is not None:
        if script_run.raised is not None:
            raise script_run.raised
        return True
    if run is None or "scenario" not in pyfuncitem.funcargs:
        return None
    run_scenario(run.verifier, pyfuncitem.obj, pyfuncitem.funcargs, claims_of(pyfuncitem))
    return True


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Translate what a verification came to into pytest's outcomes; anything else is the suite's own error."""
    run = pyfuncitem.config.stash.get(RUN, None)
    if run is None:
        return (yield)
    try:
        if run.hopeless is not None:
            _leave_unplayed(run, pyfuncitem, run.hopeless)
        yield
    except NotVerified as unseen:
        pytest.skip(f"{unseen.outcome}: {unseen.reason}")
    except ContractViolation as violation:
        pyfuncitem.stash[EVIDENCE] = [run.evidence(broken) for broken in _violations(pyfuncitem, violation)]
        if excuse := run.excuse(violation.requirement):
            pytest.xfail(excuse)
        if catalogue()[violation.requirement].level is Level.MUST:
            raise
    except SetupFailed as failed:
        note_unmet(run, pyfuncitem, failed)
        pytest.skip(f"{Outcome.INCONCLUSIVE}: {failed.reason}")
    except (Exception, pytest.fail.Exception) as error:
        note_error(run, pyfuncitem, error)
        raise
    return True


def _leave_unplayed(run: Run, item: pytest.Item, reason: str) -> None:
    """Run no test where the first calls have shown that none can show anything. Raises NotVerified."""
    for requirement in claims_of(item):
        unjudged = run.verifier.rule.of_hopeless(requirement, reason)
        run.verifier.recorder.observe(unjudged.observation(requirement, item.nodeid))
    raise NotVerified(Outcome.INCONCLUSIVE, reason)


def _violations(item: pytest.Function, raised: ContractViolation) -> list[ContractViolation]:
    """All that a scenario broke, the one that it ended with first; of any other test that one."""
    scenario = item.funcargs.get("scenario")
    broken = scenario.violations.values() if isinstance(scenario, Scenario) else ()
    return [raised, *(violation for violation in broken if violation is not raised)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a violation as a sentence instead of a traceback, and write the item down when it has run."""
    report = yield
    run = item.config.stash.get(RUN, None)
    if run is None:
        return report
    if report.failed and report.when != "call" and call.excinfo is not None:
        note_error(run, item, call.excinfo.value)
    broken = item.stash.get(EVIDENCE, ())
    if broken and call.excinfo is not None and isinstance(call.excinfo.value, ContractViolation):
        report.longrepr = sentence(broken[0])
    if report.when == "call" or (report.when == "setup" and not report.passed):
        # pytest-html takes them from here, and pytest-xdist sends them on, for they are plain values.
        report.extras = [extras.html(evidence(shown)) for shown in broken]  # type: ignore[attr-defined]
        if report.when == "call" and (script_run := item.stash.get(SCRIPT_RUN, None)) is not None:
            report.duration = script_run.seconds
        run.end_of_test(item.nodeid, title_of(item), report.outcome, report.duration)
        if broken:
            del item.stash[EVIDENCE]  # pytest keeps the items to the end of the run
    return report
