"""DisconnectParticipant: a participant disconnects, and its tokens and connections end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.content_types import LEFT
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Participant, text_at
from conformance.scenario.scenario import Scenario

Leaver = Callable[[Scenario], Participant]

_each_leaver = pytest.mark.parametrize(
    "leaver",
    [
        pytest.param(lambda scenario: scenario.spendable_chat(), id="customer"),
        pytest.param(lambda scenario: scenario.spendable_chat().add_participant(), id="bot"),
    ],
)


@_each_leaver
@verifies("DisconnectParticipant.effect.participant-token-ends")
def test_the_participant_token_ends_with_the_participant(scenario: Scenario, leaver: Leaver) -> None:
    """The participant token of a disconnected participant opens no connection of any Type."""
    who = leaver(scenario)
    scenario.need(who.leave())
    for types in (("WEBSOCKET", "CONNECTION_CREDENTIALS"), ("CONNECTION_CREDENTIALS",), ("WEBSOCKET",)):
        refused = scenario.wait_for_refusal(partial(who.connect, *types))
        with scenario.claim() as claim:
            claim.any_refusal(refused, f"CreateParticipantConnection for {' and '.join(types)} after leaving")


@_each_leaver
@verifies("DisconnectParticipant.effect.every-connection-ends")
def test_every_connection_ends_with_the_participant(scenario: Scenario, leaver: Leaver) -> None:
    """The endpoint refuses all connection tokens of a disconnected participant, not only the one of the request."""
    who = leaver(scenario)
    others = [_another_connection(who) for _ in range(2)]
    scenario.need(who.leave())
    for call, token in ((who.say, others[0]), (who.transcript, others[1]), (who.say, who.connection_token)):
        with scenario.claim() as claim:
            refusal = scenario.wait_for_refusal(partial(call, ConnectionToken=token))
            sent = f"{refusal.request.operation} over a connection of a participant who has left"
            claim.any_refusal(refusal, sent)


def _another_connection(who: Participant) -> str:
    return text_at(who.scenario.need(who.connect()), "ConnectionCredentials", "ConnectionToken")


@verifies("DisconnectParticipant.effect.others-go-on", "DisconnectParticipant.event.participant-left")
def test_the_customer_stays_when_a_bot_leaves(scenario: Scenario) -> None:
    """The customer's tokens still work after a bot has disconnected, and the customer's transcript shows that event."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    scenario.need(bot.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    scenario.need(chat.say())
    scenario.need(bot.leave())
    with scenario.claim("DisconnectParticipant.effect.others-go-on") as claim:
        claim.success(chat.say(), "the customer's SendMessage after the bot has left")
        claim.success(chat.connect(), "the customer's CreateParticipantConnection after the bot has left")
    with scenario.claim("DisconnectParticipant.event.participant-left") as claim:
        left = scenario.until(lambda: True if LEFT in [i.get("ContentType") for i in chat.items()] else None)
        claim.holds(left, f"an event {LEFT} in the customer's transcript", "none appeared")


@verifies("DisconnectParticipant.effect.customer-leaves")
def test_what_becomes_of_a_bot_when_the_customer_leaves_is_written_down(scenario: Scenario) -> None:
    """The test records whether a bot's tokens still work after the customer has disconnected."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    scenario.need(bot.say())
    scenario.need(chat.leave())
    with scenario.claim() as claim:
        claim.record(f"the bot's SendMessage gets {describe(judged_reply(bot.say()))}")


@_each_leaver
@verifies("DisconnectParticipant.bearer.after-disconnect")
def test_a_second_disconnect_is_denied(scenario: Scenario, leaver: Leaver) -> None:
    """The endpoint denies a second disconnect of a participant with another ClientToken."""
    who = leaver(scenario)
    scenario.need(who.leave(ClientToken=str(uuid.uuid4())))
    with scenario.claim() as claim:
        again = scenario.wait_for_refusal(lambda: who.leave(ClientToken=str(uuid.uuid4())))
        claim.denial(again, "DisconnectParticipant of a participant who has left, with another ClientToken")
