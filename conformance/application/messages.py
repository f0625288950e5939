"""The messages between the caller's process and the judge's: one line of JSON each, followed by bytes.

Only the standard library is imported: the caller's process loads this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What the caller says.
RUN = "run"  # begin: the arguments for pytest, and whether an application answers
REPLY = "reply"  # the reply to a request: its status, headers and body
LOST = "lost"  # there is no reply: why
# What the judge says.
REQUEST = "request"  # a request for the application
ADVANCE = "advance"  # move the application's clock
ENDED = "ended"  # the run has ended, with this exit code
# What both say of the web socket that has this message's number.
OPEN, OPENED, FRAME, CLOSE = "open", "opened", "frame", "close"

LONGEST_LINE = 2**26  # bytes of a message's line; some requests have headers of a million characters


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `number` says which request or web socket it is about."""

    kind: str
    number: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""

    def line(self) -> bytes:
        """The message as it is written."""
        head = {"kind": self.kind, "number": self.number, "fields": self.fields, "length": len(self.body)}
        return json.dumps(head).encode() + b"\n" + self.body


def head_of(line: bytes) -> tuple[Message, int]:
    """The message that begins with `line`, still without its body, and how many bytes that has."""
    head = json.loads(line)
    return Message(head["kind"], head["number"], head["fields"]), head["length"]
