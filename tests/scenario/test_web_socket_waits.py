"""How long a scenario waits for frames: until it has read all that had arrived when the wait was over."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.endpoint.frames import frame_of
from conformance.endpoint.sockets import Socket
from conformance.engine.polling import Polling
from conformance.scenario.scenario import Scenario
from conformance.scenario.web_socket import WebSocketSession

BOUND = 0.05  # seconds
PART = None  # of a frame


@dataclass(slots=True)
class StoppedSocket(Socket):
    """A socket of a process that is stopped for longer than the wait, while `arrives` comes, each with one read."""

    arrives: list[str | None] = field(default_factory=list)
    reads: int = 0

    @property
    def is_open(self) -> bool:
        """It stays open."""
        return True

    def pull(self, seconds: float) -> bool:
        """The first read finds nothing, and returns late."""
        self.reads += 1
        if self.reads == 1:
            time.sleep(2 * BOUND)
        elif self.arrives:
            self.received += 1
            whole = self.arrives.pop(0)
            self.frames += [] if whole is PART else [frame_of(whole, time.monotonic())]
        else:
            time.sleep(seconds)
        return True


def session_on(socket: Socket) -> WebSocketSession:
    verifier = SimpleNamespace(polling=Polling(BOUND))
    return WebSocketSession(cast("Scenario", SimpleNamespace(verifier=verifier, replay=False)), socket)


@pytest.mark.parametrize("before", [[], ["{}", "{}"], [PART, PART]], ids=["alone", "behind others", "in parts"])
def test_what_arrived_while_the_process_was_stopped_is_read(before: list[str | None]) -> None:
    socket = StoppedSocket(1.0, arrives=[*before, '{"topic": "a"}'])
    session = session_on(socket)
    assert session.until(lambda: next(iter(session.frames("a")), None)) is not None


def test_a_wait_for_what_never_comes_ends() -> None:
    session = session_on(StoppedSocket(1.0))
    assert session.until(lambda: None) is None
