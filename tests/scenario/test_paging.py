"""Reading page after page: to the end, and no further where a page leads only to itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.engine.polling import ENOUGH, Polling
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.paging import walk
from conformance.scenario.participants import FEW_PAGES, PAGES, Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import seeded_chat

CONNECTED = b'{"ConnectionCredentials": {"ConnectionToken": "connected"}}'
Asked = list[Mapping[str, Any]]


def reader(
    shows: Callable[[str | None], Mapping[str, Any]], polling: Polling | None = None
) -> tuple[Participant, Asked]:
    """Who gets the members that `shows` makes of a NextToken, and what was asked."""
    asked: Asked = []
    verifier = SimpleNamespace(polling=polling or Polling(5.0))

    def call(name: str, members: Mapping[str, Any]) -> Exchange:
        asked.append(members)
        return Exchange(
            Request(name, "POST", "/"), Response(200, (), json.dumps(shows(members.get("NextToken"))).encode())
        )

    scenario = SimpleNamespace(
        call=call, joins=False, need=lambda exchange: usable_reply(exchange).members, verifier=verifier
    )
    one = Participant(cast("ScenarioCalls", scenario), "contact", "participant", "token")
    one.resume(Exchange(Request("CreateParticipantConnection", "POST", "/"), Response(200, (), CONNECTED)))
    return one, asked


def page_of(*names: str, following: str | None = None) -> dict[str, Any]:
    return {"Transcript": [{"Id": name} for name in names], "NextToken": following}


ALIKE = page_of("a", following="next")


def test_a_reply_that_is_always_the_same_is_asked_for_twice() -> None:
    """As from a mock that answers each call with one example."""
    one, asked = reader(lambda _: ALIKE)
    assert [item["Id"] for item in one.items()] == ["a", "a"]
    assert len(asked) == 2


def test_a_walk_along_such_replies_has_not_ended() -> None:
    one, asked = reader(lambda _: ALIKE)
    found = walk(one, 30, MaxResults=1)
    assert (found.ended, len(asked)) == (False, 2)


@pytest.mark.parametrize("following", ["cursor", None])
def test_pages_of_one_cursor_are_read_as_long_as_they_show_something_new(following: str | None) -> None:
    """A NextToken may name what the endpoint remembers, and stay the same."""
    rest = iter([page_of("b", following="cursor"), page_of("c", following="cursor"), page_of(following=following)])
    one, _ = reader(lambda token: next(rest) if token else page_of("a", following="cursor"))
    assert [item["Id"] for item in one.items()] == ["c", "b", "a"]


def test_tokens_that_change_are_followed_to_the_bound() -> None:
    """Pages without items that lead to others are lawful."""
    number = iter(range(1000))
    one, asked = reader(lambda _: page_of(following=f"token {next(number)}"))
    assert one.items() == []
    assert len(asked) == PAGES


def test_where_messages_never_come_few_pages_are_read() -> None:
    """A mock makes up each page, and another token with it."""
    polling = Polling(5.0)
    for _ in range(ENOUGH):
        polling.learn(lambda: None, 5.0, found=False, asked="GetTranscript")
    number = iter(range(1000))
    one, asked = reader(lambda _: page_of(following=f"token {next(number)}"), polling)
    assert one.items() == []
    assert len(asked) == FEW_PAGES


def test_messages_that_share_an_id_make_no_chat_to_page_through() -> None:
    """Which of them a page holds cannot be told."""
    sent = Exchange(Request("SendMessage", "POST", "/"), Response(200, (), b'{"Id": "same", "AbsoluteTime": ""}'))
    chat = SimpleNamespace(say=lambda _: sent)
    scenario = cast("Scenario", SimpleNamespace(seeded_chat=lambda _: None, new_chat=lambda: chat, need=lambda _: {}))
    with pytest.raises(SetupFailed, match="two messages of one chat got the same Id"):
        seeded_chat(scenario, 2)
