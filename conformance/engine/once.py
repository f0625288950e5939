"""What is asked for once in a run, by whichever test needs it first; the others wait for its answer."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Once(Generic[Answer]):
    """Answers by what was asked. Thread-safe; an `ask` may itself ask for something else."""

    _answers: dict[str, Answer] = field(default_factory=dict)
    _asking: defaultdict[str, threading.RLock] = field(default_factory=lambda: defaultdict(threading.RLock))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, what: str, ask: Callable[[], Answer]) -> Answer:
        """The answer to `ask`, which is asked the first time that this is called for `what`."""
        with self._lock:
            asking = self._asking[what]
        with asking:
            if what not in self._answers:
                self._answers[what] = ask()
            return self._answers[what]
