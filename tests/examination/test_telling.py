"""Whatever way a story ends, each requirement that its test claims has an outcome and a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.checks.violation import ContractViolation
from conformance.examination.conversations import Conversations
from conformance.examination.depth import DEPTHS
from conformance.examination.examiner import Examiner, Unwitnessed
from conformance.examination.story import Story
from conformance.examination.telling import tell
from conformance.ledger import Ledger
from conformance.target.conversation import MissingOption, SetupFailed
from conformance.target.probe import Finding, Standing
from conformance.verdicts import Outcome
from conformance.witness import Account, Witness

FIRST, SECOND = "SendMessage.ClientToken.lost-reply", "SendMessage.ClientToken.one-transcript-item"


def _told(
    test: Callable[..., None], claimed: tuple[str, ...] = (FIRST, SECOND), repetitions: int = 0
) -> dict[str, Account]:
    no_conversations = cast("Conversations", Mock())  # none of these stories makes a call
    witness = Witness(Ledger(io.StringIO()))
    examiner = Examiner(
        no_conversations, witness, replace(DEPTHS["smoke"], repetitions=repetitions), seed=1, poll_seconds=1
    )
    examiner.profile.plain_calls["SendMessage"] = Finding(Standing.WORKS)
    with suppress(Unwitnessed):
        tell(examiner, test, {"story": Story(examiner, claimed)}, claimed)
    return witness.accounts


def _ended(ending: Exception, *, inside: bool) -> Callable[..., None]:
    def test(story: Story) -> None:
        with story.claim(FIRST) as claim:
            claim.equal(1, 1, "what is kept")
        if not inside:
            raise ending
        with story.claim(SECOND):
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
def test_what_ends_a_story_stands_behind_what_it_did_not_judge(
    ending: Exception, outcome: Outcome, reason: str, *, inside: bool
) -> None:
    """What was judged before stays as it is."""
    accounts = _told(_ended(ending, inside=inside))
    assert accounts[FIRST].outcomes == {Outcome.KEPT: 1}
    assert accounts[SECOND].outcomes == {outcome: 1}
    assert reason in str(accounts[SECOND].reason)


def _claims_without_an_id(story: Story) -> None:
    with story.claim() as claim:
        claim.equal(1, 1, "what is kept")
    story.not_applicable("it does not occur")
    with story.aside():
        raise SetupFailed("nothing to go on with")


def test_a_claim_without_an_id_is_of_the_only_requirement_that_the_test_claims() -> None:
    accounts = _told(_claims_without_an_id, (FIRST,))
    assert list(accounts) == [FIRST]
    assert accounts[FIRST].outcomes == {Outcome.KEPT: 1, Outcome.NOT_APPLICABLE: 1, Outcome.INCONCLUSIVE: 1}


def test_a_claim_without_an_id_is_no_claim_of_a_test_of_several() -> None:
    with pytest.raises(ValueError, match=f"{FIRST}, {SECOND}: name the id"):
        _told(_claims_without_an_id)


def test_a_story_that_is_told_again_knows_its_claim() -> None:
    def broken(story: Story) -> None:
        with story.claim() as claim:
            claim.equal(1, 2, "what is broken")

    with pytest.raises(ContractViolation) as violation:
        _told(broken, (FIRST,), repetitions=2)
    assert violation.value.requirement == FIRST
