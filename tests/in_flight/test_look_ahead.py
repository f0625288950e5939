"""What a test did in a thread is told in pytest's order, under its own name, and as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from threading import Barrier, Event
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from conformance.checks.violation import ContractViolation
from conformance.endpoint.preconditions import NoRoom
from conformance.endpoint.running_tests import current
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.verifier import Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.session.in_flight.look_ahead import LookAhead
from conformance.session.in_flight.script import Script

RULE, OTHER = "SendMessage.Content.bytes-max", "SendMessage.Id.unique"
PATIENCE = 10.0


def script(name: str, function: Callable[..., None], *, alone: bool = False) -> Script:
    return Script(name, (RULE,), function, {}, runs_scenario=False, afresh=False, alone=alone)


class Run:
    """A run in flight of tests that make no calls, and what its ledger holds."""

    def __init__(self, number: int) -> None:
        self.written = io.StringIO()
        none = cast("Conversations", Mock())
        self.verifier = Verifier(none, Recorder(Ledger(self.written)), DEPTHS["smoke"], seed=1)
        self.flight = LookAhead[str](self.verifier, number, lambda: None)

    def start(self, *scripts: Script) -> None:
        self.flight.start({each.name: each for each in scripts})

    def entries(self, kind: str) -> list[dict[str, Any]]:
        self.verifier.recorder.ledger.flush()
        found = map(json.loads, self.written.getvalue().splitlines())
        return [entry for entry in found if entry["entry"] == kind]


def break_rule(verifier: Verifier, requirement: str = RULE) -> None:
    violation = ContractViolation(requirement, "400", "200", ())
    verifier.recorder.record_broken(violation, "edge")
    raise violation


def test_results_are_taken_in_another_order_than_they_came_in() -> None:
    """The first test ends only when the second has ended."""
    run, second_ended = Run(2), Event()

    def first(verifier: Verifier) -> None:
        second_ended.wait(PATIENCE)
        verifier.recorder.record_kept(RULE, "edge", "first")

    def second(verifier: Verifier) -> None:
        verifier.recorder.record_kept(RULE, "edge", "second")
        second_ended.set()

    run.start(script("one", first), script("two", second))
    taken = [run.flight.take(name) for name in ("one", "two")]
    assert [each.script.name for each in taken if each is not None] == ["one", "two"]
    assert run.flight.take("one") is None
    run.flight.end()
    assert list(run.flight.untaken()) == []


def test_each_observation_bears_the_name_of_its_own_test() -> None:
    """Both are at work while both record."""
    run, meeting = Run(2), Barrier(2)

    def look(edge: str) -> Callable[..., None]:
        def test(verifier: Verifier) -> None:
            meeting.wait(PATIENCE)
            verifier.recorder.record_kept(RULE, "edge", edge)
            meeting.wait(PATIENCE)

        return test

    run.start(script("one", look("of one")), script("two", look("of two")))
    for name in ("one", "two"):
        run.flight.take(name)
    assert {(e["test"], e["edge"]) for e in run.entries("tally")} == {("one", "of one"), ("two", "of two")}
    assert current().test is None


@pytest.mark.parametrize("error", [ValueError("a mistake"), pytest.skip.Exception("left out"), SystemExit(3)])
def test_what_a_test_raises_is_handed_on(error: BaseException) -> None:
    run = Run(2)

    def fail(**_: object) -> None:
        raise error

    run.start(script("one", fail))
    taken = run.flight.take("one")
    assert taken is not None
    assert taken.raised is error


def test_an_interruption_ends_the_run_where_pytest_waits() -> None:
    run = Run(2)

    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    run.start(script("one", interrupt))
    with pytest.raises(KeyboardInterrupt):
        run.flight.take("one")
    run.flight.end()
    assert list(run.flight.untaken()) == []


def test_a_run_that_is_to_end_waits_for_no_test() -> None:
    run, go_on = Run(1), Event()

    def check() -> None:
        raise KeyboardInterrupt

    run.flight.check = check
    run.start(script("one", lambda **_: cast(None, go_on.wait(PATIENCE))))
    with pytest.raises(KeyboardInterrupt):
        run.flight.take("one")
    go_on.set()


def test_what_was_examined_and_not_taken_is_told_at_the_end() -> None:
    run, all_ended = Run(2), Event()
    run.start(script("one", lambda **_: None), script("two", lambda **_: all_ended.set()))
    run.flight.take("one")
    assert all_ended.wait(PATIENCE)
    run.flight.end()
    assert [key for key, _ in run.flight.untaken()] == ["two"]


def _beside(function: Callable[..., None], run: Run) -> None:
    """Run `function` beside another test, and take both."""
    meeting = Barrier(2)

    def beside(verifier: Verifier) -> None:
        if verifier is run.verifier:  # it is the first time, in flight
            meeting.wait(PATIENCE)
        function(verifier)

    run.start(script("one", beside), script("two", lambda **_: cast(None, meeting.wait(PATIENCE))))
    for name in ("one", "two"):
        run.flight.take(name)


def test_a_violation_that_does_not_show_alone_is_marked() -> None:
    run = Run(2)
    seen = SimpleNamespace(times=0)

    def break_once(verifier: Verifier) -> None:
        seen.times += 1
        if seen.times == 1:
            break_rule(verifier)

    _beside(break_once, run)
    marks = [(e["requirement"], e["test"], e["words"]) for e in run.entries("mark")]
    assert marks == [(RULE, "one", "only with 2 calls in flight")]
    assert len(run.entries("observation")) == 1


def test_a_violation_that_shows_alone_too_is_recorded_once_and_bears_no_mark() -> None:
    run = Run(2)
    _beside(break_rule, run)
    assert run.entries("mark") == []
    assert len(run.entries("observation")) == 1


def test_a_violation_that_was_seen_alone_is_not_looked_for_again() -> None:
    run, times = Run(2), list[int]()

    def fail(verifier: Verifier) -> None:
        times.append(1)
        break_rule(verifier)

    run.start(script("one", fail, alone=True))
    run.flight.take("one")
    assert len(times) == 1


def test_a_test_without_room_beside_others_runs_again_alone() -> None:
    """What it raised and did for the first time is forgotten, and it has no company the second time."""
    run, company, first, meeting, looked = Run(2), list[bool](), list[bool](), Barrier(2), Event()

    def need_room(verifier: Verifier) -> None:
        if not company:
            meeting.wait(PATIENCE)
        first.append(verifier.first_time("what no other test does then"))
        company.append(current().others_run())
        looked.set()
        if company[-1]:
            raise NoRoom
        verifier.recorder.record_kept(RULE, "edge", "second")

    def other(**_: object) -> None:
        meeting.wait(PATIENCE)
        looked.wait(PATIENCE)

    run.start(script("one", need_room), script("two", other))
    taken = [run.flight.take(name) for name in ("one", "two")]
    assert company == [True, False]
    assert first == [True, True]
    assert [each.raised for each in taken if each is not None] == [None, None]
    assert [e["edge"] for e in run.entries("tally")] == ["second"]
