"""A Ctrl-C waits for a clean place, is never lost, and a second one does not wait."""

from __future__ import annotations

import signal

import pytest

from conformance.session.interrupts import Interrupts


class StruckWhenCollected:
    """Ctrl-C strikes while its destructor runs, which would swallow what is raised."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_python_would_drop_is_pending() -> None:
    with Interrupts() as interrupts, interrupts.waiting():
        StruckWhenCollected()
        assert interrupts.pending


def test_a_second_interrupt_does_not_wait() -> None:
    with Interrupts() as interrupts, interrupts.waiting():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_signal_that_ends_a_run_is_named_and_given_back(name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with Interrupts() as interrupts, interrupts.waiting():
        signal.raise_signal(number)
        assert interrupts.pending
    assert interrupts.struck == name
    assert signal.getsignal(number) is before


def test_where_nothing_waits_a_signal_is_raised_at_once() -> None:
    with Interrupts(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


def test_a_run_that_is_to_outlive_its_terminal_does() -> None:
    """What nohup sets."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_closes_is_asked_to_hurry_and_then_broken_off() -> None:
    """A CI job that is cancelled sends SIGINT, and SIGTERM some seconds later."""
    with Interrupts() as interrupts, interrupts.closing():
        signal.raise_signal(signal.SIGINT)
        assert not interrupts.hurry
        signal.raise_signal(signal.SIGTERM)
        assert interrupts.hurry
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
