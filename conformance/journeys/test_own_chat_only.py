"""A token gives access to its own chat and to nothing of another chat."""

from __future__ import annotations

import uuid
from contextlib import suppress

from conformance.contract.wire import Exchange
from conformance.endpoint.chat_resources import ends_wait_for_attachment
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.attachments import attachments
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, ids, items_with


def _voices(scenario: Scenario) -> list[Participant]:
    """The senders of two chats: two customers, and a bot in the first chat where one can be added."""
    chats: list[Participant] = [first := scenario.chat(), scenario.chat()]
    with suppress(SetupFailed):
        chats.append(first.add_participant())
    return chats


@verifies("SendMessage.bearer.own-chat-only", "GetTranscript.bearer.own-chat-only")
def test_messages_stay_in_the_chat_of_their_token(scenario: Scenario) -> None:
    """A message appears only in the chat of its connection token, and a token returns only items of its chat."""
    speakers = _voices(scenario)
    sent = [(speaker, speaker.say(str(uuid.uuid4()))) for speaker in speakers]
    for reader in speakers:
        own = [message for speaker, message in sent if speaker.contact_id == reader.contact_id]
        foreign = {id_of(message) for speaker, message in sent if speaker.contact_id != reader.contact_id}
        seen = ids(items_with(reader, *own))
        for requirement in ("SendMessage.bearer.own-chat-only", "GetTranscript.bearer.own-chat-only"):
            with scenario.claim(requirement) as claim:
                claim.holds(foreign.isdisjoint(seen), "no message of another chat", foreign & set(seen))


@verifies("SendEvent.bearer.own-chat-only")
def test_events_stay_in_the_chat_of_their_token(scenario: Scenario) -> None:
    """An event sent with the token of one chat appears in no other chat."""
    here, there = scenario.chat(), scenario.chat()
    sent = {id_of(here.signal("typing")) for _ in range(2)}
    seen = set(ids(items_with(there, there.say())))
    with scenario.claim() as claim:
        claim.holds(sent.isdisjoint(seen), "no event of another chat in the transcript", sent & seen)


@verifies("DisconnectParticipant.bearer.own-chat-only", "DisconnectParticipant.effect.other-chats-go-on")
def test_a_disconnect_is_of_the_own_participant_only(scenario: Scenario) -> None:
    """A disconnect ends only the caller's participation in its chat and changes no other chat."""
    before, leaver, after = scenario.chat(), scenario.spendable_chat(), scenario.chat()
    others = [before, after]
    for other in others:
        scenario.need(other.say())
    scenario.need(leaver.leave())
    answers = [answer for other in others for answer in (other.say(), other.connect())]
    for requirement in ("DisconnectParticipant.bearer.own-chat-only", "DisconnectParticipant.effect.other-chats-go-on"):
        with scenario.claim(requirement) as claim:
            for answer in answers:
                claim.success(answer, f"{answer.request.operation} in another chat after a disconnect")


@verifies("CreateParticipantConnection.bearer.own-chat-only")
def test_a_connection_belongs_to_the_participant_of_its_token(scenario: Scenario) -> None:
    """Messages of a connection appear only in the chat and under the participant of its participant token."""
    chats = [scenario.chat() for _ in range(3)]
    for chat in chats:
        scenario.need(chat.connect())
    sent = [(chat, chat.say(str(uuid.uuid4()))) for chat in chats]
    for chat, message in sent:
        items = items_with(chat, message)
        senders = {item.get("ParticipantId") for item in items if item.get("Id") == id_of(message)}
        foreign = {id_of(other) for _, other in sent if other is not message} & set(ids(items))
        with scenario.claim() as claim:
            claim.holds(not foreign, "no message sent over another participant's connection", foreign)
            claim.equal(senders, {chat.participant_id}, "the sender of what was sent over the connection")


@verifies(
    "CompleteAttachmentUpload.bearer.own-chat-only",
    "GetAttachment.bearer.own-chat-only",
    "StartAttachmentUpload.bearer.own-chat-only",
)
def test_an_attachment_stays_in_the_chat_that_started_it(scenario: Scenario) -> None:
    """Another chat can neither complete nor open an attachment, and does not show it."""
    owner, other = scenario.chat(), scenario.chat()
    uploaded = owner.resources()["uploaded_attachment_id"]
    taken = _complete(other, uploaded)
    with scenario.claim("CompleteAttachmentUpload.bearer.own-chat-only") as claim:
        claim.any_refusal(taken, "CompleteAttachmentUpload with another chat's AttachmentId")
        claim.holds(not _shows(owner, uploaded), "the attachment is not completed by another chat", "it is shown")
        claim.success(_complete(owner, uploaded), "the owner's CompleteAttachmentUpload afterwards")
    scenario.until(lambda: ends_wait_for_attachment(owner.call("GetAttachment", AttachmentId=uploaded)))
    opened = other.call("GetAttachment", AttachmentId=uploaded)
    with scenario.claim("GetAttachment.bearer.own-chat-only") as claim:
        claim.any_refusal(opened, "another chat's AttachmentId")
    with scenario.claim("StartAttachmentUpload.bearer.own-chat-only") as claim:
        claim.holds(not _shows(other, uploaded), "no other chat shows the attachment", "it is shown")
        claim.any_refusal(opened, "GetAttachment with the token of another chat")


def _complete(chat: Participant, attachment: str) -> Exchange:
    return chat.call("CompleteAttachmentUpload", AttachmentIds=[attachment], ClientToken=str(uuid.uuid4()))


def _shows(chat: Chat, attachment: str) -> bool:
    """Whether the transcript shows the attachment, once it contains a message that was sent just now."""
    items = items_with(chat, chat.say())
    return any(shown.get("AttachmentId") == attachment for item in items for shown in attachments(item))
