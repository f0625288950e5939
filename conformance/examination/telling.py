"""Telling a story: running a written test, repeating it where it broke a promise, and concluding its claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from typing import Any

from conformance.checks.violation import Unjudgeable
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.story import Story
from conformance.target.conversation import SetupFailed
from conformance.verdicts import Outcome


def tell(examiner: Examiner, test: Callable[..., None], fixtures: Mapping[str, Any], claimed: tuple[str, ...]) -> None:
    """Run `test` with its `fixtures`, one of which is the story, and conclude what it claims.

    Raises ContractViolation where a must was broken (else where a should was), Unwitnessed where nothing could be
    seen of any claim. What stopped the story stands behind every claim that it did not reach.
    """
    story: Story = fixtures["story"]
    ending = SetupFailed("the story ended before it was judged")
    try:
        test(**{name: fixtures[name] for name in _parameters(test, fixtures)})
    except SetupFailed as failed:
        ending = failed
    except Unjudgeable as wrong:
        ending = SetupFailed(wrong.reason, wrong.exchange)
    _note_unreached(examiner, claimed, story.told, ending)
    _reproduce(examiner, test, fixtures, story)
    _raise(examiner, story, claimed)


def _parameters(test: Callable[..., None], fixtures: Mapping[str, Any]) -> tuple[str, ...]:
    code = test.__code__ if hasattr(test, "__code__") else test.__func__.__code__  # type: ignore[attr-defined]
    return tuple(name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name in fixtures)


def _note_unreached(examiner: Examiner, claimed: tuple[str, ...], told: set[str], ending: SetupFailed) -> None:
    """Another test may have judged the same requirement; that this one did not get to it is taken down all the same."""
    for requirement in claimed:
        if requirement not in told:
            unjudged = examiner.rule.of_unreached(requirement, ending)
            examiner.witness.observe(unjudged.observed(requirement, examiner.witness.test))


def _reproduce(examiner: Examiner, test: Callable[..., None], fixtures: Mapping[str, Any], story: Story) -> None:
    """Repeat a story that broke promises, and write down which of them broke again and how often."""
    again = dict.fromkeys(story.violations, 0)
    for _ in range(examiner.depth.repetitions if again else 0):
        with closing(Story(examiner, story.claimed, rehearsal=True)) as rehearsal:
            with suppress(SetupFailed, Unjudgeable):
                test(**{name: {**fixtures, "story": rehearsal}[name] for name in _parameters(test, fixtures)})
            for requirement in again:
                again[requirement] += requirement in rehearsal.violations
    for requirement, count in again.items():
        witness = examiner.witness
        witness.ledger.reproduction(requirement, witness.test, count, examiner.depth.repetitions)


def _raise(examiner: Examiner, story: Story, claimed: tuple[str, ...]) -> None:
    broken = sorted(story.violations.values(), key=lambda v: catalogue()[v.requirement].level is not Level.MUST)
    if broken:
        raise broken[0]
    accounts = [examiner.witness.accounts[requirement] for requirement in claimed]
    if not any(a.outcomes[o] for a in accounts for o in (Outcome.KEPT, Outcome.RECORDED, Outcome.BROKEN)):
        outcome = next(iter(accounts[0].outcomes), Outcome.UNTESTED) if accounts else Outcome.UNTESTED
        raise Unwitnessed(outcome, (accounts[0].reason if accounts else None) or "nothing was seen")
