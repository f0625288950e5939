"""PersistentChat: a new chat that goes on where ended ones stopped."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from conformance.reference.choices import Choices
from conformance.reference.instances import INSTANCE_ID
from tests.reference.account import (
    FLOW,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    NOT_FOUND,
    Account,
    Chat,
    members_of,
    refusal_of,
)
from tests.reference.test_transcript import pages

Sessions = Literal["other sessions", "the same session"]
TYPES = ["FROM_SEGMENT", "ENTIRE_PAST_SESSION"]


def ended_chat(account: Account, *texts: str, **arguments: Any) -> Chat:
    chat = account.chat(**arguments)
    for text in texts:
        chat.say(text)
    account.stop(chat.contact_id)
    return chat


def continuation_of(source: Chat, kind: str = "FROM_SEGMENT") -> dict[str, Any]:
    return {"PersistentChat": {"RehydrationType": kind, "SourceContactId": source.contact_id}}


@pytest.mark.parametrize("kind", TYPES)
def test_the_reply_names_the_chat_that_is_continued(account: Account, kind: str) -> None:
    """ContinuedFromContactId is the source; the new chat has an id of its own."""
    source = ended_chat(account)
    reply = members_of(account.start(**continuation_of(source, kind)))
    assert reply["ContinuedFromContactId"] == source.contact_id != reply["ContactId"]
    assert account.describe(reply["ContactId"])["RelatedContactId"] == source.contact_id


@pytest.mark.parametrize("sessions", ["other sessions", "the same session"])
def test_a_past_session_is_continued_where_it_ended_last(sessions: Sessions) -> None:
    """ENTIRE_PAST_SESSION finds the contact of the chosen session that ended last; FROM_SEGMENT stays."""
    account = Account(Choices(continued_chats=sessions))
    first = ended_chat(account)
    second = ended_chat(account, **continuation_of(first))
    account.chat(**continuation_of(second))
    found = {
        kind: members_of(account.start(**continuation_of(first, kind)))["ContinuedFromContactId"] for kind in TYPES
    }
    last = first if sessions == "other sessions" else second
    assert found == {"ENTIRE_PAST_SESSION": last.contact_id, "FROM_SEGMENT": first.contact_id}


@pytest.mark.parametrize("kind", TYPES)
def test_an_active_or_unknown_source_is_refused(account: Account, chat: Chat, kind: str) -> None:
    """Only an ended chat of the instance can be continued."""
    assert refusal_of(account.start(**continuation_of(chat, kind))) == INVALID_REQUEST
    unknown = {"RehydrationType": kind, "SourceContactId": "unknown"}
    assert refusal_of(account.start(PersistentChat=unknown)) == NOT_FOUND


def test_a_call_is_no_source(account: Account) -> None:
    """A persistent chat continues a chat."""
    call = members_of(account.call("StartWebRTCContact", **FLOW))["ContactId"]
    account.call("StopContact", InstanceId=INSTANCE_ID, ContactId=call)
    source = {"RehydrationType": "FROM_SEGMENT", "SourceContactId": call}
    assert refusal_of(account.start(PersistentChat=source)) == NOT_FOUND


@pytest.mark.parametrize("given", [{}, {"RehydrationType": "FROM_SEGMENT"}, {"SourceContactId": "x"}])
def test_a_persistent_chat_needs_type_and_source(account: Account, given: dict[str, str]) -> None:
    """RehydrationType is required for persistent chat; without a source there is nothing to continue."""
    assert refusal_of(account.start(PersistentChat=given)) == INVALID_PARAMETER


def test_past_items_follow_behind_a_next_token(account: Account) -> None:
    """The first page is of the current chat and has a NextToken because there is a past (S-35)."""
    source = ended_chat(account, "past 1", "past 2")
    chat = account.chat(**continuation_of(source))
    chat.say("now")
    first = members_of(chat.call("GetTranscript"))
    assert [(item["Content"], item["ContactId"]) for item in first["Transcript"]] == [("now", chat.contact_id)]
    rest = chat.transcript(NextToken=first["NextToken"])
    assert [item.get("Content") for item in rest] == [None, "past 2", "past 1"]
    assert {item.get("RelatedContactId") for item in rest} == {source.contact_id}
    assert all("ContactId" not in item for item in rest)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_all_chats_of_the_past_are_reached(account: Account, size: int) -> None:
    """What a past chat continued is past too, the newest first, in pages of any size."""
    first = ended_chat(account, "a1", "a2")
    second = ended_chat(account, "b1", **continuation_of(first))
    chat = account.chat(**continuation_of(second))
    chat.say("c1")
    found = [text for page in pages_of_messages(chat, size) for text in page]
    assert found == ["c1", "b1", "a2", "a1"]


def pages_of_messages(chat: Chat, size: int) -> list[list[str]]:
    """The pages without the events that the ends of the past chats left."""
    found, following = [], None
    while True:
        page = members_of(chat.call("GetTranscript", MaxResults=size, NextToken=following))
        assert len(page["Transcript"]) <= size
        found.append([item["Content"] for item in page["Transcript"] if item["Type"] == "MESSAGE"])
        following = page.get("NextToken")
        if following is None:
            return found


def test_a_start_position_does_not_reach_the_past(account: Account) -> None:
    """Neither a start nor a ContactId reaches past chats (S-54)."""
    source = ended_chat(account, "past")
    chat = account.chat(**continuation_of(source))
    message = chat.say("now")
    for arguments in (
        {"StartPosition": {"Id": message["Id"]}, "ScanDirection": "BACKWARD"},
        {"ContactId": chat.contact_id},
    ):
        assert pages(chat, **arguments) == [["now"]]


def test_an_ordinary_chat_continues_nothing(account: Account) -> None:
    """ContinuedFromContactId is populated for persistent chats only."""
    assert "ContinuedFromContactId" not in members_of(account.start())
