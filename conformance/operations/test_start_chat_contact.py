"""StartChatContact: the identifiers of a started chat, its customer and its related contact."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.endpoint.preconditions import SetupFailed
from conformance.scenario.attachments import File, attach
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, object_at, text_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import id_of, items_with

TRICKY_NAME = " Jos\u00e9 Mari\u0301a \U0001f600  O'Neil &amp; <b>Sons</b>  "
LONGEST_NAME = "Zo\u00eb \U0001f600 " + "n" * 250  # 256 code points


def contact_of(chat: Chat) -> Mapping[str, Any]:
    """The Contact of DescribeContact for the chat. Raises SetupFailed where the call is refused."""
    return object_at(chat.scenario.need(chat.on_contact("DescribeContact")), "Contact")


def await_description(chat: Chat, member: str, expected: str) -> Any:
    """A member of the described contact, once it is `expected`; else its value at the polling bound."""
    seen: list[Any] = []

    def look() -> bool | None:
        seen.append(contact_of(chat).get(member))
        return seen[-1] == expected or None

    chat.scenario.until(look)
    return seen[-1]


@verifies(
    "StartChatContact.ParticipantToken.opens-connection", "StartChatContact.ParticipantToken.lives-with-participant"
)
def test_the_participant_token_opens_connections_throughout(scenario: Scenario) -> None:
    """The ParticipantToken opens connections before and after messages were sent over earlier ones."""
    chat, other = scenario.new_chat(), scenario.chat()
    first = chat.connect()
    with scenario.claim("StartChatContact.ParticipantToken.opens-connection") as claim:
        claim.success(first, "CreateParticipantConnection with the ParticipantToken of the start")
        claim.success(other.connect(), "CreateParticipantConnection with another start's ParticipantToken")
    scenario.need(chat.say(ConnectionToken=token_of(first)))
    with scenario.claim("StartChatContact.ParticipantToken.lives-with-participant") as claim:
        for _ in range(2):
            again = chat.connect()
            claim.success(again, "CreateParticipantConnection with a ParticipantToken used before")
        claim.success(chat.say(ConnectionToken=token_of(again)), "SendMessage over the new connection")
        for _ in range(2):
            chat.add_participant()
        claim.success(chat.connect(), "CreateParticipantConnection after other participants joined")


@verifies("StartChatContact.ParticipantId.same-throughout", "StartChatContact.DisplayName.shown")
def test_the_customer_is_the_same_in_every_item(scenario: Scenario) -> None:
    """Every item of the customer has the ParticipantId of the reply and the DisplayName of the start."""
    names = (TRICKY_NAME, LONGEST_NAME, "007")
    chats = [scenario.new_chat(ParticipantDetails={"DisplayName": name}) for name in names]
    messages = [[chat.say("first")] for chat in chats]
    with suppress(SetupFailed):  # where a chat takes attachments, they are items of its customer's too
        attach(chats[0], File())
    chats[0].reconnect()
    messages[0].append(chats[0].say("over another connection"))
    for chat, name, sent in zip(chats, names, messages, strict=True):
        wanted = [id_of(exchange) for exchange in sent]
        items = items_with(chat, *sent)
        own = [item for item in items if item.get("Id") in wanted or item.get("Type") == "ATTACHMENT"]
        with scenario.claim("StartChatContact.ParticipantId.same-throughout") as claim:
            claim.equal({item.get("ParticipantId") for item in own}, {chat.participant_id}, "the items' ParticipantId")
        with scenario.claim("StartChatContact.DisplayName.shown") as claim:
            claim.equal({item.get("DisplayName") for item in own}, {name}, "the items' DisplayName")


@verifies("StartChatContact.ContactId.names-the-contact")
def test_the_contact_id_names_the_contact(scenario: Scenario) -> None:
    """DescribeContact describes the contact for the ContactId of the reply, during the chat and afterwards."""
    chats = [scenario.chat(), scenario.new_chat()]
    for chat in chats:
        answer = chat.on_contact("DescribeContact")
        with scenario.claim() as claim:
            claim.success(answer, "DescribeContact with the ContactId of the reply")
            contact = object_at(scenario.need(answer), "Contact")
            claim.equal(contact.get("Id"), chat.contact_id, "the described contact's Id")


@verifies("StartChatContact.ContactId.unique")
def test_chats_that_were_started_apart_have_nothing_in_common(scenario: Scenario) -> None:
    """Chats that were started in turn or at the same time differ in every identifier and token."""
    starts = [scenario.start(), *scenario.at_once([scenario.start] * 3)]
    replies = [scenario.need(started) for started in starts]
    for members in replies:
        scenario.keep_open(text_at(members, "ContactId"))
    with scenario.claim() as claim:
        for name in ("ContactId", "ParticipantId", "ParticipantToken"):
            different = {text_at(members, name) for members in replies}
            claim.equal(len(different), len(replies), f"the number of different {name}s of {len(replies)} chats")


@verifies("StartChatContact.ContinuedFromContactId.only-persistent")
def test_only_a_persistent_chat_continues_another(scenario: Scenario) -> None:
    """The reply to a start without PersistentChat has no ContinuedFromContactId, with or without a RelatedContactId."""
    ended = scenario.spendable_chat()
    scenario.need(ended.stop())
    for started in (scenario.start(), scenario.start(RelatedContactId=ended.contact_id)):
        members = scenario.need(started)
        with scenario.claim() as claim:
            claim.equal(members.get("ContinuedFromContactId"), None, "ContinuedFromContactId without PersistentChat")


@verifies("StartChatContact.CustomerId.returned")
def test_the_customer_id_comes_back(scenario: Scenario) -> None:
    """DescribeContact returns the CustomerId of each start unchanged."""
    ids = ("0042", "Customer-Id/1", " c\u00fcstomer  \U0001f600 ", "x" * 128)
    chats, other = [scenario.new_chat(CustomerId=customer) for customer in ids], scenario.new_chat()
    for chat, customer in zip(chats, ids, strict=True):
        with scenario.claim() as claim:
            claim.equal(await_description(chat, "CustomerId", customer), customer, "the described contact's CustomerId")
    scenario.need(chats[0].stop())
    with scenario.claim() as claim:
        claim.equal(await_description(chats[0], "CustomerId", ids[0]), ids[0], "the CustomerId of a chat that is over")
        foreign = contact_of(other).get("CustomerId") in ids
        claim.holds(not foreign, "no CustomerId where the start gave none", "that of another chat")


@verifies("StartChatContact.RelatedContactId.accepted", "StartChatContact.RelatedContactId.returned")
def test_a_chat_is_related_to_an_existing_contact(scenario: Scenario) -> None:
    """The endpoint accepts the id of a running or ended chat, or of a call, as RelatedContactId and reports it."""
    active, ended = scenario.chat(), scenario.spendable_chat()
    scenario.need(ended.stop())
    calls = [scenario.webrtc_call()] if scenario.works("StartWebRTCContact") else []
    for related in (*calls, ended, active):
        further = _judge_related(scenario, related)
    _judge_related(scenario, further, Attributes={"plan": "gold"}, CustomerId="C-1")


def _judge_related(scenario: Scenario, related: Chat, **members: Any) -> Chat:
    """Judge a start with the RelatedContactId `related` and other members, and return the started chat."""
    started = scenario.start(RelatedContactId=related.contact_id, **members)
    with scenario.claim("StartChatContact.RelatedContactId.accepted") as claim:
        claim.success(started, "the RelatedContactId of an existing contact")
    chat = scenario.register(started)
    shown = await_description(chat, "RelatedContactId", related.contact_id)
    with scenario.claim("StartChatContact.RelatedContactId.returned") as claim:
        claim.equal(shown, related.contact_id, "the described contact's RelatedContactId")
    return chat


@verifies("StartChatContact.RelatedContactId.excludes-persistent-chat")
def test_a_related_contact_excludes_a_persistent_chat(scenario: Scenario) -> None:
    """The endpoint refuses a request with both RelatedContactId and PersistentChat, for any contacts."""
    ended, other = scenario.spendable_chat(), scenario.chat()
    scenario.need(ended.stop())
    for kind in scenario.edges(("FROM_SEGMENT", "ENTIRE_PAST_SESSION"), ("FROM_SEGMENT",)):
        persistent = {"RehydrationType": kind, "SourceContactId": ended.contact_id}
        for related in (ended, other):
            both = scenario.start(PersistentChat=persistent, RelatedContactId=related.contact_id)
            with scenario.claim() as claim:
                claim.refusal(both, "StartChatContact with RelatedContactId and PersistentChat")


_OPEN: Mapping[str, Mapping[str, Any]] = {
    "StartChatContact.RelatedContactId.unknown": {"RelatedContactId": str(uuid.UUID(int=0, version=4))},
    "StartChatContact.ContactFlowId.empty": {"ContactFlowId": ""},
    "StartChatContact.ChatDurationInMinutes.account-support": {"ChatDurationInMinutes": 120},
}


@verifies_each("requirement", *_OPEN)
def test_what_a_start_gets_where_the_documents_are_silent_is_written_down(scenario: Scenario, requirement: str) -> None:
    """The test records the answers that the documents leave open for a start."""
    started = scenario.start(**_OPEN[requirement])
    with scenario.claim(requirement) as claim:
        claim.record(describe(judged_reply(started)))
