"""Chats and participants from their start to their end, in the orders that matter most."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress

import pytest

from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, Participant, object_at, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, ids, items_with, wait_for_items

End = Callable[[Chat], Exchange]
LATER_STARTS = 21
_ENDS = {"left": Chat.leave, "stopped": Chat.stop}
_each_end = pytest.mark.parametrize("end", [pytest.param(end, id=name) for name, end in _ENDS.items()])


@_each_end
@verifies("LifeCycle.chats.independent")
def test_interleaved_chats_do_not_touch_one_another(scenario: Scenario, end: End) -> None:
    """Interleaved chats neither show items of one another nor end one another."""
    first = scenario.chat()
    with scenario.quiet():  # no chat of another test begins between them
        second, third = scenario.new_chat(), scenario.new_chat()
    sent = [(chat, chat.say(str(uuid.uuid4()))) for chat in (first, second, third)]
    scenario.need(end(second))
    late = scenario.chat()
    sent += [(chat, chat.say(str(uuid.uuid4()))) for chat in (late, first, third)]
    with scenario.claim() as claim:
        for _, answer in sent:
            claim.success(answer, "SendMessage in a chat that runs beside others, one of which is over")
    for chat in (first, third, late):
        seen = set(ids(items_with(chat, *(answer for speaker, answer in sent if speaker is chat))))
        foreign = {id_of(answer) for speaker, answer in sent if speaker is not chat}
        with scenario.claim() as claim:
            claim.holds(foreign.isdisjoint(seen), "no message of another chat", foreign & seen)


@pytest.mark.looks_back
@verifies("LifeCycle.chats.outlive-others")
def test_a_chat_outlives_the_starts_of_others(scenario: Scenario) -> None:
    """A chat and its transcript are as before after many other chats were started."""
    chat, seen = scenario.old_chat(3 * LATER_STARTS) or _old_chat(scenario)  # calls are among those that were started
    answers = (chat.transcript(), chat.say(), chat.on_contact("DescribeContact"), chat.connect())
    with scenario.claim() as claim:
        for answer in answers:
            claim.success(answer, f"{answer.request.operation} after {LATER_STARTS} later starts")
        items = chat.items(ConnectionToken=token_of(answers[-1]))  # a new connection may void the one before
        claim.holds(seen in ids(items), "the message that was seen before them", "it is not there")


def _old_chat(scenario: Scenario) -> tuple[Chat, str]:
    """A chat that has outlived chats started after it, and the Id of a message that its transcript showed before."""
    chat = scenario.new_chat()
    sent = chat.say(str(uuid.uuid4()))
    items_with(chat, sent)
    for _ in range(LATER_STARTS):
        other = scenario.start()
        scenario.need(other)
        scenario.release(text_at(judged_reply(other).members, "ContactId"))
    return chat, id_of(sent)


@verifies("LifeCycle.participants.independent", "GetTranscript.Transcript.holds-what-was-sent")
def test_participants_of_a_chat_keep_what_is_theirs(scenario: Scenario) -> None:
    """Participants of one chat keep their tokens, names and roles, whatever the other participants do."""
    chat = scenario.chat(alone=True)
    people: list[Participant] = [chat, chat.add_participant(name="Bea"), chat.add_participant(name="Bob")]
    roles = [("CUSTOMER", "Ann"), ("CUSTOM_BOT", "Bea"), ("CUSTOM_BOT", "Bob")]
    who_is_who = dict(zip([who.participant_id for who in people], roles, strict=True))
    sent = [(who, who.say(str(uuid.uuid4()))) for who in people]
    for _, answer in sent:
        scenario.need(answer)
    scenario.need(people[1].leave())
    sent += [(who, who.say(str(uuid.uuid4()))) for who in (people[2], chat)]
    with scenario.claim("LifeCycle.participants.independent") as claim:
        for _, answer in sent:
            claim.success(answer, "SendMessage of a participant who stays")
    items = {item.get("Id"): item for item in wait_for_items(chat, *(answer for _, answer in sent))}
    with scenario.claim("GetTranscript.Transcript.holds-what-was-sent") as claim:
        lost = [id_of(answer) for _, answer in sent if id_of(answer) not in items]
        claim.equal(lost, [], "messages missing from the transcript after one of the participants has left")
    for who, answer in ((who, answer) for who, answer in sent if id_of(answer) in items):
        item, (role, name) = items[id_of(answer)], who_is_who[who.participant_id]
        with scenario.claim("LifeCycle.participants.independent") as claim:
            claim.equal(item.get("ParticipantId"), who.participant_id, "the ParticipantId")
            claim.equal(item.get("ParticipantRole"), role, "the ParticipantRole")
            claim.equal(item.get("DisplayName"), name, "the DisplayName")


@verifies("LifeCycle.order.any-lawful-sequence")
def test_lawful_calls_succeed_in_any_order(scenario: Scenario) -> None:
    """Connecting, sending messages and events, and reading succeed in any order on an active chat."""
    chat = scenario.spendable_chat()
    answers = [chat.connect("WEBSOCKET"), chat.connect("CONNECTION_CREDENTIALS"), chat.connect()]
    answers += [chat.transcript(), chat.signal(), chat.say(), chat.signal(), chat.say(), chat.transcript()]
    newer = {"ConnectionToken": token_of(renewed := chat.connect())}
    answers += [renewed, chat.transcript(**newer), chat.say(**newer), chat.signal(**newer), chat.say(**newer)]
    answers += [chat.leave(**newer)]
    with scenario.claim() as claim:
        for number, answer in enumerate(answers, 1):
            claim.success(answer, f"{answer.request.operation}, call {number} of a lawful sequence")


@_each_end
@verifies("LifeCycle.order.dead-stays-dead")
def test_nothing_brings_a_chat_back(scenario: Scenario, end: End) -> None:
    """No call reactivates a chat that has ended: neither connecting, nor ending again, nor another start."""
    chat, other = scenario.spendable_chat(), scenario.chat()
    scenario.need(chat.say())
    scenario.need(end(chat))
    scenario.wait_for_refusal(chat.say)
    chat.connect()
    chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    chat.leave(ClientToken=str(uuid.uuid4()))
    chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"})
    scenario.need(scenario.chat().say())
    scenario.need(other.say())
    _claim_dead(scenario, chat)


@verifies("LifeCycle.order.dead-stays-dead")
def test_nothing_brings_a_participant_back(scenario: Scenario) -> None:
    """No call reactivates a participant who disconnected from an active chat."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    scenario.need(bot.say())
    scenario.need(bot.leave())
    scenario.wait_for_refusal(bot.say)
    bot.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    newcomer = chat.add_participant()
    for still_here in (newcomer, chat):
        scenario.need(still_here.say())
    scenario.need(newcomer.leave())
    scenario.need(chat.connect())
    _claim_dead(scenario, bot)


