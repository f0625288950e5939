"""A chat that continues an ended one: the other members of its start, and the state of the past chat."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from conformance.contract.content_types import MARKDOWN, TEXT
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, object_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, ids, items_with

BOTH = ["WEBSOCKET", "CONNECTION_CREDENTIALS"]
MINUTE = 60  # seconds
# What an item of the past chat says of what was sent then: the model speaks of its sender and of when it was sent.
OF_THE_PAST = ("Type", "ContentType", "Content", "AbsoluteTime", "ParticipantId", "ParticipantRole", "DisplayName")


def _continue(scenario: Scenario, past: Chat, **members: Any) -> Exchange:
    """Start a chat that continues `past`, repeatedly while the source may still be unsettled."""
    persistent = {"RehydrationType": "FROM_SEGMENT", "SourceContactId": past.contact_id}
    answers: list[Exchange] = []

    def attempt() -> Exchange | None:
        answers.append(scenario.start(PersistentChat=persistent, **members))
        response = answers[-1].response
        return answers[-1] if response is not None and response.succeeded else None

    return scenario.until(attempt) or answers[-1]


def _past_chat(scenario: Scenario, *messages: tuple[str, str], **members: Any) -> tuple[Chat, Items]:
    """An ended chat with those messages, and its items as they were then."""
    chat = scenario.new_chat(**members)
    items = items_with(chat, *(chat.say(content, kind) for kind, content in messages)) if messages else []
    scenario.need(chat.stop())
    return chat, items


@verifies(
    "StartChatContact.Attributes.returned",
    "StartChatContact.CustomerId.returned",
    "StartChatContact.InitialMessage.in-transcript",
)
@verifies(
    "StartChatContact.ConnectionTypes.both",
    "SendMessage.ContentType.declared-accepted",
    "StartChatContact.PersistentChat.from-segment",
)
def test_a_persistent_start_has_what_any_start_has(scenario: Scenario) -> None:
    """Attributes, customer, first message, content types and connection of a persistent start are its own."""
    past, _ = _past_chat(scenario, (TEXT, "the past"), Attributes={"plan": "old"}, CustomerId="0041")
    text, own = f"first {uuid.uuid4()}", {"plan": "new", "more": "of it"}
    started = _continue(
        scenario,
        past,
        Attributes=own,
        CustomerId="0042",
        InitialMessage={"ContentType": TEXT, "Content": text},
        SupportedMessagingContentTypes=[TEXT, MARKDOWN],
        ConnectionTypes=BOTH,
        ParticipantConfiguration={"ResponseMode": "COMPLETE"},
        DisconnectOnCustomerExit=["AGENT"],
    )
    with scenario.claim("StartChatContact.PersistentChat.from-segment") as claim:
        claim.success(started, "a persistent start with seven members beside the required ones")
    members, chat = scenario.need(started), scenario.register(started)
    with scenario.claim("StartChatContact.ConnectionTypes.both") as claim:
        claim.equal([name in members for name in ("Websocket", "ConnectionCredentials")], [True, True], "what is there")
    marked = chat.say("*current*", MARKDOWN)
    with scenario.claim("SendMessage.ContentType.declared-accepted") as claim:
        claim.success(marked, "a message of a type that the persistent start lists")
    contents = [item.get("Content") for item in items_with(chat, marked)]
    with scenario.claim("StartChatContact.InitialMessage.in-transcript") as claim:
        claim.equal(contents.count(text), 1, "the initial messages of the persistent start")
    for requirement, name, expected in (
        ("StartChatContact.Attributes.returned", "Attributes", own),
        ("StartChatContact.CustomerId.returned", "CustomerId", "0042"),
    ):
        with scenario.claim(requirement) as claim:
            claim.equal(_wait_for_member(chat, name, expected), expected, f"the {name} of the persistent chat")


def _wait_for_member(chat: Chat, name: str, expected: Any) -> Any:
    """The contact's attributes or another member of its description, once it is `expected`."""
    seen: list[Any] = []

    def look() -> bool | None:
        if name != "Attributes":
            seen.append(object_at(chat.scenario.need(chat.on_contact("DescribeContact")), "Contact").get(name))
        else:
            shown = object_at(chat.scenario.need(chat.on_contact("GetContactAttributes")), name)
            seen.append({key: shown.get(key) for key in expected})
        return seen[-1] == expected or None

    chat.scenario.until(look)
    return seen[-1]


