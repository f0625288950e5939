"""Nothing of another test comes between the calls that one test makes alone."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest

from conformance.endpoint import quiet
from conformance.endpoint.quiet import Quiet
from conformance.endpoint.running_tests import RunningTest, bind_context, running

PATIENCE = 10.0  # seconds after which a test that waits for what never comes has failed
A_WHILE = 0.05  # seconds in which a call that may be made has been made


def begin(do: Callable[[], None], test: RunningTest | None = None) -> Thread:
    """A thread that runs `do` for a test of its own, or for `test`."""

    def run() -> None:
        with running(test or RunningTest()):
            do()

    thread = Thread(target=run, daemon=True)
    thread.start()
    return thread


def calling(calls: Quiet, made: Event, until: Event | None = None) -> Callable[[], None]:
    """A call, which sets `made` when it is under way and lasts `until` that is set."""

    def call() -> None:
        with calls.call():
            made.set()
            if until is not None:
                until.wait(PATIENCE)

    return call


def test_calls_of_several_tests_are_under_way_at_once() -> None:
    calls, first, second = Quiet(), Event(), Event()
    threads = [begin(calling(calls, first, second)), begin(calling(calls, second, first))]
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_call_of_another_test_waits_until_the_quiet_is_over() -> None:
    calls, made = Quiet(), Event()
    with running(RunningTest()), calls.alone():
        other = begin(calling(calls, made))
        assert not made.wait(A_WHILE)
    other.join(PATIENCE)
    assert made.is_set()


def test_the_quiet_begins_when_calls_that_are_under_way_have_ended() -> None:
    calls, under_way, reply, alone = Quiet(), Event(), Event(), Event()

    def ask() -> None:
        with calls.alone():
            alone.set()

    begin(calling(calls, under_way, reply))
    assert under_way.wait(PATIENCE)
    begin(ask)
    assert not alone.wait(A_WHILE)
    reply.set()
    assert alone.wait(PATIENCE)


def test_a_call_that_is_part_of_another_is_made_at_once() -> None:
    """A start that finds no room stops contacts before it is sent again, though another test asks for quiet."""
    calls, asked, alone, made = Quiet(), Event(), Event(), Event()

    def ask() -> None:
        asked.set()
        with calls.alone():
            alone.set()

    with running(RunningTest()), calls.call():
        begin(ask)
        assert asked.wait(PATIENCE)
        assert not alone.wait(A_WHILE)
        calling(calls, made)()
    assert made.is_set()
    assert alone.wait(PATIENCE)


def test_a_test_calls_in_its_own_quiet_from_any_of_its_threads() -> None:
    calls, made, from_thread = Quiet(), Event(), Event()
    with running(RunningTest()), calls.alone():
        calling(calls, made)()
        Thread(target=bind_context(calling(calls, from_thread)), daemon=True).start()
        assert from_thread.wait(PATIENCE)
    assert made.is_set()


def test_two_tests_have_quiet_one_after_the_other() -> None:
    calls, second = Quiet(), Event()

    def ask() -> None:
        with calls.alone():
            second.set()

    with running(RunningTest()), calls.alone():
        begin(ask)
        assert not second.wait(A_WHILE)
    assert second.wait(PATIENCE)


def test_no_call_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that asks in its quiet for what another one is asking for would stand still with it."""
    monkeypatch.setattr(quiet, "LONGEST", A_WHILE)
    calls, made = Quiet(), Event()
    with running(RunningTest()), calls.alone():
        begin(calling(calls, made))
        assert made.wait(PATIENCE)
