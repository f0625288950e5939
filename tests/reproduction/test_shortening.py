"""Calls that a violation does not need are left out, and only where the shorter scenario shows it again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.wire import Exchange
from conformance.endpoint.budget import Budget
from conformance.reproduction.script_runner import ScriptOutcome
from conformance.reproduction.shortening import shorter_scenarios
from conformance.results.observation import Observation
from reports.scenario_calls import ScenarioCalls, changes_nothing
from tests.reports.ledgers import CONTACT, answer, entries_of, exchange, violate

LOST = "GetTranscript.Transcript.holds-what-was-sent"
TOKEN = "a token of forty characters, more or less"


def send(number: int) -> Exchange:
    return exchange("SendMessage", {"Content": f"m{number}"}, answer(200, {"Id": f"message-{number:04}"}), token=TOKEN)


def transcript(held: list[int]) -> Exchange:
    items = [{"Id": f"message-{number:04}"} for number in held]
    return exchange("GetTranscript", {}, answer(200, {"Transcript": items}), token=TOKEN)


def scenario(messages: int, lost: int) -> tuple[Exchange, ...]:
    start = exchange("StartChatContact", {}, answer(200, {"ContactId": CONTACT}))
    held = [number for number in range(messages) if number != lost]
    reads = (transcript(held),) * 3
    return (start, *map(send, range(messages)), *reads)


@dataclass
class Loses:
    """Runs scripts before an endpoint that loses the message after `after` others."""

    after: int
    tried: list[int] = field(default_factory=list)

    def run(self, script: str) -> ScriptOutcome:
        sends = len(re.findall(r"\bSENT\.append", script))
        self.tried.append(sends)
        seen = scenario(sends, self.after)
        return ScriptOutcome((*seen[:-3], seen[-1]), None, broken=sends > self.after)


def shorten(runner: Any, *exchanges: Exchange, actual: str, **more: Any) -> list[Observation]:
    evidence = {"expected": more.get("expected", "none"), "actual": actual, "exchanges": exchanges}
    seen = violate(LOST, phase="scenario", edge=None, **evidence)
    return list(shorter_scenarios(entries_of([seen]), runner, more.get("budget", Budget())))


def test_a_lost_message_is_shown_by_no_more_messages_than_it_takes() -> None:
    runner = Loses(after=6)
    (found,) = shorten(runner, *scenario(24, 6), actual='["message-0006"]')
    assert len(found.exchanges) == 1 + 7 + 1
    assert found.breach is not None
    assert found.breach.actual == json.dumps(["message-0006"])
    assert len(runner.tried) <= 20


def test_a_scenario_that_does_not_show_it_again_is_left_as_it_is() -> None:
    assert shorten(Loses(after=99), *scenario(24, 6), actual='["message-0006"]') == []


@dataclass
class Breaks:
    """Runs scripts before an endpoint that is broken for each that has this text in it."""

    text: str
    recorded: tuple[Exchange, ...]

    def run(self, script: str) -> ScriptOutcome:
        number = script.count("reply = show(call(")
        return ScriptOutcome((*self.recorded[: number - 1], self.recorded[-1]), None, broken=self.text in script)


def test_refused_calls_go_from_a_scenario_of_any_kind() -> None:
    refused = exchange("SendMessage", {"Content": "refused"}, answer(403, {"__type": "AccessDeniedException"}))
    calls = (send(0), *(refused,) * 8, exchange("SendEvent", {}, answer(403, {"__type": "AccessDeniedException"})))
    (found,) = shorten(Breaks("", calls), *calls, actual="403 AccessDeniedException")
    assert len(found.exchanges) == 2
    assert shorten(Breaks("no such text", calls), *calls, actual="403 AccessDeniedException") == []


def test_a_shorter_scenario_has_the_operations_of_the_recorded_one() -> None:
    """A script's exchanges know none where ids stand in the path."""
    refused = exchange("SendMessage", {"Content": "refused"}, answer(403, {"__type": "AccessDeniedException"}))
    calls = (send(0), *(refused,) * 8, exchange("SendEvent", {}, answer(403, {"__type": "AccessDeniedException"})))
    nameless = tuple(replace(call, request=replace(call.request, operation="")) for call in calls)
    (found,) = shorten(Breaks("", nameless), *calls, actual="403 AccessDeniedException")
    assert [call.request.operation for call in found.exchanges] == ["SendMessage", "SendEvent"]


def test_messages_with_other_texts_go_where_one_is_changed() -> None:
    changed = exchange("GetTranscript", {}, answer(200, {"Transcript": [{"Content": "so it came ??"}]}))
    asked = exchange("SendMessage", {"Content": "so it was sent"}, answer(200, {"Id": "message-0009"}))
    calls = (*map(send, range(8)), asked, changed)
    (found,) = shorten(
        Breaks("so it was sent", calls), *calls, actual='"so it came ??"', expected='the Content is "so it was sent"'
    )
    assert len(found.exchanges) == 2
    part = exchange("GetTranscript", {"StartPosition": {"MostRecent": 1}}, changed.response)
    evidence = {"actual": '"so it came ??"', "expected": 'the Content is "so it was sent"'}
    assert shorten(Breaks("so it was sent", calls), *calls[:-1], part, **evidence) == []


def test_nothing_is_tried_that_the_runs_limits_forbid() -> None:
    runner = Loses(after=6)
    assert shorten(runner, *scenario(24, 6), actual='["message-0006"]', budget=Budget(max_requests=5)) == []
    assert runner.tried == []


def test_reads_that_nothing_depends_on_are_left_out_and_others_stay() -> None:
    page = exchange("GetTranscript", {}, answer(200, {"NextToken": "the-next-page-of-it"}))
    next_page = exchange("GetTranscript", {"NextToken": "the-next-page-of-it"}, answer(200))
    (seen,) = (
        entry
        for entry in entries_of([violate(exchanges=(page, transcript([]), send(1), next_page))])
        if entry["entry"] == "observation"
    )
    calls = ScenarioCalls(seen["exchanges"])
    assert calls.without(changes_nothing(seen["exchanges"])) == [0, 2, 3]
    assert calls.needs_of([2], 3) == [0, 2, 3]


def test_calls_about_other_chats_go_where_a_request_was_refused_that_must_be_accepted() -> None:
    names = [f"{number}0000000-contact" for number in range(4)]
    starts = [exchange("StartChatContact", {}, answer(200, {"ContactId": name})) for name in names]
    others = [exchange("StopContact", {"ContactId": name}, answer(200)) for name in names[:3]]
    refused = exchange("StopContact", {"ContactId": names[3]}, answer(400))
    recorded = (*starts, *others, refused)
    (found,) = shorten(Breaks("", recorded), *recorded, expected="StopContact is accepted", actual="400")
    assert len(found.exchanges) == 2
    assert shorten(Breaks("", recorded), *recorded, expected="StopContact is refused (409)", actual="400") == []
