"""GetTranscript: the items of a page by its size, order, direction and start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.contract.wire import Exchange
from conformance.scenario.claim import Claim
from conformance.scenario.markers import verifies
from conformance.scenario.paging import ASCENDING, BACKWARD, DESCENDING, FORWARD, page_of, pages
from conformance.scenario.scenario import Scenario
from conformance.scenario.seeded_chat import LARGEST, SEEDED_MESSAGES, SeededChat, seeded_chat
from conformance.scenario.timestamps import instant

DEFAULT = 10  # items of a page without MaxResults
_OF_SEVERAL_PAGES = 2  # items of a page whose next one is looked at, too
_MIDDLE, _NEWEST = SEEDED_MESSAGES // 2, SEEDED_MESSAGES - 1  # places of messages
_OF_ANOTHER = 5  # messages of a chat that must not be read
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@verifies("GetTranscript.MaxResults.default", "GetTranscript.MaxResults.full-page")
def test_a_page_holds_ten_items_unless_asked(scenario: Scenario) -> None:
    """A page without MaxResults contains 10 items of a longer transcript, in any direction and order."""
    seeded = seeded_chat(scenario)
    backward = {"ScanDirection": BACKWARD, "SortOrder": DESCENDING}
    for parameters in ({}, {"SortOrder": ASCENDING}, backward, {"StartPosition": {"Id": seeded.own[2]}}):
        held = len(seeded.read(**parameters).items)
        with scenario.claim("GetTranscript.MaxResults.default") as claim:
            claim.holds(held <= DEFAULT, f"at most {DEFAULT} items with {value_text(parameters or None)}", held)
        with scenario.claim("GetTranscript.MaxResults.full-page") as claim:
            claim.holds(held >= DEFAULT, f"no fewer than {DEFAULT} items with {value_text(parameters or None)}", held)


@verifies("GetTranscript.MaxResults.never-exceeded", "GetTranscript.MaxResults.zero")
def test_a_page_holds_no_more_than_was_asked_for(scenario: Scenario) -> None:
    """A page contains at most MaxResults items, the first one and the next."""
    seeded = seeded_chat(scenario)
    sizes = (1, _OF_SEVERAL_PAGES, DEFAULT, DEFAULT + 1, LARGEST)
    with scenario.claim("GetTranscript.MaxResults.never-exceeded") as claim:
        for size in scenario.edges(sizes, (_OF_SEVERAL_PAGES,)):
            for more in ({}, {"StartPosition": {"Id": seeded.own[2]}, "ScanDirection": FORWARD}):
                for found in pages(seeded.chat, 2 if size == _OF_SEVERAL_PAGES else 1, MaxResults=size, **more):
                    claim.holds(len(found.items) <= size, f"at most {size} items", len(found.items))
    with scenario.claim("GetTranscript.MaxResults.zero") as claim:
        claim.record(_answer(seeded, seeded.chat.transcript(MaxResults=0)))


def _answer(seeded: SeededChat, exchange: Exchange) -> str:
    """The answer to a request that the documents leave open."""
    if exchange.response is None or not exchange.response.succeeded:
        return str(exchange.response.status) if exchange.response else "no answer"
    found = page_of(seeded.chat, exchange)
    return f"{exchange.response.status} with {'no item' if not found.items else f'{len(found.items)} items'}"


@verifies("GetTranscript.SortOrder.ascending", "GetTranscript.SortOrder.descending", "GetTranscript.SortOrder.default")
@verifies("GetTranscript.SortOrder.reverse")
def test_a_page_is_sorted_as_was_asked_for(scenario: Scenario) -> None:
    """An ascending page begins with the oldest item, a descending one with the newest, each the other's reverse."""
    seeded = seeded_chat(scenario)
    middle = {"StartPosition": {"Id": seeded.own[_MIDDLE]}}
    ways: Sequence[Mapping[str, Any]] = (
        {"MaxResults": 3},
        {"MaxResults": 4, "ScanDirection": FORWARD, **middle, "ContactId": seeded.chat.contact_id},
        {"MaxResults": 4, "StartPosition": {"AbsoluteTime": seeded.times[_MIDDLE]}},
        {"MaxResults": 4, **middle},
        {"MaxResults": 4, "ScanDirection": BACKWARD, **middle},
        {},
    )
    for way in scenario.edges(ways, ways[:3]):
        _judge_orders(scenario, seeded, way)


