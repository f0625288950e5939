"""What was observed in a trial comes to the verdict that a report would give."""

from __future__ import annotations

import pytest

from conformance.power.bench import Bench, Trial
from conformance.power.observed import Observed
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome, Verdict

MUST, SHOULD, RECORD = "SendMessage.Content.bytes-max", "SendMessage.reply.request-id", "SendMessage.request.wrong-path"


def observe(*seen: tuple[str, Outcome, str | None]) -> Observed:
    ledger = Observed()
    for requirement, outcome, edge in seen:
        ledger.observe(Observation(requirement, outcome, "edge", edge=edge))
    return ledger


@pytest.mark.parametrize(
    ("requirement", "seen", "verdict"),
    [
        (MUST, [(Outcome.KEPT, "one"), (Outcome.BROKEN, "two")], Verdict.FAIL),
        (MUST, [(Outcome.KEPT, "one"), (Outcome.INCONCLUSIVE, "two")], Verdict.INCONCLUSIVE),
        (MUST, [(Outcome.KEPT, "one"), (Outcome.INCONCLUSIVE, "one")], Verdict.PASS),
        (SHOULD, [(Outcome.BROKEN, None)], Verdict.WARNING),
        (RECORD, [(Outcome.RECORDED, None)], Verdict.RECORDED),
    ],
)
def test_what_was_seen_of_a_requirement_is_its_verdict(
    requirement: str, seen: list[tuple[Outcome, str | None]], verdict: Verdict
) -> None:
    ledger = observe(*((requirement, outcome, edge) for outcome, edge in seen))
    assert ledger.verdicts() == {requirement: verdict}


def test_a_trial_gives_the_words(bench: Bench) -> None:
    fault = "SendEvent.output.Id.present.absent"
    claims = frozenset({"SendEvent.output.Id.present", "SendEvent.success.status"})
    _, words = bench.judge_in_words(Trial((fault,), claims=claims))
    assert words["SendEvent.output.Id.present"] is Verdict.FAIL
    assert words["SendEvent.success.status"] is Verdict.PASS
