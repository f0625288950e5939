"""A Ctrl-C waits for a clean place, is never lost, and a second one does not wait."""

from __future__ import annotations

import signal

import pytest

from conformance.session.interrupts import Interrupts


class StruckWhenCollected:
    """Ctrl-C strikes while its destructor runs, which would swallow what is raised."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_python_would_drop_is_raised_at_the_next_check() -> None:
    with Interrupts() as interrupts:
        StruckWhenCollected()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        interrupts.check()


def test_a_second_interrupt_does_not_wait() -> None:
    with Interrupts():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_the_handler_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
