"""Whether connections are kept between calls.

A kept connection that the other side closes just as a request goes out leaves it open whether the request arrived. The
call is made again on a new connection, and may then have had its effect twice. An endpoint that leaves many of its
connections so gets a new one for each call.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

_FEW = 5  # connections left under a call that say nothing yet: a server that stops, an idle time that is just over
_SHARE = 0.02  # of all calls


@dataclass(slots=True)
class KeptConnections:
    """Counts how often the endpoint left a kept connection under a call. Thread-safe."""

    calls: int = 0
    left: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def are_unusable(self) -> bool:
        """Whether each call should have a new connection."""
        return self.left > _FEW and self.left > _SHARE * self.calls

    def note(self, *, left: bool) -> None:
        """Count a call, and whether its connection was `left`."""
        with self._lock:
            self.calls += 1
            self.left += left
