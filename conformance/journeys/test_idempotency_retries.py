"""ClientToken: retries of clients on a bad network, at the same time or after a lost reply."""

from __future__ import annotations

from conformance.endpoint.connections import HangUp
from conformance.scenario.idempotency import idempotent_call, idempotent_calls, only_successes
from conformance.scenario.markers import verifies_each
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token

MANY, FEW = 9, 4  # duplicates: an endpoint may keep count of some
ROUNDS = 2  # where the run's depth allows repetitions: the moment of a race is short


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.concurrent-duplicates",
    "CreateParticipant.ClientToken.concurrent-duplicates",
    "DisconnectParticipant.ClientToken.concurrent-duplicates",
    "StartAttachmentUpload.ClientToken.concurrent-duplicates",
    "CompleteAttachmentUpload.ClientToken.concurrent-duplicates",
    "SendMessage.ClientToken.concurrent-duplicates",
    "SendEvent.ClientToken.concurrent-duplicates",
    "StartChatContact.ClientToken.concurrent-duplicates",
    "StartWebRTCContact.ClientToken.concurrent-duplicates",
)
def test_duplicates_at_the_same_time_come_to_one_effect(scenario: Scenario, requirement: str) -> None:
    """Simultaneous duplicates have one effect, and all successful ones return one result."""
    times = scenario.times(MANY, FEW)
    rounds = ROUNDS if scenario.verifier.depth.examples else 1
    for idempotent in idempotent_calls(scenario, requirement, rounds):
        token = fresh_client_token()
        first, *others = only_successes(idempotent.send_at_once(token, times))
        with scenario.claim(requirement) as claim:
            for again in (*others, idempotent.send(token)):
                idempotent.repeats(claim, first, again, f"one of {times} duplicates")
            idempotent.claim_one_effect(claim, first, f"{times} duplicates at the same time")
    with scenario.claim(requirement) as claim:
        other = idempotent_call(scenario, requirement, idempotent.by)
        claim.success(other.send(fresh_client_token()), "another request, for which duplicates have left room")


@verifies_each(
    "requirement",
    "StartContactStreaming.ClientToken.lost-reply",
    "CreateParticipant.ClientToken.lost-reply",
    "DisconnectParticipant.ClientToken.lost-reply",
    "StartAttachmentUpload.ClientToken.lost-reply",
    "CompleteAttachmentUpload.ClientToken.lost-reply",
    "SendMessage.ClientToken.lost-reply",
    "SendEvent.ClientToken.lost-reply",
    "StartChatContact.ClientToken.lost-reply",
    "StartWebRTCContact.ClientToken.lost-reply",
)
def test_a_request_whose_reply_was_lost_is_not_done_again(scenario: Scenario, requirement: str) -> None:
    """A request repeated after its reply was lost succeeds and has one effect."""
    moments = scenario.edges([when.value for when in HangUp], (HangUp.DURING_REPLY.value,))
    calls = idempotent_calls(scenario, requirement, len(moments))
    for when, idempotent in zip(map(HangUp, moments), calls, strict=True):
        token = fresh_client_token()
        scenario.lose_reply(idempotent.request(token), when)
        with scenario.claim(requirement) as claim:
            first = idempotent.insist(token)
            idempotent.claim_success(claim, first, f"the request sent again after its reply was lost {when.value}")
            idempotent.repeats(claim, first, idempotent.insist(token), "the request sent once more")
            idempotent.claim_one_effect(claim, first, "its reply was lost")
