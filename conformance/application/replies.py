"""What an application is asked and what it answers, whatever its interface."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

Headers = tuple[tuple[str, str], ...]
MOST_KEPT = 5  # different exceptions of an application


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a server has read it: `target` is the raw path with its query, `origin` the address it came to."""

    method: str
    origin: str
    target: str
    headers: Headers
    body: bytes = b""

    @classmethod
    def of(cls, fields: Mapping[str, Any], body: bytes) -> Asked:
        """The request that a message holds."""
        headers = tuple((name, value) for name, value in fields["headers"])
        return cls(fields["method"], fields["origin"], fields["target"], headers, body)

    @property
    def scheme(self) -> str:
        """`http` or `https`, as the origin has it."""
        return urlsplit(self.origin).scheme

    @property
    def server(self) -> tuple[str, int]:
        """Host and port of the origin."""
        parts = urlsplit(self.origin)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def raw_path(self) -> bytes:
        """The path, still percent-encoded."""
        return self.target.partition("?")[0].encode("latin-1", "replace")

    @property
    def path(self) -> bytes:
        """The path's bytes without percent-encoding."""
        return unquote_to_bytes(self.raw_path)

    @property
    def query(self) -> bytes:
        """What follows the question mark."""
        return self.target.partition("?")[2].encode("latin-1", "replace")


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply: what a server would send."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def with_length(self) -> Answered:
        """The reply with its length, as a server adds it where the application does not."""
        if any(name.lower() == "content-length" for name, _ in self.headers):
            return self
        return Answered(self.status, (*self.headers, ("content-length", str(len(self.body)))), self.body)


# What servers answer in place of an application that failed.
FAILED = Answered(500, (("content-type", "text/plain; charset=utf-8"),), b"Internal Server Error")


@dataclass(slots=True)
class Exceptions:
    """What an application raised: the tracebacks of the first few different ones, and how often each came."""

    tracebacks: dict[str, str] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)

    def note(self, error: BaseException) -> None:
        """Count `error`."""
        name = traceback.format_exception_only(error)[-1].strip()
        self.times[name] += 1
        if len(self.tracebacks) < MOST_KEPT:
            self.tracebacks.setdefault(name, "".join(traceback.format_exception(error)))
