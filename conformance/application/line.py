"""The judge's end of the line to the caller's process. Thread-safe."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, BinaryIO

from conformance.application.messages import ADVANCE, LOST, Message, head_of
from conformance.endpoint.preconditions import SetupFailed

_CLOCK_SECONDS = 60.0  # that moving a clock may take


@dataclass(slots=True)
class Line:
    """Messages to and from the caller's process. It breaks the run off when the caller's process has gone."""

    incoming: BinaryIO
    outgoing: BinaryIO
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _waiting: dict[int, SimpleQueue[Message]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def read(self) -> Message | None:
        """The next message, or None at the end."""
        line = self.incoming.readline()
        if not line:
            return None
        head, length = head_of(line)
        return Message(head.kind, head.number, head.fields, self.incoming.read(length))

    def begin(self) -> None:
        """Hand messages to whom they are for, beside the caller, until the end."""
        Thread(target=self._follow, daemon=True, name="line to the caller").start()

    def _follow(self) -> None:
        while (message := self.read()) is not None:
            waiting = self._waiting.get(message.number)
            if waiting is not None:
                waiting.put(message)
        os.kill(os.getpid(), signal.SIGTERM)

    def say(self, message: Message) -> None:
        """Send `message`."""
        with self._lock:
            self.outgoing.write(message.line())
            self.outgoing.flush()

    def subscribe(self) -> tuple[int, SimpleQueue[Message]]:
        """A new number, and where the messages of that number arrive."""
        number, arrived = next(self._numbers), SimpleQueue[Message]()
        self._waiting[number] = arrived
        return number, arrived

    def unsubscribe(self, number: int) -> None:
        """Leave out what still comes for `number`."""
        self._waiting.pop(number, None)

    def ask(self, kind: str, fields: Mapping[str, Any], body: bytes, seconds: float) -> Message:
        """The answer to a message. Raises TimeoutError where none comes within `seconds`."""
        number, arrived = self.subscribe()
        try:
            self.say(Message(kind, number, fields, body))
            return arrived.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        finally:
            self.unsubscribe(number)

    def advance(self, seconds: int) -> None:
        """Move the caller's clock. Raises SetupFailed where that fails."""
        try:
            reply = self.ask(ADVANCE, {"seconds": seconds}, b"", _CLOCK_SECONDS)
        except TimeoutError:
            raise SetupFailed(f"the function that moves the clock took more than {_CLOCK_SECONDS:g} s") from None
        if reply.kind == LOST:
            raise SetupFailed(f"the function that moves the clock failed: {reply.fields['why']}")
