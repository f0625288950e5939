"""Ctrl-C that ends a run at a clean place: after an exchange, with its evidence written down.

Raised wherever it happens to strike, a KeyboardInterrupt can be dropped (Python ignores what a destructor or a callback
of the collector raises) or leave a traceback that cannot be shown.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Self


@dataclass(slots=True)
class Interrupts:
    """While entered, a first SIGINT waits for the next `check`, and a second one raises KeyboardInterrupt at once.

    Outside of the main thread, where no handler can be set, it does nothing.
    """

    struck: bool = False
    _before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._strike)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        self.struck = False

    def _strike(self, number: int, frame: FrameType | None) -> None:
        if self.struck:
            signal.default_int_handler(number, frame)
        self.struck = True

    def check(self) -> None:
        """Raise KeyboardInterrupt, once, if one waits: what is sent afterwards stops what was started."""
        if self.struck:
            self.struck = False
            raise KeyboardInterrupt
