"""ClientToken: the same token with other parameters, and after a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.claim import Claim
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token


@verifies_each(
    "requirement, answer, same",
    (
        "CreateParticipant.ClientToken.changed-parameters-no-second-effect",
        "CreateParticipant.ClientToken.changed-parameters-answer",
        "CreateParticipant.ClientToken.same-token-same-result",
    ),
    (
        "StartAttachmentUpload.ClientToken.changed-parameters-no-second-effect",
        "StartAttachmentUpload.ClientToken.changed-parameters-answer",
        "StartAttachmentUpload.ClientToken.same-token-same-result",
    ),
    (
        "SendMessage.ClientToken.changed-parameters-no-second-effect",
        "SendMessage.ClientToken.changed-parameters-answer",
        "SendMessage.ClientToken.same-token-same-result",
    ),
    (
        "SendEvent.ClientToken.changed-parameters-no-second-effect",
        "SendEvent.ClientToken.changed-parameters-answer",
        "SendEvent.ClientToken.same-token-same-result",
    ),
    (
        "StartChatContact.ClientToken.changed-parameters-no-second-effect",
        "StartChatContact.ClientToken.changed-parameters-answer",
        "StartChatContact.ClientToken.same-token-same-result",
    ),
    (
        "StartWebRTCContact.ClientToken.changed-parameters-no-second-effect",
        "StartWebRTCContact.ClientToken.changed-parameters-answer",
        "StartWebRTCContact.ClientToken.same-token-same-result",
    ),
)
def test_other_parameters_make_no_second_effect(scenario: Scenario, requirement: str, answer: str, same: str) -> None:
    """The same ClientToken with other parameters gets the first result or a refusal, and has no second effect."""
    idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
    first = idempotent.perform(token)
    changed = {" and ".join(change): idempotent.with_members(**change) for change in idempotent.effect.changes}
    answers = {words: other.send(token) for words, other in changed.items()}
    with scenario.claim(requirement) as claim:
        for words, changed_answer in answers.items():
            sent = f"the same token with another {words}"
            _claim_first_or_refusal(idempotent, claim, first, changed_answer, sent)
            changed[words].claim_no_effect(claim, idempotent, first, sent)
    with scenario.claim(same) as claim:
        idempotent.repeats(claim, first, idempotent.send(token), "the first request sent again afterwards")
    _note(scenario, answer, idempotent, first, answers)


def _claim_first_or_refusal(
    idempotent: IdempotentCall, claim: Claim, first: Exchange, answer: Exchange, sent: str
) -> None:
    if judged_reply(answer).succeeded:
        idempotent.repeats(claim, first, answer, sent)
    else:
        claim.any_refusal(answer, sent)


def _note(
    scenario: Scenario, requirement: str, idempotent: IdempotentCall, first: Exchange, answers: dict[str, Exchange]
) -> None:
    with scenario.claim(requirement) as claim:
        for words, answer in answers.items():
            response = judged_reply(answer)
            given = idempotent.identifiers(first) & idempotent.identifiers(answer)
            met = "the first result" if given else "a second effect"
            claim.record(f"another {words}: {met if response.succeeded else describe(response)}")


@verifies("StartContactStreaming.ClientToken.changed-parameters-answer")
def test_what_the_same_token_gets_for_another_topic_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to the same ClientToken with another topic."""
    idempotent, token = idempotent_call(scenario), fresh_client_token()
    first = idempotent.perform(token)
    answers = {
        " and ".join(change): idempotent.with_members(**change).send(token) for change in idempotent.effect.changes
    }
    _note(scenario, scenario.only_claim(), idempotent, first, answers)


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.refused-call-leaves-no-trace",
    "CreateParticipant.ClientToken.refused-call-leaves-no-trace",
    "DisconnectParticipant.ClientToken.refused-call-leaves-no-trace",
    "StartAttachmentUpload.ClientToken.refused-call-leaves-no-trace",
    "CompleteAttachmentUpload.ClientToken.refused-call-leaves-no-trace",
    "SendMessage.ClientToken.refused-call-leaves-no-trace",
    "SendEvent.ClientToken.refused-call-leaves-no-trace",
    "StartChatContact.ClientToken.refused-call-leaves-no-trace",
    "StartWebRTCContact.ClientToken.refused-call-leaves-no-trace",
)
def test_a_refused_call_leaves_no_trace(scenario: Scenario, requirement: str) -> None:
    """The corrected request with the ClientToken of a refused call takes effect, and repeats from then on."""
    idempotent = idempotent_call(scenario, requirement)
    wrong, token = _refused_members(idempotent)
    with scenario.claim(requirement) as claim:
        first = idempotent.send(token)
        members = ", then ".join(" and ".join(each) for each in wrong)
        idempotent.claim_success(claim, first, f"the request with the token of refused ones, whose {members} was wrong")
        idempotent.repeats(claim, first, idempotent.send(token), "the corrected request sent again")


def _refused_members(idempotent: IdempotentCall) -> tuple[Sequence[Mapping[str, Any]], str]:
    """The wrong members that the endpoint refuses here, and the ClientToken that all these calls had.

    Raises SetupFailed where all are accepted: those are violations of their own.
    """
    wrong = idempotent.scenario.edges(idempotent.effect.wrong, idempotent.effect.wrong[:1])
    while wrong:
        token = fresh_client_token()
        accepted = next((each for each in wrong if judged_reply(idempotent.send(token, **each)).succeeded), None)
        if accepted is None:
            return wrong, token
        wrong = [each for each in wrong if each is not accepted]  # its token is used now
    raise SetupFailed("no request that had to be refused was")