def _claim_dead(scenario: Scenario, who: Participant) -> None:
    with scenario.claim("LifeCycle.order.dead-stays-dead") as claim:
        for answer in (who.connect(), who.say(), who.signal(), who.transcript()):
            claim.denial(answer, f"{answer.request.operation} of a participant who is gone")


@verifies("LifeCycle.order.transcript-grows")
def test_no_message_disappears_from_an_active_chat(scenario: Scenario) -> None:
    """The transcript of an active chat keeps its messages, whatever else happens."""
    chat = scenario.spendable_chat()
    sent = [chat.say(str(uuid.uuid4())) for _ in range(110 if scenario.verifier.depth.examples else 4)]
    own = {id_of(answer) for answer in sent}
    seen = [i for i in items_with(chat, *sent) if i.get("Type") == "MESSAGE" or i.get("Id") in own]
    before = set(ids(seen))
    chat.signal()
    scenario.need(chat.add_participant().say())
    chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"})
    items_with(chat, chat.say())
    with scenario.claim() as claim:
        kept = scenario.until(lambda: True if before <= set(ids(chat.items())) else None)
        claim.holds(kept, "every message that was seen is seen again", before - set(ids(chat.items())))


@_each_end
@verifies("LifeCycle.end.new-chat-after")
def test_a_new_chat_can_be_started_after_an_end(scenario: Scenario, end: End) -> None:
    """The same caller can start another chat after a chat has ended, which is another contact and works."""
    over = _living_chat(scenario)
    scenario.need(end(over))
    started = scenario.start()
    with scenario.claim() as claim:
        claim.success(started, "StartChatContact after a chat is over")
        own = scenario.need(started).get("ContactId") != over.contact_id
        claim.holds(own, "a contact of its own", "the ContactId of the chat that is over")
        claim.success(scenario.register(started).say(), "SendMessage in the new chat")


def _living_chat(scenario: Scenario) -> Chat:
    """A chat that works; the first one may still be affected by the chats that other scenarios ended."""
    with suppress(SetupFailed):
        first = scenario.spendable_chat()
        if judged_reply(first.say()).succeeded:
            return first
    return scenario.new_chat()


@verifies("LifeCycle.end.customer-leaves-contact")
def test_whether_a_contact_ends_with_its_customer_is_written_down(scenario: Scenario) -> None:
    """The test records whether the contact ends when its only customer disconnects."""
    chat = scenario.spendable_chat()
    scenario.need(chat.leave())
    with scenario.claim() as claim:
        contact = object_at(scenario.need(chat.on_contact("DescribeContact")), "Contact")
        claim.record("it is over" if contact.get("DisconnectTimestamp") else "it goes on")


@verifies("LifeCycle.flow.starts-with-socket")
def test_what_the_flow_said_before_a_socket_is_written_down(scenario: Scenario) -> None:
    """The test records whether the transcript has items of the flow before the customer connects a web socket."""
    chat = scenario.chat()
    response = judged_reply(chat.transcript())
    with scenario.claim() as claim:
        claim.record(f"{len(response.members.get('Transcript') or ())} items before a web socket was connected")
