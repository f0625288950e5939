"""GetTranscript: what stands in it, from where, in which order, and page by page."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.reference.choices import Choices
from tests.reference.account import VALIDATION, Account, Chat, members_of, refusal_of


def send_messages(chat: Chat, count: int) -> list[str]:
    """Sends messages m0, m1 and so on, and returns their ids."""
    return [chat.say(f"m{number}")["Id"] for number in range(count)]


def contents(chat: Chat, **arguments: Any) -> list[str]:
    return [item["Content"] for item in chat.transcript(**arguments)]


def pages(chat: Chat, **arguments: Any) -> list[list[str]]:
    """The contents of every page, following NextToken."""
    found, following = [], None
    while True:
        page = members_of(chat.call("GetTranscript", **arguments, NextToken=following))
        found.append([item["Content"] for item in page["Transcript"]])
        following = page.get("NextToken")
        if following is None:
            return found


def test_the_defaults_are_the_ten_newest_newest_first(chat: Chat) -> None:
    """MaxResults 10, ScanDirection BACKWARD, SortOrder DESCENDING (S-50)."""
    send_messages(chat, 12)
    assert contents(chat) == [f"m{number}" for number in range(11, 1, -1)]


def test_ascending_is_the_reverse_of_descending(chat: Chat) -> None:
    """SortOrder orders the page, not the choice of its items."""
    send_messages(chat, 12)
    assert contents(chat, SortOrder="ASCENDING") == contents(chat, SortOrder="DESCENDING")[::-1]


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 100])
@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_pages_of_any_size_make_the_same_whole(chat: Chat, size: int, order: str) -> None:
    """Backward from the newest, nothing lost, nothing twice, no page above MaxResults, none empty."""
    send_messages(chat, 6)
    found = pages(chat, MaxResults=size, SortOrder=order)
    assert [len(page) for page in found] == [size] * (6 // size) + [6 % size] * (6 % size > 0)
    newest_first = [text for page in found for text in (page if order == "DESCENDING" else page[::-1])]
    assert newest_first == ["m5", "m4", "m3", "m2", "m1", "m0"]


def test_pages_stay_whole_while_messages_arrive(chat: Chat) -> None:
    """A message that arrives between two pages moves nothing on the older ones."""
    send_messages(chat, 4)
    first = members_of(chat.call("GetTranscript", MaxResults=2))
    chat.say("late")
    assert contents(chat, MaxResults=2, NextToken=first["NextToken"]) == ["m1", "m0"]


def test_forward_needs_a_start(chat: Chat) -> None:
    """FORWARD without StartPosition was refused by the real service, empty StartPosition included (W-10)."""
    assert refusal_of(chat.call("GetTranscript", ScanDirection="FORWARD")) == VALIDATION
    assert refusal_of(chat.call("GetTranscript", ScanDirection="FORWARD", StartPosition={})) == VALIDATION


def test_an_empty_start_is_none(chat: Chat) -> None:
    """The client chatjs sends 15, ASCENDING, BACKWARD and an empty StartPosition (S-53)."""
    send_messages(chat, 2)
    assert contents(chat, MaxResults=15, SortOrder="ASCENDING", ScanDirection="BACKWARD", StartPosition={}) == [
        "m0",
        "m1",
    ]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [(None, ["m2", "m3", "m4"]), ("FORWARD", ["m2", "m3", "m4"]), ("BACKWARD", ["m0", "m1", "m2"])],
)
def test_a_start_by_id_or_time_includes_its_item(chat: Chat, direction: str | None, expected: list[str]) -> None:
    """With a start the direction is FORWARD by default; the item itself is on the page (a choice)."""
    ids = send_messages(chat, 5)
    at = {item["Id"]: item["AbsoluteTime"] for item in chat.transcript()}[ids[2]]
    for start in ({"Id": ids[2]}, {"AbsoluteTime": at}):
        assert contents(chat, StartPosition=start, ScanDirection=direction, SortOrder="ASCENDING") == expected


def test_a_start_may_exclude_its_item() -> None:
    """The other lawful variant: the page begins behind the start (U7)."""
    chat = Account(Choices(start_position="exclusive")).chat()
    ids = send_messages(chat, 3)
    assert contents(chat, StartPosition={"Id": ids[1]}) == ["m2"]
    assert contents(chat, StartPosition={"Id": ids[1]}, ScanDirection="BACKWARD") == ["m0"]
    assert contents(chat, StartPosition={"Id": ids[0]}, ScanDirection="BACKWARD") == []


@pytest.mark.parametrize(
    ("moment", "forward", "backward"),
    [
        ("2026-03-01T11:00:00Z", ["m0", "m1"], []),
        ("0001-01-01T00:00:00+23:59", ["m0", "m1"], []),
        ("2026-03-01T12:00:05", ["m1"], ["m0"]),
        ("2026-03-01T12:00:05.000Z", ["m1"], ["m0"]),
        ("2026-03-01T13:00:05.000+01:00", ["m1"], ["m0"]),
        ("2026-03-01T13:00:00.000Z", [], ["m0", "m1"]),
    ],
)
def test_a_start_by_time_need_not_be_an_item(
    account: Account, chat: Chat, moment: str, forward: list[str], backward: list[str]
) -> None:
    """From a moment between items: what came after it, or what came before."""
    chat.say("m0")
    account.service.advance(10)
    chat.say("m1")
    start = {"AbsoluteTime": moment}
    assert contents(chat, StartPosition=start, SortOrder="ASCENDING") == forward
    assert contents(chat, StartPosition=start, SortOrder="ASCENDING", ScanDirection="BACKWARD") == backward


def test_forward_pages_make_the_whole_too(chat: Chat) -> None:
    """NextToken goes on in the direction in which the first page went."""
    ids = send_messages(chat, 5)
    arguments = {"StartPosition": {"Id": ids[0]}, "MaxResults": 2, "SortOrder": "ASCENDING"}
    assert pages(chat, **arguments) == [["m0", "m1"], ["m2", "m3"], ["m4"]]


@pytest.mark.parametrize(("count", "expected"), [(1, ["m4"]), (2, ["m3", "m4"]), (100, ["m0", "m1", "m2", "m3", "m4"])])
def test_most_recent_counts_from_the_newest(chat: Chat, count: int, expected: list[str]) -> None:
    """MostRecent n starts at the n-th newest message, so that the n newest follow."""
    send_messages(chat, 5)
    assert contents(chat, StartPosition={"MostRecent": count}, SortOrder="ASCENDING") == expected


@pytest.mark.parametrize("start", [{"Id": "unknown"}, {"AbsoluteTime": "yesterday"}])
def test_a_start_that_names_nothing_is_refused(chat: Chat, start: dict[str, str]) -> None:
    """An unknown item and what is no time are ValidationException."""
    assert refusal_of(chat.call("GetTranscript", StartPosition=start)) == VALIDATION


def test_a_next_token_belongs_to_its_chat(account: Account, chat: Chat) -> None:
    """Made-up, changed and foreign tokens are ValidationException; tokens have at most 1,000 characters."""
    send_messages(chat, 2)
    token = members_of(chat.call("GetTranscript", MaxResults=1))["NextToken"]
    other = account.chat()
    assert len(token) <= 1000
    for asked, wrong in ((chat, "x"), (chat, "é"), (chat, token[:-8]), (chat, "A" + token[1:]), (other, token)):
        assert refusal_of(asked.call("GetTranscript", NextToken=wrong)) == VALIDATION


def test_another_chats_contact_id_yields_nothing(account: Account, chat: Chat) -> None:
    """A ContactId outside the chain is an empty 200 (S-52); one's own changes nothing."""
    other = account.chat()
    other.say("secret")
    chat.say("own")
    assert contents(chat, ContactId=other.contact_id) == []
    assert contents(chat, ContactId=chat.contact_id) == ["own"]


def test_no_results_means_ten_or_none() -> None:
    """MaxResults 0 is the default, or in the other lawful variant an empty page without a next one (U8)."""
    chat = Account().chat()
    send_messages(chat, 12)
    assert len(chat.transcript(MaxResults=0)) == 10
    chat = Account(Choices(max_results_zero="empty page")).chat()
    send_messages(chat, 2)
    assert members_of(chat.call("GetTranscript", MaxResults=0)) == {
        "InitialContactId": chat.contact_id,
        "Transcript": [],
    }
