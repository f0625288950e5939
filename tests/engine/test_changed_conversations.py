"""Whether a conversation goes on in which a call was accepted that should have been refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from unittest.mock import Mock

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.chat_resources import ChatResources
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.edge_checks import check_edge
from conformance.engine.kinds_of_failure import LOOKED_INTO
from conformance.engine.verifier import Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder

EDGES = LOOKED_INTO + 4


def exchange(name: str, status: int) -> Exchange:
    return Exchange(Request(name, "POST", "/"), Response(status, (("content-type", "application/json"),), b"{}"))


class OneConversation:
    """Hands out one conversation for all calls, and counts how often it was given up, and others opened beside it."""

    def __init__(self) -> None:
        self.conversation, self.given_up, self.opened = Mock(over=False), 0, 0

    def shared_conversation(self) -> ChatResources:
        return cast("ChatResources", self.conversation)

    def discard(self) -> None:
        self.given_up += 1

    @contextmanager
    def fitting(self, *_: object) -> Iterator[ChatResources]:
        yield self.shared_conversation()

    @contextmanager
    def own(self) -> Iterator[ChatResources]:
        self.opened += 1
        yield cast("ChatResources", Mock())


@pytest.mark.parametrize(
    ("name", "refused", "chats"), [("SendMessage", 0, 0), ("SendMessage", 1, 1), ("DisconnectParticipant", 0, 1)]
)
def test_whether_a_plain_call_is_served_is_asked_in_the_shared_conversation_first(
    monkeypatch: pytest.MonkeyPatch, name: str, refused: int, chats: int
) -> None:
    """A firewall that blocks some messages cost a start, a connection and a stop for each of them."""
    answers, conversations = [403] * refused + [200], OneConversation()
    monkeypatch.setattr(Verifier, "send", lambda *_: exchange(name, answers.pop(0)))
    assert verifier_of(conversations).serves(name)
    assert (answers, conversations.opened) == ([], chats)


def verifier_of(conversations: OneConversation) -> Verifier:
    return Verifier(cast("Conversations", conversations), Recorder(Ledger(io.StringIO())), DEPTHS["smoke"], seed=1)


def count_given_up(monkeypatch: pytest.MonkeyPatch, name: str, requirement: str, plain_call: int) -> int:
    """How often the conversation is given up while all edges of `requirement` are accepted that must be refused."""
    conversations = OneConversation()
    monkeypatch.setattr(Verifier, "send", lambda *_: exchange(name, plain_call))
    verifier = verifier_of(conversations)

    def look(_: ChatResources) -> None:
        raise ContractViolation(requirement, "a refusal", "200 OK", (exchange(name, 200),))

    for number in range(EDGES):
        assert not check_edge(verifier, requirement, operation(name), f"edge {number}", look, spends=0)
    return conversations.given_up


def test_after_the_first_few_of_a_kind_one_that_takes_a_plain_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_given_up(monkeypatch, "SendEvent", "SendEvent.Content.length-max", 200) == LOOKED_INTO


def test_one_that_takes_no_plain_call_is_given_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_given_up(monkeypatch, "SendEvent", "SendEvent.Content.length-max", 403) == EDGES


def test_after_the_first_few_that_a_call_uses_up_the_next_goes_on_with_one_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each would cost a chat. The first whose kind is known is the last that is given up."""
    assert count_given_up(monkeypatch, "StopContact", "StopContact.ContactId.length-max", 200) == LOOKED_INTO + 1


@pytest.mark.parametrize(("status", "broken"), [(200, True), (403, True), (400, False)])
def test_a_used_up_chat_shows_what_is_accepted_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, status: int, *, broken: bool
) -> None:
    """All else is asked again in another chat: this one may be refused because it is over."""
    verifier = verifier_of(conversations := OneConversation())
    monkeypatch.setattr(Verifier, "send", lambda *_: exchange("StopContact", 200))
    requirement, used, asked = "StopContact.ContactId.length-max", cast("ChatResources", Mock()), list[object]()

    def look(chat: ChatResources) -> None:
        asked.append(chat)
        got = status if chat is used or status == 400 else 200
        if got != 400:
            raise ContractViolation(requirement, "a refusal", str(got), (exchange("StopContact", got),))

    for _ in range(LOOKED_INTO):
        verifier.failures.deserves_more(
            ContractViolation(requirement, "a refusal", "200", (exchange("StopContact", 200),))
        )
    verifier.used_up["StopContact"] = used
    assert check_edge(verifier, requirement, operation("StopContact"), "edge", look, spends=0) is not broken
    assert asked == ([used] if status == 200 else [used, conversations.conversation])


def test_a_start_changes_no_other_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_given_up(monkeypatch, "StartChatContact", "StartChatContact.ClientToken.length-max", 403) == 0
