"""How long a run waits: the whole bound until experience says that less will do, and never less than that asks for."""

from __future__ import annotations

import time
from functools import partial

import pytest

from conformance.engine.polling import ENOUGH, HARDLY, LEAST, MOMENT, SILENT, SPARE, TWICE, Polling

BOUND = 5.0


def _a_message() -> None:
    """One kind of look."""


def _an_event(_: str = "") -> None:
    """Another kind."""


def _after_waits(*rewarded: float, in_vain: int = 0) -> Polling:
    polling = Polling(BOUND)
    for seconds in rewarded:
        polling.learn(_a_message, seconds, found=True)
    for _ in range(in_vain):
        polling.learn(_a_message, BOUND, found=False)
    return polling


def test_the_bound_stands_while_everything_came() -> None:
    """Quick answers alone do not shorten any wait."""
    assert _after_waits(*[0.01] * 50).seconds_for(_a_message) == BOUND


def test_one_wait_in_vain_says_little_without_rewarded_ones() -> None:
    """Nobody knows yet whether the endpoint is broken or slow."""
    assert _after_waits(in_vain=1).seconds_for(_a_message) == BOUND
    assert _after_waits(0.01, in_vain=1).seconds_for(_a_message) == BOUND


def test_after_a_wait_in_vain_a_part_of_the_bound_is_enough() -> None:
    """An endpoint that was quick but for one item."""
    assert _after_waits(*[0.01] * ENOUGH, in_vain=1).seconds_for(_a_message) == pytest.approx(LEAST * BOUND)


def test_what_hardly_ever_came_is_waited_for_a_moment() -> None:
    """An endpoint that showed none of them yet, or one of many."""
    assert _after_waits(in_vain=ENOUGH).seconds_for(_a_message) == pytest.approx(MOMENT * BOUND)
    assert _after_waits(0.01, in_vain=HARDLY + 1).seconds_for(_a_message) == pytest.approx(MOMENT * BOUND)
    assert _after_waits(0.01, in_vain=HARDLY).seconds_for(_a_message) == pytest.approx(LEAST * BOUND)


def _asking(polling: Polling, operation: str, *, found: bool) -> None:
    def look() -> bool | None:
        polling.asks(operation)
        return found or None

    polling.until(look, seconds=0)


@pytest.mark.parametrize("rewarded", [0, 1])
def test_where_an_operation_hardly_showed_anything_no_place_waits_long_for_it(rewarded: int) -> None:
    """Each place would cost the bound again; but what this very place was shown, it may be shown again."""
    polling = Polling(BOUND)
    for _ in range(rewarded):
        _asking(polling, "GetTranscript", found=True)
    assert polling.seconds_for(_an_event, asked="GetTranscript") == BOUND
    for _ in range(HARDLY * rewarded + ENOUGH):
        _asking(polling, "GetTranscript", found=False)
    assert polling.seconds_for(_an_event, asked="GetTranscript") == pytest.approx(MOMENT * BOUND)
    assert polling.seconds_for(_an_event, asked="DescribeContact") == BOUND
    polling.learn(_an_event, 0.0, found=True)
    assert polling.seconds_for(_an_event, asked="GetTranscript") == BOUND


def test_one_wait_in_vain_is_enough_where_other_things_did_not_come_either() -> None:
    polling = _after_waits(in_vain=TWICE - 1)
    assert polling.seconds_for(_an_event) == BOUND
    polling.learn(_an_event, BOUND, found=False, asked="DescribeContact")
    assert polling.seconds_for(_an_event) == pytest.approx(LEAST * BOUND)


def test_an_operation_that_never_showed_anything_is_not_waited_for_at_another_place() -> None:
    polling = _after_waits(in_vain=ENOUGH)
    for _ in range(TWICE):
        assert polling.seconds_for(_an_event, asked="DescribeContact") == BOUND
        polling.learn(_a_message, BOUND, found=False, asked="DescribeContact")
    assert polling.seconds_for(_an_event, asked="DescribeContact") == pytest.approx(LEAST * BOUND)
    polling.learn(_a_message, 0.0, found=True, asked="DescribeContact")
    assert polling.seconds_for(_an_event, asked="DescribeContact") == BOUND


@pytest.mark.parametrize(("silent", "seconds"), [(SILENT - 1, BOUND), (SILENT, LEAST * BOUND)])
def test_where_several_operations_never_showed_anything_none_is_waited_for(silent: int, seconds: float) -> None:
    """The endpoint keeps nothing. One that is slow has shown something late."""
    polling = _after_waits(in_vain=ENOUGH)
    for number in range(silent):
        polling.learn(_a_message, BOUND, found=False, asked=f"Operation{number}")
    assert polling.seconds_for(_an_event, asked="Another") == pytest.approx(seconds)
    polling.learn(_a_message, 1.0, found=True, asked="Slow")
    polling.learn(_a_message, 1.0, found=True, asked="Slow")
    assert polling.seconds_for(_an_event, asked="Another") == pytest.approx(seconds if silent < SILENT else SPARE)


def test_a_wait_ends_with_a_look_that_began_after_it() -> None:
    """A process that was stopped during a look has asked long ago, before what it looked for was due."""
    bound, looks = 0.1, list[float]()
    began = time.monotonic()

    def look() -> bool | None:
        looks.append(time.monotonic() - began)
        if len(looks) == 2:
            time.sleep(2 * bound)  # the process is stopped
        return True if looks[-1] >= bound else None

    assert Polling(bound).until(look)
    assert len(looks) == 3


def test_a_call_outside_of_a_wait_is_no_look() -> None:
    polling = Polling(BOUND)
    for _ in range(ENOUGH):
        polling.asks("SendMessage")
        polling.learn(_a_message, BOUND, found=False)
    assert polling.seconds_for(_an_event, asked="SendMessage") == BOUND


def test_a_kind_that_never_came_is_judged_by_what_did_come() -> None:
    """One wait in vain is enough where the endpoint was seen to show other things, each in its time."""
    polling = _after_waits(in_vain=1)
    for seconds in (0.0, 0.7, 0.1):
        polling.learn(_an_event, seconds, found=True)
    assert polling.seconds_for(_a_message) == pytest.approx(SPARE * 0.7)


def test_a_scenario_that_is_only_repeated_waits_no_longer_than_needed() -> None:
    """Its waits had the bound when it was told first."""
    polling = _after_waits(*[0.01] * ENOUGH)
    assert polling.seconds_for(_a_message, again=True) == pytest.approx(LEAST * BOUND)
    assert _after_waits().seconds_for(_a_message, again=True) == BOUND


def test_a_slow_endpoint_is_given_a_multiple_of_its_own_time() -> None:
    """What takes 0.8 seconds is waited for several times as long."""
    assert _after_waits(0.1, 0.8, 0.2, in_vain=1).seconds_for(_a_message) == pytest.approx(SPARE * 0.8)


def test_no_wait_is_longer_than_the_bound() -> None:
    """However long the rewarded ones took."""
    assert _after_waits(4.0, 4.5, 4.9, in_vain=2).seconds_for(_a_message) == BOUND


def test_each_kind_of_look_has_an_experience_of_its_own() -> None:
    """Messages that never come say nothing about events, also where a look is a partial."""
    polling = _after_waits(in_vain=ENOUGH)
    assert polling.seconds_for(partial(_an_event, "joined")) == BOUND
    polling.learn(partial(_an_event, "left"), BOUND, found=False)
    for _ in range(ENOUGH):
        polling.learn(partial(_an_event, "joined"), 0.0, found=True)
    assert polling.seconds_for(partial(_an_event, "typing")) < BOUND
