"""The journal of contacts: the data to stop each contact that a run opened, whatever ended the run.

One JSON object a line, with the member ``entry``:

- ``journal``: where the contacts are, written first: `target` (base URL), `region`, `reference` (whether the endpoint
  was the run's own and ended with it), `on_aws`, `absent` (a service that it does not have),
  `credentials` (``test`` or ``real``), `started` (ISO 8601).
- ``starting``: an attempt of a start is about to be sent. `number` tells the requests apart; the first time, `body`
  repeats the request if it has a ClientToken: sent again, it leads to the same contact. A long one is `deflated`
  instead (zlib, in base64).
- ``settled``: an attempt with that `number` named a contact, was refused, or could not be sent.
- ``open``: a contact is open, in this `instance`.
- ``closed``: the endpoint says that the contact is over.

A contact is written down before anything is sent to it. No token of a participant, key or signature is: they are no
part of a start's body, and headers are not kept.
"""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from conformance.contract.model import CONNECT
from conformance.contract.wire import Request

_LONG = 1_000  # characters of a body; runs send megabytes of one letter


@dataclass(slots=True)
class Start:
    """A start that was sent: its operation, the body that repeats it (None without a ClientToken), its attempts."""

    operation: str
    body: str | None
    attempts: int = 0
    settled: int = 0
    under_way: bool = False

    def send(self) -> None:
        """Count an attempt that is about to be sent."""
        self.attempts += 1
        self.under_way = True

    def settle(self) -> None:
        """Count an attempt that named a contact, was refused or could not be sent."""
        self.settled += 1
        self.under_way = False

    @property
    def unanswered(self) -> bool:
        """Whether it may have opened a contact that nobody knows.

        With a ClientToken all attempts lead to one contact, so a later answer speaks for a lost one.
        """
        return self.under_way if self.body is not None else self.settled < self.attempts


@dataclass(slots=True)
class ContactJournal:
    """Writes a run's journal with `write`, a line each time. Thread-safe."""

    write: Callable[[str], object]
    _starts: dict[tuple[str, bytes], tuple[int, Start]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, **members: Any) -> None:
        """Write where the contacts are. `members` must hold no secret."""
        self._entry("journal", **members)

    def starting(self, request: Request) -> None:
        """Write that `request` is about to be sent."""
        key = (request.operation, request.body)
        with self._lock:
            new = key not in self._starts
            if new:
                self._starts[key] = (next(self._numbers), Start(request.operation, _repeatable(request.body)))
            number, start = self._starts[key]
            start.send()
        self._entry("starting", number=number, **(_members_of(start) if new else {}))

    def write_outcome(self, request: Request) -> None:
        """Write that an attempt of `request` named a contact, was refused, or could not be sent."""
        with self._lock:
            known = self._starts.get((request.operation, request.body))
            if known is None:
                return
            number, start = known
            start.settle()
            if not start.unanswered:
                del self._starts[request.operation, request.body]  # nothing can come of it any more
        self._entry("settled", number=number)

    @property
    def unanswered(self) -> int:
        """How many starts may have opened a contact that nobody knows: no ContactId of theirs was seen."""
        return sum(start.unanswered for _, start in self._starts.values())

    def write_open(self, contact: str, instance: str) -> None:
        """Write that `contact` is open."""
        self._entry("open", contact=contact, instance=instance)

    def write_over(self, contact: str) -> None:
        """Write that `contact` is over."""
        self._entry("closed", contact=contact)

    def _entry(self, entry: str, **members: Any) -> None:
        self.write(json.dumps({"entry": entry, **members}) + "\n")


def _members_of(start: Start) -> dict[str, str | None]:
    """The members of the entry of a new start."""
    if start.body is None or len(start.body) <= _LONG:
        return {"operation": start.operation, "body": start.body}
    deflated = base64.b64encode(zlib.compress(start.body.encode())).decode()
    return {"operation": start.operation, "deflated": deflated}


def _body_of(entry: Mapping[str, Any]) -> str | None:
    """The body of a start's entry."""
    deflated = entry.get("deflated")
    return entry.get("body") if deflated is None else zlib.decompress(base64.b64decode(deflated)).decode()


def _repeatable(body: bytes) -> str | None:
    try:
        members = json.loads(body)
        token = members.get("ClientToken") if isinstance(members, dict) else None
        return body.decode() if isinstance(token, str) and token else None
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """What a journal says is open: `contacts` with their instances, and starts by number that may have opened one.

    `target` and `region` are the endpoint's. Where it was the run's own it has ended, and nothing is open there. Chats
    that were started `by_back_end` can be ended only by the tokens of their participants, which are written nowhere.
    """

    path: Path
    target: str
    region: str
    reference: bool
    on_aws: bool
    real_credentials: bool
    by_back_end: bool
    contacts: Mapping[str, str]
    unanswered: Mapping[int, Start]

    @property
    def matters(self) -> bool:
        """Whether something may be open on an endpoint that is still there."""
        return not self.reference and bool(self.contacts or self.unanswered)


def left_open(path: Path) -> LeftOpen | None:
    """What the journal at `path` says is open; None for a file that is no journal. Raises OSError for none at all."""
    entries = list(_entries(path.read_text(encoding="utf-8", errors="replace").splitlines()))
    if not entries or entries[0]["entry"] != "journal":
        return None
    head = entries[0]
    starts = _starts(entries)
    return LeftOpen(
        path,
        str(head.get("target", "")),
        str(head.get("region", "")),
        bool(head.get("reference")),
        bool(head.get("on_aws")),
        head.get("credentials") == "real",
        head.get("absent") == CONNECT,
        _still_open(entries),
        {number: start for number, start in starts.items() if start.unanswered},
    )


def _entries(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The entries that can be read: a run that was killed may have left half a line at the end."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("entry"), str):
            yield entry


def _still_open(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries:
        if entry["entry"] == "open":
            found[entry["contact"]] = entry["instance"]
        elif entry["entry"] == "closed":
            found.pop(entry["contact"], None)
    return found


def _starts(entries: Iterable[Mapping[str, Any]]) -> dict[int, Start]:
    found: dict[int, Start] = {}
    for entry in entries:
        if entry["entry"] == "starting":
            found.setdefault(entry["number"], Start(entry.get("operation", ""), _body_of(entry))).send()
        elif entry["entry"] == "settled" and entry["number"] in found:
            found[entry["number"]].settle()
    return found
