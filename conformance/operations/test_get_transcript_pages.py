"""GetTranscript: paging as relations between calls: pages of any size contain the same items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from conformance.checks.value_text import value_text
from conformance.contract.content_types import JSON, TEXT
from conformance.contract.wire import Exchange
from conformance.scenario.bearer_tokens import token_of
from conformance.scenario.markers import verifies
from conformance.scenario.paging import ASCENDING, BACKWARD, DESCENDING, FORWARD, Walk, page, page_of, walk
from conformance.scenario.participants import Chat
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import LARGEST, SEEDED_MESSAGES, SeededChat, seeded_chat
from conformance.scenario.transcripts import id_of, items_with, lasting
from strategies.paging import page_requests

CONTENTS = ("  two  blanks\r\n", "<b>&amp;</b> \"x\" 'y'", "\N{GRINNING FACE} e\u0301 \u00e9", "a text " * 300, "short")
FEW = 5  # messages, two pages or more of two items
# The fewest pages first. The smallest ones are judged from a start near the end, where few of them remain.
SIZES = (11, 10, SEEDED_MESSAGES - 1, SEEDED_MESSAGES, SEEDED_MESSAGES + 1, LARGEST, 5, 3)
SMALL_PAGES = 4  # of one item
LATE = 3  # items of others that may come in between the count of all items and the last page
HOUR, DAY = 3_600, 86_400  # seconds


def _walk(seeded: SeededChat, size: int, **parameters: Any) -> Walk:
    """Page to the end, at most one page more than the bound: a page may be shorter than requested."""
    return walk(seeded.chat, seeded.total + LATE + 2, MaxResults=size, **parameters)


def _most_pages(seeded: SeededChat, found: Walk) -> int:
    """The most pages of this walk: one for each item, and one more."""
    return max(len(set(found.ids)), len(seeded.own)) + 1


@verifies(
    "GetTranscript.NextToken.any-page-size",
    "GetTranscript.NextToken.nothing-lost",
    "GetTranscript.NextToken.nothing-repeated",
    "GetTranscript.NextToken.ends",
)
@verifies("GetTranscript.NextToken.present-while-more", "GetTranscript.NextToken.sort-order")
def test_pages_of_any_size_are_the_same_whole(scenario: Scenario) -> None:
    """Pages of any size contain together every item once and in the same order."""
    seeded = seeded_chat(scenario)
    _judge(scenario, seeded, _walk(seeded, 7, SortOrder=DESCENDING, ContactId=seeded.chat.contact_id), seeded.own)
    for size in scenario.edges(SIZES, (11, SEEDED_MESSAGES - 1)):
        for order in (ASCENDING, DESCENDING) if size in (5, 11) else (DESCENDING,):
            _judge(scenario, seeded, _walk(seeded, size, SortOrder=order), seeded.own)
    start = {"StartPosition": {"Id": seeded.own[SMALL_PAGES]}, "ScanDirection": BACKWARD}
    _judge(scenario, seeded, _walk(seeded, 1, SortOrder=DESCENDING, **start), seeded.own[:SMALL_PAGES])


def _judge(scenario: Scenario, seeded: SeededChat, found: Walk, wanted: Sequence[str]) -> None:
    """Judge one walk that must return the items `wanted`, the oldest first."""
    seen = found.of(wanted)
    missing = [item for item in wanted if item not in seen]
    repeated = [item for item, number in Counter(found.ids).items() if number > 1]
    ascending = found.parameters.get("SortOrder") == ASCENDING
    whole = "GetTranscript.NextToken.sort-order" if ascending else "GetTranscript.NextToken.any-page-size"
    judged: Sequence[tuple[str, object, object, str]] = (
        ("GetTranscript.NextToken.nothing-lost", missing, [], "messages missing from the pages"),
        ("GetTranscript.NextToken.nothing-repeated", repeated, [], "Ids that were seen more than once"),
        (
            "GetTranscript.NextToken.ends",
            found.ended and len(found.pages) <= _most_pages(seeded, found),
            True,
            "that it ends in time",
        ),
        (
            "GetTranscript.NextToken.present-while-more",
            _stopped_early(found, seen, wanted),
            False,
            "that it stopped while more remained",
        ),
        (whole, seen, list(wanted), "the messages together"),
    )
    for requirement, actual, expected, what in judged:
        with scenario.claim(requirement) as claim:
            claim.equal(actual, expected, f"{what}, with {found}")


def _stopped_early(found: Walk, seen: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the last page had no NextToken although the missing items lie beyond it."""
    if not found.ended or len(seen) >= len(wanted):
        return False
    backward = found.parameters.get("ScanDirection", BACKWARD) == BACKWARD
    rest = wanted[: len(wanted) - len(seen)] if backward else wanted[len(seen) :]
    return not set(rest) & set(seen)


