"""Whatever way a scenario ends, each requirement that its test claims has an outcome and a reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.preconditions import MissingOption, SetupFailed
from conformance.endpoint.probe import Finding, Standing
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder, RequirementRecord
from conformance.results.verdicts import Outcome
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario

FIRST, SECOND = "SendMessage.ClientToken.lost-reply", "SendMessage.ClientToken.one-transcript-item"


def _records_of(
    test: Callable[..., None], claimed: tuple[str, ...] = (FIRST, SECOND), repetitions: int = 0
) -> dict[str, RequirementRecord]:
    no_conversations = cast("Conversations", Mock())  # none of these scenarios makes a call
    recorder = Recorder(Ledger(io.StringIO()))
    verifier = Verifier(no_conversations, recorder, replace(DEPTHS["smoke"], repetitions=repetitions), seed=1)
    verifier.profile.plain_calls["SendMessage"] = Finding(Standing.WORKS)
    with suppress(NotVerified):
        run_scenario(verifier, test, {"scenario": Scenario(verifier, claimed)}, claimed)
    return recorder.records


def _end_with(ending: Exception, *, inside: bool) -> Callable[..., None]:
    def test(scenario: Scenario) -> None:
        with scenario.claim(FIRST) as claim:
            claim.equal(1, 1, "what is kept")
        if not inside:
            raise ending
        with scenario.claim(SECOND):
            raise ending

    return test


@pytest.mark.parametrize("inside", [True, False], ids=["inside-a-claim", "between-claims"])
@pytest.mark.parametrize(
    ("ending", "outcome", "reason"),
    [
        (SetupFailed("the chat is gone"), Outcome.INCONCLUSIVE, "the chat is gone"),
        (MissingOption("--view-token"), Outcome.UNTESTED, "--view-token"),
    ],
    ids=["set-up", "option"],
)
def test_what_ends_a_scenario_stands_behind_what_it_did_not_judge(
    ending: Exception, outcome: Outcome, reason: str, *, inside: bool
) -> None:
    """What was judged before stays as it is."""
    records = _records_of(_end_with(ending, inside=inside))
    assert records[FIRST].outcomes == {Outcome.KEPT: 1}
    assert records[SECOND].outcomes == {outcome: 1}
    assert reason in str(records[SECOND].reason)


def _claims_without_an_id(scenario: Scenario) -> None:
    with scenario.claim() as claim:
        claim.equal(1, 1, "what is kept")
    scenario.not_applicable("it does not occur")
    with scenario.optional():
        raise SetupFailed("nothing to go on with")


def test_a_claim_without_an_id_is_of_the_only_requirement_that_the_test_claims() -> None:
    records = _records_of(_claims_without_an_id, (FIRST,))
    assert list(records) == [FIRST]
    assert records[FIRST].outcomes == {Outcome.KEPT: 1, Outcome.NOT_APPLICABLE: 1, Outcome.INCONCLUSIVE: 1}


def test_a_claim_without_an_id_is_no_claim_of_a_test_of_several() -> None:
    with pytest.raises(ValueError, match=f"{FIRST}, {SECOND}: name the id"):
        _records_of(_claims_without_an_id)


def _reproductions(test: Callable[..., None], repetitions: int = 3) -> list[list[int]]:
    """(k, n) of each promise that `test` broke, as they stand in the ledger."""
    written = io.StringIO()
    verifier = Verifier(
        cast("Conversations", Mock()),
        Recorder(Ledger(written)),
        replace(DEPTHS["smoke"], repetitions=repetitions),
        seed=1,
    )
    verifier.profile.plain_calls["SendMessage"] = Finding(Standing.WORKS)
    with suppress(ContractViolation):
        run_scenario(verifier, test, {"scenario": Scenario(verifier, (FIRST,))}, (FIRST,))
    entries = map(json.loads, written.getvalue().splitlines())
    return [[entry["times"], entry["of"]] for entry in entries if entry["entry"] == "repetition"]


@pytest.mark.parametrize(
    ("later", "reproduced"),
    [
        (("broken", "broken", "broken"), [[3, 3]]),
        (("broken", "kept", "no chat"), [[1, 2]]),
        (("no chat", "no reply", "broken"), [[1, 1]]),
        (("no chat", "no chat", "no reply"), []),
    ],
)
def test_only_a_repetition_that_judged_the_promise_counts(later: tuple[str, ...], reproduced: list[list[int]]) -> None:
    """What could not be set up again is not intermittent."""
    runs = iter(("broken", *later))

    def test(scenario: Scenario) -> None:
        came_to = next(runs)
        if came_to == "no chat":
            raise SetupFailed("no chat could be started")
        with scenario.claim() as claim:
            if came_to == "no reply":
                raise Inconclusive("no reply came", Exchange(Request("SendMessage", "POST", "/"), None))
            claim.equal(came_to, "kept", "what came")

    assert _reproductions(test) == reproduced


def test_a_scenario_that_is_told_again_knows_its_claim() -> None:
    def break_claim(scenario: Scenario) -> None:
        with scenario.claim() as claim:
            claim.equal(1, 2, "what is broken")

    with pytest.raises(ContractViolation) as violation:
        _records_of(break_claim, (FIRST,), repetitions=2)
    assert violation.value.requirement == FIRST
