"""Transcripts of several machines: another order by their clocks, and replicas that lag."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import cycle
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.local_time import local_time
from conformance.engine.clocks import EndpointClocks
from conformance.engine.replicas import Replicas
from conformance.scenario.participants import Participant
from conformance.scenario.scenario import Scenario
from conformance.scenario.transcripts import Items, due_order, ids, wait_for_items


def scenario_with(apart: float = 0.0, replicas: Replicas | None = None) -> Scenario:
    clocks = EndpointClocks(measured=True, _apart=apart)
    verifier = SimpleNamespace(profile=SimpleNamespace(clocks=clocks))
    known = replicas or Replicas()
    given = SimpleNamespace(
        verifier=verifier, replicas=known, exchanges=[], until=until, quiet=nullcontext, need=members
    )
    return cast("Scenario", given)


def members(page: Items) -> dict[str, Items]:
    """The members of a reply that has this page."""
    return {"Transcript": page}


def until(look: Callable[[], Any]) -> Any:
    return next((found for found in (look() for _ in range(20)) if found is not None), None)


def items(**seconds: int) -> Items:
    return [{"Id": name, "AbsoluteTime": f"2027-01-31T12:00:{second:02}.000Z"} for name, second in seconds.items()]


@pytest.mark.parametrize(
    ("listed", "apart", "due"),
    [
        (items(a=1, b=2, c=3), 0, "abc"),
        (items(b=1, a=5, c=7), 5, "bac"),  # sorted by times that clocks explain
        (items(b=1, a=5, c=7), 0, "abc"),  # nobody saw clocks apart
        (items(b=1, a=5, c=7), 3, "abc"),  # not so far
        (items(a=5, b=1, c=7), 5, "abc"),  # listed by arrival
        (items(c=7, b=1, a=5), 5, "abc"),  # in no order at all
        (items(b=1, a=55, c=57), 5, "abc"),  # no matter of clocks
        (items(a=1, c=3), 5, "abc"),
    ],
)
def test_a_transcript_may_be_sorted_by_times_of_clocks_that_are_apart(listed: Items, apart: float, due: str) -> None:
    assert due_order(scenario_with(apart), listed, ["a", "b", "c"]) == list(due)


def reader(scenario: Scenario, shows: Iterator[Items]) -> Participant:
    """Reads what `shows` gives, a whole transcript or a page of it."""
    return cast(
        "Participant",
        SimpleNamespace(scenario=scenario, items=lambda: next(shows), transcript=lambda **_: next(shows)),
    )


SENT = Exchange(Request("SendMessage", "POST", "/"), Response(200, (), b'{"Id": "b", "AbsoluteTime": ""}'))
WHOLE, OLD = items(a=1, b=2), items(a=1)


def test_replicas_that_lag_are_waited_for() -> None:
    replicas = Replicas()
    shows = iter([WHOLE, OLD, WHOLE, OLD, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
    assert ids(wait_for_items(reader(scenario_with(replicas=replicas), shows), SENT)) == ["a", "b"]
    assert replicas.lag
    assert next(shows) == WHOLE


def message_of_age(seconds: float) -> Exchange:
    """The message, sent so many seconds ago."""
    return replace(SENT, started=local_time() - seconds)


def count_reads(replicas: Replicas, *ages: float) -> int:
    """How many reads it takes to settle a transcript of one store for messages that are so many seconds old."""
    read = 0

    def shows() -> Iterator[Items]:
        nonlocal read
        while True:
            read += 1
            yield WHOLE

    one = reader(scenario_with(replicas=replicas), shows())
    for age in ages:
        wait_for_items(one, message_of_age(age))
    assert one.scenario.exchanges == []
    return read


def test_transcripts_of_one_store_are_read_again_a_few_times_only() -> None:
    replicas = Replicas()
    assert count_reads(replicas, 5, 6, 7, 8) == 4 + 3
    assert not replicas.lag


def test_a_trial_says_nothing_of_messages_that_are_newer() -> None:
    """On a machine that was slow just then, all replicas had caught up before the first trial."""
    replicas = Replicas()
    assert count_reads(replicas, 5) == 1 + 3
    shows = iter([WHOLE, OLD, WHOLE, OLD, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE])
    wait_for_items(reader(scenario_with(replicas=replicas), shows), message_of_age(1))
    assert replicas.lag
    assert next(shows) == WHOLE


def test_no_call_of_another_test_hides_a_replica_that_lags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two replicas answer in turn, and another test reads, too, wherever it may: the trial reads both of them."""
    turns, alone = cycle([WHOLE, OLD]), False

    @contextmanager
    def quiet() -> Iterator[None]:
        nonlocal alone
        alone = True
        yield
        alone = False

    def read() -> Items:
        shown = next(turns)
        if not alone:
            next(turns)
        return shown

    replicas = Replicas()
    scenario = scenario_with(replicas=replicas)
    monkeypatch.setattr(scenario, "quiet", quiet)
    wait_for_items(reader(scenario, iter(read, None)), message_of_age(0))
    assert replicas.lag


