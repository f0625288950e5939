"""StopContact: a contact ends for all its participants, and no other contact ends."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, Participant
from conformance.scenario.scenario import Scenario


def _check_over(claim: Claim, who: Participant, role: str) -> None:
    """Both tokens of `who` open nothing any more; the exception is judged by the rules of the tokens."""
    for call in (who.connect, who.say, who.transcript):
        refused = who.scenario.wait_for_refusal(call)
        claim.any_refusal(refused, f"{refused.request.operation} of the {role} of a stopped chat")


@verifies(
    "StopContact.effect.ends-chat", "StopContact.effect.every-participant", "StopContact.effect.other-chats-go-on"
)
def test_a_stopped_chat_is_over_for_everybody_in_it(scenario: Scenario) -> None:
    """StopContact ends the chat for its customer and every bot, and ends no other chat."""
    before, chat, after = scenario.chat(), scenario.new_chat(CustomerId="0042"), scenario.new_chat(CustomerId="0042")
    related = scenario.start(RelatedContactId=chat.contact_id)
    others = [before, after, *([scenario.register(related)] if judged_reply(related).succeeded else [])]
    bots = [chat.add_participant() for _ in scenario.edges(("a bot", "another bot"), ("a bot",))]
    for who in (chat, *others, *bots):
        scenario.need(who.say())
    scenario.need(chat.stop())
    with scenario.claim("StopContact.effect.ends-chat") as claim:
        _check_over(claim, chat, "customer")
    for bot in bots:
        with scenario.claim("StopContact.effect.every-participant") as claim:
            _check_over(claim, bot, "bot")
    for other in others:
        with scenario.claim("StopContact.effect.other-chats-go-on") as claim:
            claim.success(other.say(), "SendMessage in another chat after StopContact")
    with scenario.claim("StopContact.effect.other-chats-go-on") as claim:
        claim.success(after.connect(), "CreateParticipantConnection in another chat after StopContact")


@verifies("StopContact.effect.any-state")
def test_a_chat_is_stopped_in_any_state(scenario: Scenario) -> None:
    """StopContact ends a chat that was never connected, is connected, has messages, or has several participants."""
    quiet, connected, talking, several = (scenario.spendable_chat() for _ in range(4))
    scenario.need(connected.connect())
    scenario.need(talking.say())
    several.add_participant()
    for state, chat in {"quiet": quiet, "connected": connected, "talking": talking, "several": several}.items():
        with scenario.claim() as claim:
            claim.success(chat.stop(), f"StopContact of a chat that is {state}")
            again = scenario.wait_for_refusal(partial(chat.connect, "CONNECTION_CREDENTIALS"))
            claim.any_refusal(again, f"CreateParticipantConnection of a stopped chat that was {state}")


@verifies("StopContact.effect.ends-call")
def test_a_stopped_call_is_over(scenario: Scenario) -> None:
    """StopContact ends a call: its participant token opens no connection afterwards."""
    call = scenario.webrtc_call()
    scenario.need(call.connect("WEBRTC_CONNECTION"))
    stopped = call.stop()
    with scenario.claim() as claim:
        claim.success(stopped, "StopContact of a call")
        again = scenario.wait_for_refusal(partial(call.connect, "WEBRTC_CONNECTION"))
        claim.any_refusal(again, "CreateParticipantConnection of a stopped call")


@verifies("StopContact.refusal.no-effect")
def test_a_refused_stop_stops_nothing(scenario: Scenario) -> None:
    """A refused StopContact ends no chat, not even the newest."""
    chat = scenario.new_chat()
    scenario.need(chat.say())
    unknown = str(uuid.uuid4())
    of_contact: tuple[dict[str, Any], ...] = ({"ContactId": unknown}, {"ContactId": ""})
    beside = ({"InstanceId": unknown}, {"InstanceId": ""}, {"InstanceId": 5}, {"DisconnectReason": "none"})
    for wrong in scenario.edges((*of_contact, *beside), (of_contact[0], beside[0], beside[3])):
        refused = chat.on_contact("StopContact", **wrong)
        with scenario.claim() as claim:
            claim.any_refusal(refused, f"StopContact with a wrong {' and '.join(wrong)}")
            claim.success(chat.say(), "SendMessage after a StopContact that was refused")


def _stopped_chat(scenario: Scenario) -> Chat:
    chat = scenario.spendable_chat()
    scenario.need(chat.stop())
    return chat


@verifies("StopContact.again.answer")
def test_what_a_second_stop_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether StopContact is accepted or refused for a contact that has ended."""
    again = _stopped_chat(scenario).stop()
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(again)))


@verifies("StopContact.DisconnectReason.reserved")
def test_what_a_disconnect_reason_gets_is_written_down(scenario: Scenario) -> None:
    """The test records the answer to a DisconnectReason outside outbound campaigns."""
    answer = scenario.spendable_chat().on_contact("StopContact", DisconnectReason={"Code": "DISCARDED"})
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(answer)))
