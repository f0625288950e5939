"""ClientToken: how long a token is valid: after many others, and where the endpoint's clock can be moved."""

from __future__ import annotations

import pytest

from conformance.contract.operation_traits import STARTING
from conformance.contract.requirements import operation_of
from conformance.contract.wire import Exchange
from conformance.scenario.idempotency import IdempotentCall, idempotent_call
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Participant
from conformance.scenario.repeated_starts import make_others, repeat_first_start
from conformance.scenario.scenario import Scenario
from strategies.tokens import fresh_client_token

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
MARGIN = 2 * MINUTE  # for the time that a run itself takes


@pytest.mark.looks_back
@verifies_each(
    "requirement",
    "CreateParticipant.ClientToken.replay-after-many",
    "SendEvent.ClientToken.replay-after-many",
    "StartChatContact.ClientToken.replay-after-many",
    "StartWebRTCContact.ClientToken.replay-after-many",
)
def test_a_token_repeats_after_many_others(scenario: Scenario, requirement: str) -> None:
    """A ClientToken repeats the result of its call also after many others were used."""
    start = repeat_first_start(scenario, operation_of(requirement))
    if start is None or not start.has_the_same_result:
        idempotent, token = idempotent_call(scenario, requirement), fresh_client_token()
        first = idempotent.perform(token)
        make_others(idempotent, idempotent.effect.most - 1)
        with scenario.claim(requirement) as claim:
            idempotent.repeats(claim, first, idempotent.send(token), "the request sent again after many others")
    if start is not None:  # what was seen stays seen, also where it does not show again
        with scenario.claim(requirement) as claim:
            start.judge(claim)


@pytest.mark.moves_clock
@verifies(
    "StartContactStreaming.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
    "DisconnectParticipant.ClientToken.same-token-succeeds",
    "StartAttachmentUpload.ClientToken.same-token-same-result",
    "CompleteAttachmentUpload.ClientToken.same-token-succeeds",
    "SendMessage.ClientToken.same-token-same-result",
    "SendEvent.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
)
def test_tokens_repeat_a_minute_later(scenario: Scenario) -> None:
    """A client that repeats any request after a minute gets the first result."""
    performed: dict[str, tuple[IdempotentCall, str, Exchange]] = {}
    speaker: Participant | None = None
    for requirement in scenario.claimed:
        with scenario.optional(requirement):
            by = None if operation_of(requirement) in STARTING else speaker
            idempotent, token = idempotent_call(scenario, requirement, by), fresh_client_token()
            performed[requirement] = idempotent, token, idempotent.perform(token)
            speaker = speaker if idempotent.effect.alone else idempotent.by or speaker
    scenario.advance_clock(MINUTE)
    for requirement, (idempotent, token, first) in performed.items():
        with scenario.claim(requirement) as claim:
            idempotent.repeats(claim, first, idempotent.send(token), "the request sent again a minute later")


@pytest.mark.moves_clock
@verifies(
    "StartWebRTCContact.ClientToken.seven-days",
    "StartWebRTCContact.ClientToken.after-seven-days",
    "StartChatContact.ClientToken.validity",
)
def test_the_token_of_a_start_lives_for_seven_days(scenario: Scenario) -> None:
    """A call's ClientToken repeats its start until 7 days have passed; the test records later answers and a chat's."""
    call, token = idempotent_call(scenario, "StartWebRTCContact.ClientToken.seven-days"), fresh_client_token()
    chat, token_of_chat = idempotent_call(scenario, "StartChatContact.ClientToken.validity"), fresh_client_token()
    first, first_chat = call.perform(token), chat.perform(token_of_chat)
    scenario.advance_clock(7 * DAY - MARGIN)
    with scenario.claim("StartWebRTCContact.ClientToken.seven-days") as claim:
        call.repeats(claim, first, call.send(token), "the request sent again shortly before 7 days have passed")
    before = _describe_answer(chat, first_chat, chat.send(token_of_chat))
    scenario.advance_clock(2 * MARGIN)
    with scenario.claim("StartWebRTCContact.ClientToken.after-seven-days") as claim:
        claim.record(_describe_answer(call, first, call.send(token)))
    with scenario.claim("StartChatContact.ClientToken.validity") as claim:
        claim.record(
            f"before 7 days {before}, after them {_describe_answer(chat, first_chat, chat.send(token_of_chat))}"
        )


@pytest.mark.moves_clock
@verifies("Idempotency.window.participant-operations")
def test_how_long_the_token_of_a_message_lives_is_written_down(scenario: Scenario) -> None:
    """The test records how long the ClientToken of a message repeats it."""
    idempotent, token = idempotent_call(scenario, "SendMessage"), fresh_client_token()
    first = idempotent.perform(token)
    scenario.advance_clock(HOUR)
    soon = _describe_answer(idempotent, first, idempotent.send(token))
    scenario.advance_clock(20 * HOUR)
    with scenario.claim() as claim:
        claim.record(
            f"after 1 hour {soon}, after 21 hours {_describe_answer(idempotent, first, idempotent.send(token))}"
        )


def _describe_answer(idempotent: IdempotentCall, first: Exchange, again: Exchange) -> str:
    """The answer to a repeated request, in a few words."""
    if again.response is None or not again.response.succeeded:
        return "a refusal" if again.response else "no answer"
    return "the first" if idempotent.identifiers(first) & idempotent.identifiers(again) else "another one"
