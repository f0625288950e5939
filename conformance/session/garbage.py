"""Collects replies that are not needed any more and that cycles of references keep, before they fill the memory.

An exception and the frames that it passed through often hold each other, with every reply that these frames knew. The
interpreter's own collector counts objects, not bytes, and comes too late where each of a few objects is large.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

from conformance.contract.wire import Exchange

LARGE = 2**16  # bytes; shorter bodies are left to the interpreter
UNCOLLECTED = 16 * 2**20  # bytes of large bodies after which it is time


@dataclass(slots=True)
class GarbageCollection:
    """Counts the bytes of large replies since the last collection."""

    _bytes: int = 0

    def begin(self) -> None:
        """Leave alone what exists already, and lasts as long as the process: each collection then takes milliseconds.

        It stays so when the run is over: pytest and Python collect everything once more before the process ends.
        """
        if gc.get_freeze_count():  # another run in this process has ended
            gc.unfreeze()
            gc.collect()
        gc.freeze()

    def note(self, exchange: Exchange) -> None:
        """Take note of a reply that came, and collect when there were enough."""
        size = len(exchange.response.body) if exchange.response is not None else 0
        self._bytes += size if size > LARGE else 0
        if self._bytes > UNCOLLECTED:
            self._bytes = 0
            gc.collect()