def _judge_orders(scenario: Scenario, seeded: SeededChat, way: Mapping[str, Any]) -> None:
    """Read the page that `way` asks for in each order, and judge the order of its items."""
    ascending, descending, default = _sorted_three_ways(seeded, way)
    oldest_first, newest_first = _in_order(seeded, ascending), _in_order(seeded, descending)[::-1]
    shown = value_text(way)
    with scenario.claim("GetTranscript.SortOrder.ascending") as claim:
        claim.equal(ascending, oldest_first, f"the order of the ascending page with {shown}")
    with scenario.claim("GetTranscript.SortOrder.descending") as claim:
        claim.equal(descending, newest_first, f"the order of the descending page with {shown}")
    with scenario.claim("GetTranscript.SortOrder.default") as claim:
        claim.equal(default, descending, f"the page without SortOrder with {shown}")
    with scenario.claim("GetTranscript.SortOrder.reverse") as claim:
        claim.equal(ascending, descending[::-1], f"the ascending page with {shown}")


def _sorted_three_ways(seeded: SeededChat, way: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """The same page ascending, descending and without a SortOrder; read again where a late greeting shifted it."""
    for _ in range(2):
        ascending, descending = (seeded.own_ids(SortOrder=order, **way) for order in (ASCENDING, DESCENDING))
        default = seeded.own_ids(**way)
        if ascending[::-1] == descending == default:
            break
    return ascending, descending, default


def _in_order(seeded: SeededChat, found: Sequence[str]) -> list[str]:
    return sorted(found, key=list(seeded.own).index)


@verifies("GetTranscript.ScanDirection.default-backward", "GetTranscript.ScanDirection.default-forward")
@verifies("GetTranscript.ScanDirection.backward", "GetTranscript.ScanDirection.forward-needs-start")
def test_the_direction_is_backward_from_the_end_and_forward_from_a_start(scenario: Scenario) -> None:
    """A page without a start has the newest items; a page with one goes on or, backward, up to there."""
    seeded = seeded_chat(scenario)
    with scenario.claim("GetTranscript.ScanDirection.default-backward") as claim:
        found = seeded.own_ids(MaxResults=DEFAULT)
        claim.holds(seeded.own[-1] in found, f"the newest message among the first {DEFAULT}", _places(seeded, found))
        claim.holds(
            seeded.own[0] not in found, f"the oldest message not among the first {DEFAULT}", _places(seeded, found)
        )
    for place in scenario.edges((0, _MIDDLE, _NEWEST), (_MIDDLE,)):
        start = {"StartPosition": {"Id": seeded.own[place]}, "MaxResults": LARGEST}
        with scenario.claim("GetTranscript.ScanDirection.default-forward") as claim:
            _beyond(claim, seeded, seeded.own_ids(**start), place, FORWARD)
        with scenario.claim("GetTranscript.ScanDirection.backward") as claim:
            _beyond(claim, seeded, seeded.own_ids(ScanDirection=BACKWARD, **start), place, BACKWARD)
    with scenario.claim("GetTranscript.ScanDirection.forward-needs-start") as claim:
        ways: Sequence[Mapping[str, Any]] = ({}, {"StartPosition": {}})
        for way in ways:
            answer = seeded.chat.transcript(ScanDirection=FORWARD, **way)
            claim.refusal(answer, "FORWARD without a start")


def _beyond(claim: Claim, seeded: SeededChat, found: Sequence[str], place: int, direction: str) -> None:
    """All messages beyond `place` in the direction, none on its other side; that at `place` may be there."""
    forward = direction == FORWARD
    there, other = seeded.own[place + 1 :], seeded.own[:place]
    wanted, unwanted = (there, other) if forward else (other, there)
    name = f"{direction} from message {place + 1} of {len(seeded.own)}"
    claim.equal([item for item in wanted if item not in found], [], f"what is missing {name}")
    claim.equal([item for item in unwanted if item in found], [], f"what does not belong there {name}")


@verifies(
    "GetTranscript.StartPosition.id",
    "GetTranscript.StartPosition.absolute-time",
    "GetTranscript.StartPosition.inclusive",
)
def test_a_page_begins_where_it_was_asked_to(scenario: Scenario) -> None:
    """A page from an item or its time contains later items with FORWARD and earlier items with BACKWARD."""
    seeded = seeded_chat(scenario)
    included: dict[str, bool] = {}
    for place in scenario.edges((0, _MIDDLE, _NEWEST), (_MIDDLE,)):
        for direction in (FORWARD, BACKWARD):
            way = {"ScanDirection": direction, "MaxResults": LARGEST}
            with scenario.claim("GetTranscript.StartPosition.id") as claim:
                found = seeded.own_ids(StartPosition={"Id": seeded.own[place]}, **way)
                _beyond(claim, seeded, found, place, direction)
                included[direction] = seeded.own[place] in found
            with scenario.claim("GetTranscript.StartPosition.absolute-time") as claim:
                found = seeded.own_ids(StartPosition={"AbsoluteTime": seeded.times[place]}, **way)
                _beyond_time(claim, seeded, found, place, direction)
    with scenario.claim("GetTranscript.StartPosition.id") as claim:
        for direction in (FORWARD, BACKWARD):
            _next_to(claim, seeded, _MIDDLE, direction)
    _judge_times_outside(scenario, seeded)
    with scenario.claim("GetTranscript.StartPosition.inclusive") as claim:
        for direction, belongs in included.items():
            claim.record(f"{direction}: it {'belongs' if belongs else 'does not belong'} to it")


def _judge_times_outside(scenario: Scenario, seeded: SeededChat) -> None:
    """A page from a time before or after all messages contains all or none of them; it may be refused.

    The message nearest to the time may count as the start, which belongs to the page or not.
    """
    ways = ((0, -1, FORWARD), (-1, 1, BACKWARD), (0, -1, BACKWARD), (-1, 1, FORWARD))
    for place, hours, direction in scenario.edges(ways, ways[:2]):
        outside = instant(seeded.times[place]) + timedelta(hours=hours)
        start = {"AbsoluteTime": f"{outside.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}
        answer = seeded.chat.transcript(StartPosition=start, ScanDirection=direction, MaxResults=LARGEST)
        if not judged_reply(answer).succeeded:
            continue
        found = [item for item in page_of(seeded.chat, answer).ids if item in seeded.own]
        with scenario.claim("GetTranscript.StartPosition.absolute-time") as claim:
            wanted = (direction == FORWARD) == (hours < 0)
            due = [item for item in seeded.own if wanted and item != seeded.own[place]]
            inner = [item for item in seeded.own if item in found and item != seeded.own[place]]
            claim.equal(inner, due, f"the messages {direction} from {abs(hours)} h outside the chat")


def _next_to(claim: Claim, seeded: SeededChat, place: int, direction: str) -> None:
    """A small page contains the items nearest to the start, whether the endpoint includes the start or not."""
    step = 1 if direction == FORWARD else -1
    near = [seeded.own[place + step * n] for n in (0, 1, 2) if 0 <= place + step * n < len(seeded.own)]
    found = seeded.own_ids(StartPosition={"Id": seeded.own[place]}, ScanDirection=direction, MaxResults=2)
    claim.holds(set(found) <= set(near), f"the items next to message {place + 1} {direction}", _places(seeded, found))


def _places(seeded: SeededChat, found: Sequence[str]) -> str:
    return f"messages {value_text([list(seeded.own).index(item) + 1 for item in found])}"


def _beyond_time(claim: Claim, seeded: SeededChat, found: Sequence[str], place: int, direction: str) -> None:
    """All messages of times beyond that of `place`, none of the other side; those of the same time may be."""
    times = [_seconds(stated) for stated in seeded.times]
    sign = 1 if direction == FORWARD else -1
    beyond = [item for item, at in zip(seeded.own, times, strict=True) if sign * at > sign * times[place]]
    before = [item for item, at in zip(seeded.own, times, strict=True) if sign * at < sign * times[place]]
    name = f"{direction} from the time of message {place + 1} of {len(seeded.own)}"
    claim.equal([item for item in beyond if item not in found], [], f"what is missing {name}")
    claim.equal([item for item in before if item in found], [], f"what does not belong there {name}")


def _seconds(stated: str) -> float:
    try:
        return datetime.fromisoformat(stated).timestamp()
    except ValueError:
        return 0.0


@verifies("GetTranscript.StartPosition.absolute-time-unreadable", "GetTranscript.StartPosition.absolute-time-lenient")
@verifies("GetTranscript.StartPosition.most-recent", "GetTranscript.StartPosition.two-members")
@verifies("GetTranscript.StartPosition.unknown-id", "GetTranscript.StartPosition.empty")
def test_odd_starts(scenario: Scenario) -> None:
    """The endpoint refuses a start that is no time and ignores an empty one; the test records the answers to others."""
    seeded = seeded_chat(scenario)
    with scenario.claim("GetTranscript.StartPosition.absolute-time-unreadable") as claim:
        texts = ("2026-13-45T25:61:61.000Z", "yesterday", "-")
        for text in scenario.edges(texts, texts[:2]):
            answer = seeded.chat.transcript(StartPosition={"AbsoluteTime": text}, ScanDirection=BACKWARD)
            claim.refusal(answer, f"an AbsoluteTime of {value_text(text)}")
    with scenario.claim("GetTranscript.StartPosition.empty") as claim:
        for size in scenario.edges((15, LARGEST), (15,)):
            _judge_empty(claim, seeded, size)
    whole = seeded.times[2].partition(".")[0].removesuffix("Z")
    ends = scenario.edges(("Z", "+00:00", ".123456Z", ".1Z"), ("Z", "+00:00"))
    odd: Mapping[str, Sequence[Mapping[str, Any]]] = {
        "GetTranscript.StartPosition.absolute-time-lenient": [{"AbsoluteTime": f"{whole}{end}"} for end in ends],
        "GetTranscript.StartPosition.two-members": ({"Id": seeded.own[2], "MostRecent": 2},),
        "GetTranscript.StartPosition.unknown-id": ({"Id": UNKNOWN_ID},),
    }
    for requirement, starts in odd.items():
        with scenario.claim(requirement) as claim:
            for start in starts:
                answer = seeded.chat.transcript(StartPosition=start, ScanDirection=BACKWARD)
                claim.record(_answer(seeded, answer))
    with scenario.claim("GetTranscript.StartPosition.most-recent") as claim:
        answer = seeded.chat.transcript(StartPosition={"MostRecent": 2}, ScanDirection=FORWARD, SortOrder=ASCENDING)
        claim.record(_place_of_first(seeded, answer))


def _judge_empty(claim: Claim, seeded: SeededChat, size: int) -> None:
    """A page of `size` items from an empty start is the page without a start."""
    answer = seeded.chat.transcript(StartPosition={}, ScanDirection=BACKWARD, MaxResults=size)
    claim.success(answer, "an empty StartPosition with BACKWARD")
    found = [item for item in page_of(seeded.chat, answer).ids if item in seeded.own]
    expected = seeded.own_ids(ScanDirection=BACKWARD, MaxResults=size)
    claim.equal(found, expected, "the page of an empty StartPosition")


def _place_of_first(seeded: SeededChat, answer: Exchange) -> str:
    """Where the page begins that an exchange requested from MostRecent 2."""
    if answer.response is None or not answer.response.succeeded:
        return str(answer.response.status) if answer.response else "no answer"
    places = [
        list(seeded.own).index(item) - len(seeded.own)
        for item in page_of(seeded.chat, answer).ids
        if item in seeded.own
    ]
    return f"at item {-places[0]} from the end" if places else "after the newest item"


@verifies(
    "GetTranscript.ContactId.own", "GetTranscript.ContactId.another-chat", "GetTranscript.ContactId.another-chat-answer"
)
@verifies("GetTranscript.StartPosition.id-of-another-chat", "GetTranscript.NextToken.of-another-chat")
def test_nothing_of_another_chat_is_read(scenario: Scenario) -> None:
    """The endpoint returns nothing of another chat for that chat's ContactId, item Id or NextToken."""
    here, there = seeded_chat(scenario), seeded_chat(scenario, _OF_ANOTHER)
    with scenario.claim("GetTranscript.ContactId.own") as claim:
        found = here.own_ids(ContactId=here.chat.contact_id, MaxResults=LARGEST)
        claim.equal(sorted(found), sorted(here.own), "the messages under the chat's own ContactId")
    token = there.read(MaxResults=2).next_token
    foreign: Mapping[str, Mapping[str, Any]] = {
        "GetTranscript.ContactId.another-chat": {"ContactId": there.chat.contact_id, "MaxResults": LARGEST},
        "GetTranscript.StartPosition.id-of-another-chat": {
            "StartPosition": {"Id": there.own[1]},
            "MaxResults": LARGEST,
        },
        "GetTranscript.NextToken.of-another-chat": {"NextToken": token or "none", "MaxResults": 2},
    }
    answers = {requirement: here.chat.transcript(**parameters) for requirement, parameters in foreign.items()}
    for requirement, answer in answers.items():
        with scenario.claim(requirement) as claim:
            leaked = [
                item
                for item in there.own
                if answer.response and item in answer.response.body.decode("utf-8", "replace")
            ]
            claim.equal(leaked, [], "Ids of another chat in the answer")
    with scenario.claim("GetTranscript.ContactId.another-chat-answer") as claim:
        claim.record(_answer(here, answers["GetTranscript.ContactId.another-chat"]))
        claim.record(_answer(here, here.chat.transcript(ContactId=UNKNOWN_ID)))
