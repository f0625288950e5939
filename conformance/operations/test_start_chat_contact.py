"""StartChatContact: what a started chat is called, who its customer is, and which contact it is related to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.claims import verifies, verifies_each
from conformance.examination.bearers import token_of
from conformance.examination.chat import Chat, object_at
from conformance.examination.files import File, attached
from conformance.examination.story import Story
from conformance.examination.transcripts import id_of, items_with
from conformance.target.conversation import SetupFailed

PADDED_NAME = "  Li  Wei "
LONGEST_NAME = "Zo\u00eb \U0001f600 " + "n" * 250  # 256 code points


def contact_of(chat: Chat) -> Mapping[str, Any]:
    """What DescribeContact says of the chat. Raises SetupFailed where it is refused."""
    return object_at(chat.story.need(chat.on_contact("DescribeContact")), "Contact")


def described(chat: Chat, member: str, expected: str) -> Any:
    """A member of the described contact, as soon as it is `expected`; else what it is at the bound."""
    chat.story.until(lambda: contact_of(chat).get(member) == expected or None)
    return contact_of(chat).get(member)


@verifies(
    "StartChatContact.ParticipantToken.opens-connection", "StartChatContact.ParticipantToken.lives-with-participant"
)
def test_the_participant_token_opens_connections_throughout(story: Story) -> None:
    """The ParticipantToken opens a first connection, and others after connections were made and messages were sent."""
    chat, other = story.chat(), story.chat()
    first = chat.connect()
    with story.claim("StartChatContact.ParticipantToken.opens-connection") as claim:
        claim.accepted(first, "CreateParticipantConnection with the ParticipantToken of the start")
        claim.accepted(other.connect(), "CreateParticipantConnection with another start's ParticipantToken")
    for number in range(3):
        story.need(chat.say(f"message {number}", ConnectionToken=token_of(first)))
    with story.claim("StartChatContact.ParticipantToken.lives-with-participant") as claim:
        for _ in range(3):
            again = chat.connect()
            claim.accepted(again, "CreateParticipantConnection with a ParticipantToken used before")
            claim.accepted(chat.say(ConnectionToken=token_of(again)), "SendMessage over the new connection")
        for _ in range(3):
            chat.add_participant()
            claim.accepted(chat.connect(), "CreateParticipantConnection after another participant joined")


@verifies("StartChatContact.ParticipantId.same-throughout", "StartChatContact.DisplayName.shown")
def test_the_customer_is_the_same_in_every_item(story: Story) -> None:
    """Every item that the customer sends carries the ParticipantId of the reply and the DisplayName of the start."""
    names = ("Ann", "Jos\u00e9 Mari\u0301a \U0001f600  O'Neil &amp; <b>Sons</b>", PADDED_NAME, LONGEST_NAME)
    chats = [story.chat(ParticipantDetails={"DisplayName": name}) for name in names]
    said = [[chat.say("first"), chat.say("second")] for chat in chats]
    with suppress(SetupFailed):  # where a chat takes attachments, they are items of its customer's too
        attached(chats[1], File())
    for chat, name, sent in zip(chats, names, said, strict=True):
        chat.reconnect()
        sent.append(chat.say("third"))
        wanted = [id_of(exchange) for exchange in sent]
        items = items_with(chat, *sent)
        own = [item for item in items if item.get("Id") in wanted or item.get("Type") == "ATTACHMENT"]
        with story.claim("StartChatContact.ParticipantId.same-throughout") as claim:
            claim.equal({item.get("ParticipantId") for item in own}, {chat.participant_id}, "the items' ParticipantId")
        with story.claim("StartChatContact.DisplayName.shown") as claim:
            claim.equal({item.get("DisplayName") for item in own}, {name}, "the items' DisplayName")


@verifies("StartChatContact.ContactId.names-the-contact")
def test_the_contact_id_names_the_contact(story: Story) -> None:
    """DescribeContact with the ContactId of the reply describes that contact, during the chat and after it."""
    chats = [story.chat(), story.chat()]
    for chat in chats:
        answer = chat.on_contact("DescribeContact")
        with story.claim() as claim:
            claim.accepted(answer, "DescribeContact with the ContactId of the reply")
            claim.equal(contact_of(chat).get("Id"), chat.contact_id, "the described contact's Id")


@verifies("StartChatContact.ContactId.unique")
def test_chats_that_were_started_apart_have_nothing_in_common(story: Story) -> None:
    """Chats that were started one after the other, or at the same time, differ in every identifier and token."""
    starts = [story.start(), story.start(), *story.at_once([story.start] * 4)]
    chats = [story.adopt(started) for started in starts]
    with story.claim() as claim:
        for what, values in {
            "ContactIds": {chat.contact_id for chat in chats},
            "ParticipantIds": {chat.participant_id for chat in chats},
            "ParticipantTokens": {chat.participant_token for chat in chats},
        }.items():
            claim.equal(len(values), len(chats), f"the number of different {what} of {len(chats)} chats")


@verifies("StartChatContact.ContinuedFromContactId.only-persistent")
def test_only_a_persistent_chat_continues_another(story: Story) -> None:
    """The reply to a start without PersistentChat holds no ContinuedFromContactId, related to another chat or not."""
    ended = story.chat()
    story.need(ended.stop())
    for started in (story.start(), story.start(RelatedContactId=ended.contact_id)):
        members = story.need(started)
        with story.claim() as claim:
            claim.equal(members.get("ContinuedFromContactId"), None, "ContinuedFromContactId without PersistentChat")


@verifies("StartChatContact.CustomerId.returned")
def test_the_customer_id_comes_back(story: Story) -> None:
    """DescribeContact reports the CustomerId that the start gave, of each contact its own and unchanged."""
    ids = ("0042", "Customer-Id/1", " c\u00fcstomer  \U0001f600 ", "x" * 128)
    chats, other = [story.chat(CustomerId=customer) for customer in ids], story.chat()
    for chat, customer in zip(chats, ids, strict=True):
        with story.claim() as claim:
            claim.equal(described(chat, "CustomerId", customer), customer, "the described contact's CustomerId")
    story.need(chats[0].stop())
    with story.claim() as claim:
        claim.equal(described(chats[0], "CustomerId", ids[0]), ids[0], "the CustomerId of a chat that is over")
        foreign = contact_of(other).get("CustomerId") in ids
        claim.holds(not foreign, "no CustomerId where the start gave none", "that of another chat")


@verifies("StartChatContact.RelatedContactId.accepted", "StartChatContact.RelatedContactId.returned")
def test_a_chat_is_related_to_an_existing_contact(story: Story) -> None:
    """The id of a chat that goes on or is over, or of a call, is accepted as RelatedContactId and reported then."""
    active, ended, call = story.chat(), story.chat(), story.start("StartWebRTCContact")
    story.need(ended.stop())
    calls = [story.adopt(call)] if judged_reply(call).succeeded else []
    for related in (*calls, ended, active):
        further = _judge_related(story, related)
    _judge_related(story, further)


def _judge_related(story: Story, related: Chat) -> Chat:
    """Judge a start that names `related`, and return the chat that it starts."""
    started = story.start(RelatedContactId=related.contact_id)
    with story.claim("StartChatContact.RelatedContactId.accepted") as claim:
        claim.accepted(started, "the RelatedContactId of an existing contact")
    chat = story.adopt(started)
    shown = described(chat, "RelatedContactId", related.contact_id)
    with story.claim("StartChatContact.RelatedContactId.returned") as claim:
        claim.equal(shown, related.contact_id, "the described contact's RelatedContactId")
    return chat


@verifies("StartChatContact.RelatedContactId.excludes-persistent-chat")
def test_a_related_contact_excludes_a_persistent_chat(story: Story) -> None:
    """A request with both RelatedContactId and PersistentChat is refused, whichever contacts they name."""
    ended, other = story.chat(), story.chat()
    story.need(ended.stop())
    for kind in ("FROM_SEGMENT", "ENTIRE_PAST_SESSION"):
        persistent = {"RehydrationType": kind, "SourceContactId": ended.contact_id}
        for related in (ended, other):
            both = story.start(PersistentChat=persistent, RelatedContactId=related.contact_id)
            with story.claim() as claim:
                claim.refused(both, "StartChatContact with RelatedContactId and PersistentChat")


_OPEN: Mapping[str, Mapping[str, Any]] = {
    "StartChatContact.RelatedContactId.unknown": {"RelatedContactId": str(uuid.UUID(int=0, version=4))},
    "StartChatContact.ContactFlowId.empty": {"ContactFlowId": ""},
    "StartChatContact.ChatDurationInMinutes.account-support": {"ChatDurationInMinutes": 120},
}


@verifies_each("requirement", *_OPEN)
def test_what_a_start_gets_where_the_documents_are_silent_is_written_down(story: Story, requirement: str) -> None:
    """What the documents leave open of a start is answered in one way or another."""
    started = story.start(**_OPEN[requirement])
    with story.claim(requirement) as claim:
        claim.record(describe(judged_reply(started)))