@verifies("GetTranscript.NextToken.forward", "GetTranscript.NextToken.from-start-position")
def test_paging_from_a_start_reaches_everything_beyond_it(scenario: Scenario) -> None:
    """Forward and backward paging return the same items, and paging from a start returns every item beyond it."""
    seeded = seeded_chat(scenario)
    for size in scenario.edges((9, SEEDED_MESSAGES), (9,)):
        from_first = _walk(
            seeded, size, StartPosition={"Id": seeded.own[0]}, ScanDirection=FORWARD, SortOrder=ASCENDING
        )
        from_last = _walk(seeded, size, StartPosition={"Id": seeded.own[-1]}, ScanDirection=BACKWARD)
        with scenario.claim("GetTranscript.NextToken.forward") as claim:
            claim.equal(_inner(seeded, from_first), list(seeded.own[1:-1]), f"the messages between, with {from_first}")
            claim.equal(_inner(seeded, from_last), list(seeded.own[1:-1]), f"the messages between, with {from_last}")
    half = SEEDED_MESSAGES // 2
    for place, size in scenario.edges(
        ((0, 9), (half - 1, 5), (half, half), (SEEDED_MESSAGES - 1, 9)), ((half - 1, 5),)
    ):
        for direction in (FORWARD, BACKWARD):
            _judge_start(scenario, seeded, place, size, direction, DESCENDING)
    for place, direction in scenario.edges(((2, BACKWARD), (SEEDED_MESSAGES - 3, FORWARD)), ()):
        _judge_start(scenario, seeded, place, 1, direction, DESCENDING)


def _inner(seeded: SeededChat, found: Walk) -> list[str]:
    """The items of a walk without the first and the last message: a start may be included or not."""
    return [item for item in found.of(seeded.own) if item not in (seeded.own[0], seeded.own[-1])]


def _judge_start(scenario: Scenario, seeded: SeededChat, place: int, size: int, direction: str, order: str) -> None:
    start = {"Id": seeded.own[place]}
    found = _walk(seeded, size, StartPosition=start, ScanDirection=direction, SortOrder=order)
    beyond = seeded.own[place + 1 :] if direction == FORWARD else seeded.own[:place]
    with scenario.claim("GetTranscript.NextToken.from-start-position") as claim:
        seen = [item for item in found.of(seeded.own) if item != seeded.own[place]]
        claim.equal(seen, list(beyond), f"the messages beyond the start, with {found}")


@verifies(
    "GetTranscript.NextToken.from-start-position",
    "GetTranscript.NextToken.nothing-lost",
    "GetTranscript.NextToken.nothing-repeated",
)
def test_paging_with_any_parameters(scenario: Scenario) -> None:
    """Paging returns each item beyond the start once, with any start, direction, order and size."""
    seeded = seeded_chat(scenario)
    fixed = [(SEEDED_MESSAGES - 6, 2, FORWARD, ASCENDING), (None, 9, BACKWARD, ASCENDING)]
    for place, size, direction, order in (
        *fixed,
        *scenario.draw(page_requests(len(seeded.own)), "GetTranscript.NextToken.nothing-lost"),
    ):
        if place is None:
            _judge(scenario, seeded, _walk(seeded, size, ScanDirection=BACKWARD, SortOrder=order), seeded.own)
        else:
            _judge_start(scenario, seeded, place, size, direction, order)


@verifies("GetTranscript.NextToken.same-items", "GetTranscript.InitialContactId.of-a-new-chat")
def test_an_item_is_the_same_on_every_page(scenario: Scenario) -> None:
    """An item is the same on every page and for every reader, and each page names the chat."""
    chat = scenario.new_chat(SupportedMessagingContentTypes=[TEXT, JSON])
    sent = [chat.say(content) for content in CONTENTS]
    sent.append(chat.say('{ "b": 1.0,  "a": "<\\u00e9>" }', JSON))
    whole = {str(item.get("Id")): lasting(item) for item in items_with(chat, *sent)}
    first, last = ({"StartPosition": {"Id": id_of(one)}} for one in (sent[0], sent[-1]))
    ways: Sequence[Mapping[str, Any]] = (
        {"MaxResults": 4, "SortOrder": ASCENDING},
        {"MaxResults": 4, **first, "ScanDirection": FORWARD, "SortOrder": DESCENDING},
        {},
        {"MaxResults": 3, **last, "ScanDirection": BACKWARD},
        {"MaxResults": 2, "ContactId": chat.contact_id},
    )
    for way in scenario.edges(ways, ways[:3]):
        _judge_items(scenario, chat, whole, walk(chat, len(whole) + LATE, **way))
    with scenario.optional("GetTranscript.NextToken.same-items"):
        bot = chat.add_participant()
        _judge_items(scenario, chat, whole, walk(bot, len(whole) + LATE, MaxResults=4))


