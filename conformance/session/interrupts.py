"""Ctrl-C, SIGTERM and SIGHUP that end a run at a clean place: after an exchange, with its evidence written down.

Raised wherever it happens to strike, a KeyboardInterrupt can be dropped (Python ignores what a destructor or a callback
of the collector raises) or leave a traceback that cannot be shown. A cancelled CI job, `timeout` and an orchestrator
send SIGTERM, a terminal that is closed sends SIGHUP: both end a run as Ctrl-C does.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any, Self

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one does not exist on every system


@dataclass(slots=True)
class Interrupts:
    """While it listens, a signal that ends a run raises KeyboardInterrupt.

    It does so at once, but inside `waiting` it is only `pending`, for whoever raises it at a clean place. Inside
    `closing` the first one changes nothing, since the run ends anyway, the second asks to `hurry`, and the next breaks
    it off. One that strikes before an earlier one was answered never waits. `struck` names the first.
    Outside of the main thread, where no handler can be set, it does nothing.
    """

    struck: str | None = None
    hurry: bool = False
    pending: bool = False
    _waits: bool = False
    _closes: bool = False
    _before: dict[int, Any] = field(default_factory=dict)

    def listen(self) -> None:
        """Take the signals."""
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
                    self._before[number] = signal.signal(number, self._strike)

    def restore(self) -> None:
        """Give the signals back to whoever had them."""
        while self._before:
            signal.signal(*self._before.popitem())
        self.pending = False

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.restore()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """A signal inside is pending."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = self.pending = False

    @contextmanager
    def closing(self) -> Iterator[None]:
        """A run's first signal does not break off the closing, its second asks it to `hurry`, the next one does."""
        self._closes = True
        try:
            yield
        finally:
            self._closes = False

    def _strike(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's form
        first, self.struck = self.struck is None, self.struck or signal.Signals(number).name
        if self._closes and not self.hurry:
            self.hurry = not first
        elif self._waits and not self._closes and not self.pending:
            self.pending = True
        else:
            raise KeyboardInterrupt
