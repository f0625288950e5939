"""Which contacts in nobody's use stay open, where there are more than may be."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Response, to_request
from conformance.endpoint.contacts import Contacts
from conformance.engine.chat_pool import ChatPool, Kind, UsedChat
from conformance.engine.conversations import Conversations
from conformance.engine.polling import Polling

IDS = {"instance_id": "i", "contact_flow_id": "f"}
IDLE = 17  # of the 20 contacts that may be open: 8 plain chats, 1 typed one, 2 calls, 2 seeded and 4 spendable chats
CHAT, CALL = "StartChatContact", "StartWebRTCContact"


@pytest.fixture
def run() -> Conversations:
    given: dict[str, Any] = {**IDS}
    return Conversations(
        cast(Any, SimpleNamespace()), Contacts(lambda _, __: True, "i", most_open=20), given, Polling(1)
    )


def put(pool: ChatPool, contact: str, name: str = CHAT) -> None:
    """Open a contact and put it into the pool."""
    pool.put(UsedChat((start_of(pool.contacts, contact, name),)))


def start_of(contacts: Contacts, contact: str, name: str = CHAT) -> Exchange:
    """A start that opened a contact."""
    asked = {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {"DisplayName": "Ann"}}
    opened = {"ContactId": contact, "ParticipantId": "p", "ParticipantToken": "t"}
    start = Exchange(to_request(operation(name), asked), Response(200, (), json.dumps(opened).encode()))
    contacts.learn(start)
    return start


def hold(run: Conversations, contacts: int) -> None:
    """Open so many contacts, which a test goes on to use."""
    for number in range(contacts):
        run.contacts.add(f"held-{number}")
        run.keep_open(f"held-{number}")


def test_a_kind_has_more_than_its_share_while_others_have_less(run: Conversations) -> None:
    for number in range(IDLE):
        put(run.pool, f"chat-{number}")
    assert len(run.contacts.open) == IDLE


def test_where_there_are_too_many_the_oldest_of_the_kind_that_has_most_beyond_its_share_is_stopped(
    run: Conversations,
) -> None:
    for number in range(IDLE - 4):
        put(run.pool, f"chat-{number}")
    for number in range(5):
        put(run.pool, f"call-{number}", CALL)
    assert [f"call-{number}" for number in range(5) if f"call-{number}" not in run.contacts.open] == ["call-0"]
    assert len(run.contacts.open) == IDLE


def test_between_tests_no_more_are_stopped_than_there_are_too_many(run: Conversations) -> None:
    """One contact too many stopped all that were in nobody's use, and the tests after it started as many anew."""
    for number in range(10):
        put(run.pool, f"chat-{number}")
    hold(run, 11)
    run.tidy()
    assert len(run.contacts.open) == 20
    assert "chat-0" not in run.contacts.open


def test_the_runs_first_starts_are_stopped_after_what_is_in_nobodys_use(run: Conversations) -> None:
    """Each of them saves the starts of as many others as an endpoint has to tell apart."""
    run.contacts.add("first")
    run.contacts.spared.add("first")
    for number in range(10):
        put(run.pool, f"chat-{number}")
    hold(run, 10)
    run.tidy()
    assert [contact for contact in ("first", "chat-0", "chat-1") if contact in run.contacts.open] == ["first", "chat-1"]


def test_a_contact_that_a_repeated_start_returns_is_not_given_to_two(run: Conversations) -> None:
    """It is in the pool once, and not again while whoever took it from there uses it."""
    run.take_in(start_of(run.contacts, "chat"))
    run.take_in(start_of(run.contacts, "chat"))
    assert run.pool.take(Kind.PLAIN) is not None
    run.take_in(start_of(run.contacts, "chat"))
    assert run.pool.take(Kind.PLAIN) is None


def test_a_contact_that_is_over_is_not_taken_in_again(run: Conversations) -> None:
    start = start_of(run.contacts, "chat")
    run.contacts.stop("chat")
    run.take_in(start)
    assert run.pool.take(Kind.PLAIN) is None