def _judge_items(scenario: Scenario, chat: Chat, whole: Mapping[str, Mapping[str, Any]], found: Walk) -> None:
    """Judge the items of `whole` that a walk returned."""
    for one in found.pages:
        with scenario.claim("GetTranscript.NextToken.same-items") as claim:
            shown = [lasting(item) for item in one.items if item.get("Id") in whole]
            claim.equal(shown, [whole[str(item["Id"])] for item in shown], f"the items of a page, with {found}")
        with scenario.claim("GetTranscript.InitialContactId.of-a-new-chat") as claim:
            named = one.exchange.response.members.get("InitialContactId") if one.exchange.response else None
            claim.equal(named, chat.contact_id, f"the InitialContactId of a page, with {found}")


@verifies("GetTranscript.NextToken.repeatable", "GetTranscript.NextToken.new-items-while-paging")
def test_pages_stay_as_they_are(scenario: Scenario) -> None:
    """The same NextToken returns the same page again, and messages sent meanwhile shift nothing."""
    seeded = seeded_chat(scenario, FEW)
    first = seeded.read(MaxResults=2)
    token = first.next_token or ""
    with scenario.claim("GetTranscript.NextToken.repeatable") as claim:
        pages = [page(seeded.chat, MaxResults=2, NextToken=token).ids for _ in range(2)]
        claim.equal(pages[1], pages[0], "the page of the same NextToken again")
    for number in range(3):
        scenario.need(seeded.chat.say(f"Later {number}"))
    seen = list(first.ids)
    for _ in range(len(seeded.read(MaxResults=LARGEST).items) + LATE):  # a page may hold a single item
        following = page(seeded.chat, MaxResults=2, NextToken=token)
        seen += following.ids
        if (token := following.next_token or "") == "":
            break
    with scenario.claim("GetTranscript.NextToken.new-items-while-paging") as claim:
        old = [item for item in seen if item in seeded.own]
        claim.equal(old, list(seeded.own[::-1]), "the older messages, newest first, with new ones sent while paging")


@verifies(
    "GetTranscript.NextToken.garbage",
    "GetTranscript.NextToken.changed-parameters",
    "GetTranscript.NextToken.last-page",
    "GetTranscript.NextToken.after-reconnect",
)
def test_what_odd_tokens_get(scenario: Scenario) -> None:
    """The test records the answers to invented or misused NextTokens, and how a page shows that it is the last."""
    seeded = seeded_chat(scenario, FEW)
    token = seeded.read(MaxResults=2).next_token or "none"
    changes: Sequence[tuple[str, dict[str, Any]]] = (
        ("GetTranscript.NextToken.garbage", {"NextToken": "garbage"}),
        ("GetTranscript.NextToken.changed-parameters", {"NextToken": token, "MaxResults": 3}),
        ("GetTranscript.NextToken.changed-parameters", {"NextToken": token, "MaxResults": 2, "SortOrder": ASCENDING}),
        ("GetTranscript.NextToken.changed-parameters", {"NextToken": token, "MaxResults": 2, "ScanDirection": FORWARD}),
    )
    for requirement, parameters in changes:
        with scenario.claim(requirement) as claim:
            claim.record(_page_summary(seeded, seeded.chat.transcript(**parameters)))
    with scenario.claim("GetTranscript.NextToken.last-page") as claim:
        members = scenario.need(seeded.chat.transcript(MaxResults=LARGEST))
        claim.record(f"NextToken {value_text(members['NextToken'])}"[:40] if "NextToken" in members else "no NextToken")
    later = token_of(seeded.chat.connect())
    with scenario.claim("GetTranscript.NextToken.after-reconnect") as claim:
        answer = seeded.chat.transcript(ConnectionToken=later, NextToken=token, MaxResults=2)
        claim.record(_page_summary(seeded, answer))


def _page_summary(seeded: SeededChat, answer: Exchange) -> str:
    """An answer in a few words: its status and its number of items."""
    if answer.response is None or not answer.response.succeeded:
        return str(answer.response.status) if answer.response else "no answer"
    return f"{answer.response.status} with {len(page_of(seeded.chat, answer).items)} items"


@pytest.mark.moves_clock
@verifies("GetTranscript.NextToken.lifetime")
def test_how_long_a_token_works(scenario: Scenario) -> None:
    """The test records how long a NextToken works."""
    seeded = seeded_chat(scenario, FEW)
    token = seeded.read(MaxResults=2).next_token or "none"
    ask: Callable[[], Exchange] = lambda: seeded.chat.transcript(NextToken=token, MaxResults=2)  # noqa: E731 - asked twice
    with scenario.claim() as claim:
        scenario.advance_clock(HOUR)
        claim.record(f"after an hour {_page_summary(seeded, ask())}")
        scenario.advance_clock(DAY // 2)
        claim.record(f"after half a day {_page_summary(seeded, ask())}")