@verifies(
    "StartChatContact.PersistentChat.past-chat-untouched", "UpdateContactAttributes.Attributes.other-contacts-untouched"
)
def test_the_past_chat_stays_as_it_was(scenario: Scenario) -> None:
    """A continued chat remains ended, whatever happens in the chat that continues it."""
    past, _ = _past_chat(scenario, (TEXT, "the past"), Attributes={"plan": "old"})
    token = past.connection_token
    chat = scenario.register(_continue(scenario, past))
    scenario.need(chat.say("the present"))
    scenario.need(chat.on_contact("UpdateContactAttributes", Attributes={"plan": "new"}))
    with scenario.claim("StartChatContact.PersistentChat.past-chat-untouched") as claim:
        for answer in (past.say(ConnectionToken=token), past.transcript(ConnectionToken=token), past.connect()):
            claim.any_refusal(answer, f"{answer.request.operation} in a chat that was continued")
        ended = scenario.until(lambda: _end_time(past))
        claim.holds(ended, "a DisconnectTimestamp of the past chat", "none")
    with scenario.claim("UpdateContactAttributes.Attributes.other-contacts-untouched") as claim:
        claim.equal(
            _wait_for_member(past, "Attributes", {"plan": "old"}), {"plan": "old"}, "the past chat's attributes"
        )


def _end_time(chat: Chat) -> Any:
    return object_at(chat.scenario.need(chat.on_contact("DescribeContact")), "Contact").get("DisconnectTimestamp")


@verifies("StartChatContact.PersistentChat.from-segment")
def test_a_chat_that_was_left_is_continued_more_than_once(scenario: Scenario) -> None:
    """A chat that its customer ended can be continued by one chat and by another."""
    past = scenario.spendable_chat()
    scenario.need(past.say("the past"))
    scenario.need(past.leave())
    past.stop()  # where the chat goes on without its customer
    for number in ("a first", "a second"):
        started = _continue(scenario, past)
        with scenario.claim() as claim:
            claim.success(started, f"{number} chat that continues one that its customer has left")
            members = scenario.need(started)
            claim.equal(members.get("ContinuedFromContactId"), past.contact_id, "the ContinuedFromContactId")


@pytest.mark.moves_clock
@verifies("StartChatContact.PersistentChat.from-segment")
def test_a_chat_whose_time_was_up_is_continued(scenario: Scenario) -> None:
    """A chat whose duration is over can be continued."""
    past = scenario.new_chat(ChatDurationInMinutes=60)
    scenario.need(past.connect("CONNECTION_CREDENTIALS", ConnectParticipant=True))
    scenario.need(past.say("the past"))
    scenario.advance_clock(61 * MINUTE)
    started = _continue(scenario, past)
    with scenario.claim() as claim:
        claim.success(started, "a chat that continues one whose duration is over")


@verifies(
    "StartChatContact.PersistentChat.past-items-unchanged", "StartChatContact.PersistentChat.past-items-related-contact"
)
def test_past_items_are_what_they_were(scenario: Scenario) -> None:
    """Items of past chats keep their sender, content and time, and name the chat that they were sent in."""
    types = {"SupportedMessagingContentTypes": [TEXT, MARKDOWN]}
    first, was_first = _past_chat(scenario, (TEXT, "one"), (MARKDOWN, "*two*"), ParticipantDetails=_NAMED, **types)
    second = scenario.register(_continue(scenario, first))
    message = second.say("three")
    was_second = [item for item in items_with(second, message) if item.get("ContactId") == second.contact_id]
    scenario.need(second.stop())
    third = scenario.register(_continue(scenario, second))
    scenario.need(third.say("four"))
    sent = {str(item.get("Id")): (item, first) for item in was_first if item.get("Type") == "MESSAGE"}
    sent |= {str(item.get("Id")): (item, second) for item in was_second if item.get("Type") == "MESSAGE"}
    scenario.until(lambda: set(sent) <= set(ids(third.items())) or None)
    for item in third.items():
        then, chat = sent.get(str(item.get("Id")), (None, third))
        if then is not None:
            with scenario.claim("StartChatContact.PersistentChat.past-items-unchanged") as claim:
                claim.equal(_past_members(item), _past_members(then), "what a past item tells")
            with scenario.claim("StartChatContact.PersistentChat.past-items-related-contact") as claim:
                claim.equal(item.get("RelatedContactId"), chat.contact_id, "the chat in which it was sent")


_NAMED = {"DisplayName": "Somebody else"}


def _past_members(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in OF_THE_PAST}
