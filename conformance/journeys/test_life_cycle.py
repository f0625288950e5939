"""Chats and participants from their start to their end, in the orders that matter most."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from conformance.checks.replies import judged_reply
from conformance.claims import verifies
from conformance.examination.bearers import token_of
from conformance.examination.chat import Chat, Participant, object_at
from conformance.examination.story import Story
from conformance.examination.transcripts import id_of, ids, items_with, settled
from conformance.wire import Exchange

End = Callable[[Chat], Exchange]
_ENDS = {"left": Chat.leave, "stopped": Chat.stop}
_each_end = pytest.mark.parametrize("end", [pytest.param(end, id=name) for name, end in _ENDS.items()])


@_each_end
@verifies("LifeCycle.chats.independent")
def test_interleaved_chats_do_not_touch_one_another(story: Story, end: End) -> None:
    """Chats that run interleaved neither see nor end one another."""
    first, second, third = [story.chat() for _ in range(3)]
    said = [(chat, chat.say(str(uuid.uuid4()))) for chat in (first, second, third, second, first)]
    story.need(end(second))
    said += [(chat, chat.say(str(uuid.uuid4()))) for chat in (third, first)]
    late = story.chat()
    said += [(chat, chat.say(str(uuid.uuid4()))) for chat in (late, first, third)]
    with story.claim() as claim:
        for _, answer in said:
            claim.accepted(answer, "SendMessage in a chat that runs beside others, one of which is over")
    for chat in (first, third, late):
        seen = set(ids(items_with(chat, *(answer for speaker, answer in said if speaker is chat))))
        foreign = {id_of(answer) for speaker, answer in said if speaker is not chat}
        with story.claim() as claim:
            claim.holds(foreign.isdisjoint(seen), "no message of another chat", foreign & seen)


@verifies("LifeCycle.participants.independent", "GetTranscript.Transcript.holds-what-was-sent")
def test_participants_of_a_chat_keep_what_is_theirs(story: Story) -> None:
    """Participants of one chat keep their tokens, names and roles, whatever the others do."""
    chat = story.chat()
    people: list[Participant] = [chat, chat.add_participant(name="Bea"), chat.add_participant(name="Bob")]
    roles = [("CUSTOMER", "Ann"), ("CUSTOM_BOT", "Bea"), ("CUSTOM_BOT", "Bob")]
    who_is_who = dict(zip([who.participant_id for who in people], roles, strict=True))
    said = [(who, who.say(str(uuid.uuid4()))) for who in (*people, *reversed(people))]
    for _, answer in said:
        story.need(answer)
    story.need(people[1].leave())
    said += [(who, who.say(str(uuid.uuid4()))) for who in (people[2], chat)]
    with story.claim("LifeCycle.participants.independent") as claim:
        for _, answer in said:
            claim.accepted(answer, "SendMessage of a participant who stays")
    items = {item.get("Id"): item for item in settled(chat, *(answer for _, answer in said))}
    with story.claim("GetTranscript.Transcript.holds-what-was-sent") as claim:
        lost = [id_of(answer) for _, answer in said if id_of(answer) not in items]
        claim.equal(lost, [], "messages that stand nowhere after one of the participants has left")
    for who, answer in ((who, answer) for who, answer in said if id_of(answer) in items):
        item, (role, name) = items[id_of(answer)], who_is_who[who.participant_id]
        with story.claim("LifeCycle.participants.independent") as claim:
            claim.equal(item.get("ParticipantId"), who.participant_id, "the ParticipantId")
            claim.equal(item.get("ParticipantRole"), role, "the ParticipantRole")
            claim.equal(item.get("DisplayName"), name, "the DisplayName")


@verifies("LifeCycle.order.any-lawful-sequence")
def test_lawful_calls_succeed_in_any_order(story: Story) -> None:
    """Connecting, speaking, signalling and reading succeed in whatever order an active chat meets them."""
    chat = story.chat()
    answers = [chat.connect("WEBSOCKET"), chat.connect("CONNECTION_CREDENTIALS"), chat.connect()]
    answers += [chat.transcript(), chat.signal(), chat.say(), chat.signal(), chat.say(), chat.transcript()]
    newer = {"ConnectionToken": token_of(renewed := chat.connect())}
    answers += [renewed, chat.transcript(**newer), chat.say(**newer), chat.signal(**newer), chat.say(**newer)]
    answers += [chat.leave(**newer)]
    with story.claim() as claim:
        for number, answer in enumerate(answers, 1):
            claim.accepted(answer, f"{answer.request.operation}, call {number} of a lawful sequence")


@_each_end
@verifies("LifeCycle.order.dead-stays-dead")
def test_nothing_brings_a_chat_back(story: Story, end: End) -> None:
    """No call revives a chat that is over: neither connecting, nor ending again, nor another start."""
    chat, other = story.chat(), story.chat()
    story.need(chat.say())
    story.need(end(chat))
    story.until_refused(chat.say)
    chat.connect()
    chat.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    chat.leave(ClientToken=str(uuid.uuid4()))
    chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"})
    story.need(story.chat().say())
    story.need(other.say())
    _claim_dead(story, chat)
    chat.stop()
    _claim_dead(story, chat)


@verifies("LifeCycle.order.dead-stays-dead")
def test_nothing_brings_a_participant_back(story: Story) -> None:
    """No call revives a participant who left a chat that goes on."""
    chat = story.chat()
    bot = chat.add_participant()
    story.need(bot.say())
    story.need(bot.leave())
    story.until_refused(bot.say)
    bot.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True)
    newcomer = chat.add_participant()
    for still_here in (newcomer, chat):
        story.need(still_here.say())
    _claim_dead(story, bot)
    story.need(newcomer.leave())
    story.need(chat.say())
    story.need(chat.connect())
    _claim_dead(story, bot)


def _claim_dead(story: Story, who: Participant) -> None:
    with story.claim("LifeCycle.order.dead-stays-dead") as claim:
        for answer in (who.connect(), who.say(), who.signal(), who.transcript()):
            claim.denied(answer, f"{answer.request.operation} of a participant who is gone")


@verifies("LifeCycle.order.transcript-grows")
def test_no_message_disappears_from_an_active_chat(story: Story) -> None:
    """While a chat is active its messages stay in its transcript, whatever else happens."""
    chat = story.chat()
    said = [chat.say(str(uuid.uuid4())) for _ in range(110 if story.examiner.depth.examples else 12)]
    before = set(ids(items_with(chat, *said))) & {id_of(answer) for answer in said}
    chat.signal()
    story.need(chat.add_participant().say())
    chat.on_contact("UpdateContactAttributes", Attributes={"k": "v"})
    items_with(chat, chat.say())
    with story.claim() as claim:
        kept = story.until(lambda: True if before <= set(ids(chat.items())) else None)
        claim.holds(kept, "every message that was seen is seen again", before - set(ids(chat.items())))


@_each_end
@verifies("LifeCycle.end.new-chat-after")
def test_a_new_chat_can_be_started_after_an_end(story: Story, end: End) -> None:
    """After a chat is over the same caller starts another, which is another contact and works."""
    over = _fresh_chat(story)
    story.need(end(over))
    started = story.start()
    with story.claim() as claim:
        claim.accepted(started, "StartChatContact after a chat is over")
        new = story.adopt(started)
        claim.holds(new.contact_id != over.contact_id, "a contact of its own", "the ContactId of the chat that is over")
        claim.accepted(new.say(), "SendMessage in the new chat")


def _fresh_chat(story: Story) -> Chat:
    """A chat that works; the first start may still suffer from what other stories ended before."""
    first = story.start()
    if judged_reply(first).succeeded and judged_reply(story.adopt(first).say()).succeeded:
        return story.adopt(first)
    return story.chat()


@verifies("LifeCycle.end.customer-leaves-contact")
def test_whether_a_contact_ends_with_its_customer_is_written_down(story: Story) -> None:
    """The contact is over or goes on when its only customer has disconnected."""
    chat = story.chat()
    story.need(chat.leave())
    with story.claim() as claim:
        contact = object_at(story.need(chat.on_contact("DescribeContact")), "Contact")
        claim.record("it is over" if contact.get("DisconnectTimestamp") else "it goes on")


@verifies("LifeCycle.flow.starts-with-socket")
def test_what_the_flow_said_before_a_socket_is_written_down(story: Story) -> None:
    """The transcript of a chat whose customer has connected no web socket holds items of the flow, or none."""
    chat = story.chat()
    response = judged_reply(chat.transcript())
    with story.claim() as claim:
        claim.record(f"{len(response.members.get('Transcript') or ())} items before a web socket was connected")
