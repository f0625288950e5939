"""What the replies of a run took, kept until they are written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from conformance.contract.wire import Exchange


@dataclass(slots=True)
class ReplyTimes:
    """The milliseconds of each reply since they were last taken, by operation. Thread-safe."""

    _milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _lock: Lock = field(default_factory=Lock)

    def add(self, exchange: Exchange) -> None:
        """Take note of a reply, if there was one."""
        if exchange.response is not None:
            with self._lock:
                self._milliseconds[exchange.request.operation].append(exchange.elapsed * 1000)

    def take(self) -> Mapping[str, Sequence[float]]:
        """What each reply since the last call of this method took."""
        with self._lock:
            taken, self._milliseconds = self._milliseconds, defaultdict(list)
        return taken