def test_messages_that_grow_old_while_a_trial_waits_say_nothing_of_newer_ones() -> None:
    """Its reads came after a wait for the calls of other tests: all that they show is of messages as old as that."""
    replicas = Replicas()

    @contextmanager
    def waiting() -> Iterator[None]:
        time.sleep(0.05)
        yield

    replicas.settle(lambda: True, local_time(), waiting, until)
    assert replicas.is_due(0.03)
    assert not replicas.is_due(5)


def test_one_more_read_confirms_a_message_until_one_lacks_it() -> None:
    replicas, shows = Replicas(), iter([True] * 3 + [True] + [False] + [True] * 4)
    for _ in range(3):  # a trial, one more read, and one that lacks the message
        replicas.confirm(lambda: next(shows), local_time(), nullcontext, until)
    assert replicas.lag
    assert next(shows, None) is None


def test_a_transcript_of_two_pages_does_not_hide_a_replica_that_answers_each_second_call() -> None:
    """Reads of both pages would get the newest one from the same replica each time."""
    replicas, turns = Replicas(), cycle([WHOLE, OLD])
    scenario = scenario_with(replicas=replicas)

    def both_pages() -> Items:
        newest, _ = next(turns), next(turns)
        return newest

    wait_for_items(
        cast(
            "Participant",
            SimpleNamespace(scenario=scenario, items=both_pages, transcript=lambda **_: next(turns)),
        ),
        message_of_age(0),
    )
    assert replicas.lag


def test_a_page_that_is_shorter_than_was_asked_for_is_no_replica_that_lags() -> None:
    replicas, shows = Replicas(), iter([items(a=1, b=2, c=3, d=4, e=5)] + [items(b=2, c=3, d=4, e=5)] * 3)
    wait_for_items(reader(scenario_with(replicas=replicas), shows), message_of_age(0))
    assert not replicas.lag


def test_several_trials_say_something_of_messages_as_old_as_at_their_beginning() -> None:
    replicas = Replicas()
    for began in (1.2, 1.0):
        replicas.learn(began, began + 0.3, complete=True)
        assert replicas.caught_up == began + 0.3
    replicas.learn(1.1, 1.4, complete=True)
    assert replicas.caught_up == 1.2
    replicas.learn(0.5, 0.8, complete=True)
    assert replicas.caught_up == 0.8
    replicas.learn(0.5, 0.8, complete=True)
    assert replicas.caught_up == 0.8
    replicas.learn(0.6, 0.9, complete=True)
    assert replicas.caught_up == 0.6


def test_who_waits_for_the_trials_of_others_learns_from_them() -> None:
    """Of tests that settle at once, those behind the first three need no trial of their own."""
    replicas, trials = Replicas(), []

    @contextmanager
    def quiet() -> Iterator[None]:
        trials.append(local_time())
        time.sleep(0.02)
        yield

    since = local_time() - 0.1
    threads = [Thread(target=replicas.settle, args=(lambda: True, since, quiet, until)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(trials) <= 3
