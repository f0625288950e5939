"""Running a scenario: a written test is run, repeated where it broke a promise, and its claims are concluded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any

from conformance.checks.violation import Inconclusive
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.running_tests import current
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.observation import Repetitions
from conformance.results.verdicts import Outcome
from conformance.scenario.scenario import Scenario


def run_scenario(
    verifier: Verifier, test: Callable[..., None], fixtures: Mapping[str, Any], claimed: tuple[str, ...]
) -> None:
    """Run `test` with its `fixtures`, one of which is the scenario, and conclude what it claims.

    Raises ContractViolation where a must was broken (else where a should was), NotVerified where nothing could be
    seen of any claim. What stopped the scenario is the reason recorded for every claim that it did not reach.
    """
    scenario: Scenario = fixtures["scenario"]
    try:
        ending = _run(test, fixtures)
        if scenario.rests_on_dead_chats():
            scenario.restart()
            ending = _run(test, fixtures)
    finally:
        scenario.record()
    if ending is None and not scenario.violations:
        scenario.leave_chats()
    _note_unreached(verifier, claimed, scenario, ending or SetupFailed("the scenario ended before it was judged"))
    _reproduce(verifier, test, fixtures, scenario)
    _raise(verifier, scenario, claimed)


def _run(test: Callable[..., None], fixtures: Mapping[str, Any]) -> SetupFailed | None:
    """Run `test`; what it could not go on without, None where it came to its end."""
    try:
        test(**{name: fixtures[name] for name in _parameters(test, fixtures)})
    except SetupFailed as failed:
        return failed
    except Inconclusive as wrong:
        return SetupFailed(wrong.reason, wrong.exchange)
    return None


def _parameters(test: Callable[..., None], fixtures: Mapping[str, Any]) -> tuple[str, ...]:
    code = test.__code__ if hasattr(test, "__code__") else test.__func__.__code__  # type: ignore[attr-defined]
    return tuple(name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name in fixtures)


def _note_unreached(verifier: Verifier, claimed: tuple[str, ...], scenario: Scenario, ending: SetupFailed) -> None:
    """Record that this test did not reach the requirement, even where another test may have judged it."""
    for requirement in claimed:
        if requirement not in scenario.reached:
            unjudged = verifier.rule.of_setup_failure(requirement, ending)
            verifier.recorder.observe(unjudged.observation(requirement, current().test, scenario.exchanges[-1:]))


def _reproduce(verifier: Verifier, test: Callable[..., None], fixtures: Mapping[str, Any], scenario: Scenario) -> None:
    """Repeat a scenario that broke promises in a new way, and write down which of them broke again and how often.

    A repetition that did not come to judge a promise says nothing about it and is not counted.
    """
    broken, judged = Counter[str](), Counter[str]()
    failures = verifier.failures
    kinds = [failures.deserves_repetition(violation, "scenario") for violation in scenario.violations.values()]
    for _ in range(verifier.depth.repetitions if any(kinds) else 0):
        with closing(Scenario(verifier, scenario.claimed, replay=True)) as replay:
            with suppress(SetupFailed, Inconclusive):
                test(**{name: {**fixtures, "scenario": replay}[name] for name in _parameters(test, fixtures)})
            broken.update(replay.violations.keys())
            judged.update(replay.judged)
    for requirement in scenario.violations:
        if judged[requirement]:
            seen = Repetitions(broken[requirement], judged[requirement])
            failures.note_repetitions("scenario", seen)
            verifier.recorder.repetitions(requirement, seen)


def _raise(verifier: Verifier, scenario: Scenario, claimed: tuple[str, ...]) -> None:
    broken = sorted(scenario.violations.values(), key=lambda v: catalogue()[v.requirement].level is not Level.MUST)
    if broken:
        raise broken[0]
    records = [verifier.recorder.records[requirement] for requirement in claimed]
    if not any(a.outcomes[o] for a in records for o in (Outcome.KEPT, Outcome.RECORDED, Outcome.BROKEN)):
        outcome = next(iter(records[0].outcomes), Outcome.UNTESTED) if records else Outcome.UNTESTED
        raise NotVerified(outcome, (records[0].reason if records else None) or "nothing was seen")
