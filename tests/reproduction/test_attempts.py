"""Which scripts are tried, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from conformance.contract.wire import Exchange, Response
from conformance.endpoint.budget import Budget
from conformance.endpoint.settings import build_settings
from conformance.reproduction import attempts as subject
from conformance.reproduction.attempts import Attempt, attempts_of, environment_of, try_all
from conformance.reproduction.script_runner import ScriptOutcome
from conformance.results.observation import Repetitions
from tests.reports.ledgers import FAILED, answer, entries_of, exchange, violate

PASSIVE, SHOULD = "SendEvent.error.type", "SendEvent.reply.request-id"
SOCKETS = "WebSocket.url.connects"
EVENT = {"ContentType": "application/vnd.amazonaws.connect.event.typing"}
CONNECTED = {"Websocket": {"Url": "wss://h/s"}, "ConnectionCredentials": {"ConnectionToken": "c" * 40}}
REFUSED = {"__type": "ValidationException", "Message": "no"}


def call(reply: Response) -> Exchange:
    return exchange("SendEvent", EVENT, reply)


@dataclass
class PreparedOutcomes:
    """Stands in for the process: returns the outcomes it was given, one after the other."""

    outcomes: list[ScriptOutcome]
    scripts: list[str] = field(default_factory=list)

    def run(self, script: str) -> ScriptOutcome:
        self.scripts.append(script)
        return self.outcomes.pop(0)


def attempt(recorded: Any, *replies: Response, budget: Budget | None = None) -> list[Repetitions]:
    """What comes of the script of `recorded` where its call gets `replies`, after a call that sets something up."""
    outcomes = [ScriptOutcome((exchange("SendMessage", {}, answer(200)), call(reply)), None) for reply in replies]
    attempts = attempts_of(entries_of([recorded]))
    return [done.seen for done in try_all(attempts, PreparedOutcomes(outcomes), budget or Budget(), len(replies))]


def names(attempts: Sequence[Attempt]) -> list[str]:
    return [attempt.requirement for attempt in attempts]


def test_failures_come_first_and_those_that_wait_for_sockets_later() -> None:
    opening = exchange("CreateParticipantConnection", {}, answer(200, CONNECTED), token="p" * 40)
    seen = [
        violate(SHOULD, exchanges=(call(answer(200)),)),
        violate(SOCKETS, exchanges=(opening,)),
        violate(FAILED, exchanges=(call(answer(200)),)),
    ]
    assert names(attempts_of(entries_of(seen))) == [FAILED, SOCKETS, SHOULD]


def test_of_one_cause_the_first_few_scripts_are_tried() -> None:
    """An operation that refuses nothing breaks each limit alike."""
    limits = [f"SendEvent.{rest}" for rest in ("Content.length-max", "ContentType.required", "ContentType.length-max")]
    limits += [f"SendEvent.{rest}" for rest in ("Content.type", "ContentType.type")]
    seen = [violate(rid, actual="200", exchanges=(call(answer(200)),)) for rid in limits]
    assert len(names(attempts_of(entries_of(seen)))) == subject.OF_ONE_CAUSE < len(limits)


def test_a_violation_without_a_call_is_not_tried() -> None:
    assert attempts_of(entries_of([violate(exchanges=())])) == []


def test_a_script_shows_a_violation_where_it_gets_the_recorded_replies() -> None:
    (found,) = attempt(violate(exchanges=(call(answer(200, {"Id": "1" * 36})),)), answer(200, {"Id": "2" * 36}))
    assert (found.times, found.of, found.difference) == (1, 1, None)


def test_a_script_that_gets_something_else_says_what() -> None:
    recorded = violate(exchanges=(call(answer(200)),))
    (found,) = attempt(recorded, answer(200), answer(400, REFUSED))
    assert (found.times, found.of) == (1, 2)
    assert found.difference == "call 1, SendEvent: status 400, recorded 200"


def test_what_holds_for_each_reply_is_judged_on_the_reply_that_came() -> None:
    """Another wrong answer than the recorded one breaks the promise as well."""
    recorded = violate(PASSIVE, phase="passive", edge=None, exchanges=(call(answer(400, {"__type": "Wrong"})),))
    other, right = answer(403, {"__type": "WrongToo"}), answer(400, REFUSED)
    (found,) = attempt(recorded, other, right)
    assert (found.times, found.of, found.difference) == (1, 2, "the reply keeps the promise")


def test_a_refusal_is_not_sent_again_by_a_call_that_is_accepted() -> None:
    """The run's token was another chat's, or expired; the script has a valid one in its place."""
    recorded = violate(PASSIVE, phase="passive", edge=None, exchanges=(call(answer(403, {"__type": "Wrong"})),))
    (found,) = attempt(recorded, answer(200), answer(400, REFUSED))
    assert (found.times, found.of) == (0, 1)
    (found,) = attempt(recorded, answer(200))
    assert (found.times, found.of) == (0, 0)
    assert found.difference == "it got 200 with a token and ids of its own, where the run's call got 403"


def test_a_script_that_gave_up_showed_nothing() -> None:
    recorded = attempts_of(entries_of([violate(exchanges=(call(answer(200)),))]))
    (found,) = try_all(recorded, PreparedOutcomes([ScriptOutcome((), "gave no ContactId")]), Budget(), 1)
    assert found.seen == Repetitions(0, 0, "gave no ContactId")


def test_a_script_that_met_something_else_on_its_way_did_not_come_to_the_judged_call() -> None:
    """A message that is refused now shows nothing about the event that followed it."""
    recorded = violate(exchanges=(exchange("SendMessage", {}, answer(200)), call(answer(200))))
    ways = {
        status: ScriptOutcome((exchange("SendMessage", {}, answer(status)), call(answer(200))), None)
        for status in (500, 200)
    }

    def repetitions_of(*statuses: int) -> Repetitions:
        outcomes = [ways[status] for status in statuses]
        (found,) = try_all(attempts_of(entries_of([recorded])), PreparedOutcomes(outcomes), Budget(), len(outcomes))
        return found.seen

    once, never = repetitions_of(500, 200), repetitions_of(500, 500)
    assert (once.times, once.of, once.difference) == (1, 1, None)
    assert (never.times, never.of) == (0, 0)
    assert never.difference == "call 1, SendMessage: status 500, recorded 200"


def test_no_script_is_tried_beyond_what_the_run_may_send() -> None:
    recorded = violate(exchanges=(call(answer(200)),))
    assert attempt(recorded, answer(200), budget=Budget(max_requests=10)) == []
    assert attempt(recorded, answer(200), budget=Budget(max_contacts=1)) == []


def test_no_more_scripts_are_tried_than_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MOST_SECONDS", -1.0)
    assert attempt(violate(exchanges=(call(answer(200)),)), answer(200)) == []


def test_scripts_find_in_their_environment_what_they_do_not_hold() -> None:
    options: dict[str, Any] = {"instance_id": "i", "contact_flow_id": "f", "view_token": "view"}
    settings = build_settings("http://127.0.0.1:9", **options)
    assert environment_of(settings, real=False)["VIEW_TOKEN"] == "view"
    keys = settings.credentials.get_frozen_credentials()
    assert environment_of(settings, real=True)["AWS_SECRET_ACCESS_KEY"] == keys.secret_key
    assert environment_of(settings, real=False).get("AWS_SECRET_ACCESS_KEY") != keys.secret_key


def test_scripts_take_nothing_else_from_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """ENDPOINT and the like are common names, and a session token that belongs to other keys spoils a signature."""
    others = ("ENDPOINT", "PARTICIPANT_ENDPOINT", "CA_BUNDLE", "INSTANCE_ID", "CONTACT_FLOW_ID", "AWS_SESSION_TOKEN")
    for name in others:
        monkeypatch.setenv(name, "somebody else's")
    settings = build_settings("http://127.0.0.1:9", instance_id="i", contact_flow_id="f")
    for real in (True, False):
        assert not environment_of(settings, real=real).keys() & set(others)


@pytest.mark.parametrize(("broken_now", "times", "words"), [(True, 1, None), (False, 0, "a reply came")])
def test_a_dropped_request_is_shown_by_how_its_script_judged(
    *, broken_now: bool, times: int, words: str | None
) -> None:
    """A call without a reply is told by nobody but the script itself."""
    lost = replace(exchange("SendEvent", EVENT, None), failure="it was closed", dropped=True)
    replies = () if broken_now else (call(answer(200)),)
    outcomes = [ScriptOutcome((exchange("SendMessage", {}, answer(200)), *replies), None, broken=broken_now)]
    (found,) = try_all(
        attempts_of(entries_of([violate(FAILED, exchanges=(lost,))])), PreparedOutcomes(outcomes), Budget(), 1
    )
    assert found.seen == Repetitions(times, 1, words)
