"""The ledger: what was seen, one JSON object a line, written as it is seen.

Entries, by their member ``entry``:

- ``header``: what ran against what, written first.
- ``observation``: one look at one requirement, with the exchanges that show what came of it. An exchange that keeps
  many requirements from being judged is written once, with a `number`; the others hold that number alone.
- ``tally``: observations counted together (kept ones always), so that a run's ledger stays small.
- ``repetition``: how often a violation was shown again, by its test or `by` the script that the report prints.
- ``mark``: a few words about how a test saw a requirement broken.
- ``left-out``: fixed examples of a requirement that a run of this depth does not try, by their names.
- ``traffic``: requests sent since the last such entry, by operation, how many of them were shrinking, and
  `milliseconds`: what each reply took.
- ``operation``: what the plainest call of an operation got; the last one of an operation counts.
- ``note``: a sentence for the reader about the run as a whole.
- ``test``: a pytest item with its outcome and seconds.
- ``footer``: how the run ended. A ledger without one did not finish.

Everything passes the redaction on its way in.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, Protocol

from conformance.checks.violation import Breach
from conformance.contract.wire import Exchange, Headers, as_evidence
from conformance.results.redaction import bearer_of, hide, redact, redact_text
from conformance.results.verdicts import Outcome

SCHEMA_VERSION = 1
BODY_LIMIT = 100_000  # code points of a body that are kept as evidence: 32,768 bytes of attributes, each escaped
_UNJUDGED = frozenset({Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED})
_REMEMBERED = 100  # exchanges that may be named again by their number
EVIDENCE_TOTAL = 12 * 2**20  # characters of observations from which on no more than SHORT_BODY of each body is kept
SHORT_BODY = 2_000  # code points
_BYTES_OF_CHARACTER = 4  # at most, in UTF-8


@dataclass(frozen=True, slots=True)
class Effort:
    """What had been spent when something was seen: requests of the run and of `test`, seconds of the run."""

    test: str | None
    requests: int
    requests_of_test: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one requirement.

    `phase` is how it came about: ``edge`` (a fixed example), ``search`` (a drawn one), ``passive`` (a reply that
    somebody else asked for) or ``scenario``. `after` is what had been spent when a promise was seen broken. `lacking`
    is an operation that the judgement takes and the endpoint does not implement.
    """

    requirement: str
    outcome: Outcome
    phase: str
    test: str | None = None
    edge: str | None = None
    reason: str | None = None
    breach: Breach | None = None
    exchanges: tuple[Exchange, ...] = ()
    after: Effort | None = None
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Repetitions:
    """How often a violation was shown again: `times` of `of`; `difference` says what came instead.

    `of` counts the repetitions that came to judge the promise; the others say nothing about it.
    """

    times: int
    of: int
    difference: str | None = None


class Lines(Protocol):
    """Where lines of text are written to."""

    def write(self, text: str, /) -> object:
        """Append `text`."""

    def flush(self) -> None:
        """Hold nothing back."""


@dataclass(slots=True)
class Ledger:
    """Writes entries to a text file, one line each, flushed at once; no entry contains one of the `secrets`.

    However much an endpoint says, a run's evidence stays small enough to be read at once: after EVIDENCE_TOTAL
    characters less is kept of each body. Thread-safe.
    """

    file: Lines
    secrets: tuple[str, ...] = ()
    _evidence: int = 0
    _counted: Counter[tuple[str, Outcome, str, str | None, str | None]] = field(default_factory=Counter)
    _shared: OrderedDict[int, tuple[int, Exchange]] = field(default_factory=OrderedDict)
    _numbered: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def header(self, **members: Any) -> None:
        """Write what ran against what. `members` must hold no secret."""
        self._write({"entry": "header", "schema_version": SCHEMA_VERSION, **members})

    def observe(self, observation: Observation) -> None:
        """Write an observation; a kept one, which has nothing to show, is only counted."""
        if observation.outcome is Outcome.KEPT:
            self.count(observation)
        elif observation.outcome in _UNJUDGED:
            with self._lock:  # an exchange stands before the entries that name it by its number
                shared = [self._shared_entry(exchange) for exchange in observation.exchanges]
                entry = _observation_entry(replace(observation, exchanges=()), self.room, self.secrets)
                self._write_evidence({**entry, "exchanges": shared})
        else:
            self._write_evidence(_observation_entry(observation, self.room, self.secrets))

    @property
    def room(self) -> int:
        """How much of a body is kept as evidence now, in code points."""
        return BODY_LIMIT if self._evidence < EVIDENCE_TOTAL else SHORT_BODY

    def _shared_entry(self, exchange: Exchange) -> dict[str, Any]:
        """The exchange with its number the first time, its number alone as long as it is remembered."""
        known = self._shared.get(id(exchange))
        if known is not None:
            self._shared.move_to_end(id(exchange))
            return {"number": known[0]}
        self._numbered += 1
        self._shared[id(exchange)] = self._numbered, exchange  # held, so that no other exchange gets its id
        if len(self._shared) > _REMEMBERED:
            self._shared.popitem(last=False)
        return {"number": self._numbered, **exchange_entry(exchange, self.room, self.secrets)}

    def count(self, observation: Observation, times: int = 1) -> None:
        """Count an observation made so many `times`.

        It is written without its exchanges, together with its like, by the next `flush`.
        """
        key = (observation.requirement, observation.outcome, observation.phase, observation.test, observation.edge)
        with self._lock:
            self._counted[key] += times

    def flush(self) -> None:
        """Write what was counted so far."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        tallies = [self._line(_tally_entry(*key, count)) for key, count in counted.items()]
        if tallies:
            self._write_line("\n".join(tallies))

    def leave_out(self, requirement: str, test: str | None, edges: Sequence[str]) -> None:
        """Write that `test` leaves out `edges` of a requirement at the run's depth, if there are any."""
        if edges:
            self._write({"entry": "left-out", "requirement": requirement, "test": test, "edges": list(edges)})

    def repetition(
        self, requirement: str, test: str | None, edge: str | None, by: Literal["test", "script"], seen: Repetitions
    ) -> None:
        """Write how often what `test` saw of `edge`, or of a scenario, was `seen` again."""
        shown = {**asdict(seen), "difference": _clean(seen.difference, ())}
        self._write({"entry": "repetition", "requirement": requirement, "test": test, "edge": edge, "by": by, **shown})

    def mark(self, requirement: str, test: str, words: str) -> None:
        """Write what a reader should know of how `test` saw `requirement` broken, in a few `words`."""
        self._write({"entry": "mark", "requirement": requirement, "test": test, "words": words})

    def traffic(
        self, by_operation: Mapping[str, int], shrinking: int, milliseconds: Mapping[str, Sequence[float]] | None = None
    ) -> None:
        """Write how many requests were sent since the last such entry, and how long each reply took."""
        took = {name: [round(reply, 1) for reply in replies] for name, replies in (milliseconds or {}).items()}
        counts = {"by_operation": dict(by_operation), "shrinking": shrinking}
        self._write({"entry": "traffic", **counts, "milliseconds": took})

    def operation(self, name: str, *, standing: str, implemented: bool | None, reason: str) -> None:
        """Write what the plainest call of operation `name` got, in a few words."""
        self._write(
            {
                "entry": "operation",
                "operation": name,
                "standing": standing,
                "implemented": implemented,
                "reason": _clean(reason, ()),
            }
        )

    def note(self, sentence: str) -> None:
        """Write what a reader should know about the run as a whole."""
        self._write({"entry": "note", "text": redact_text(sentence)})

    def test(self, nodeid: str, title: str, outcome: str, seconds: float) -> None:
        """Write that a pytest item ended."""
        self._write(
            {
                "entry": "test",
                "nodeid": nodeid,
                "title": title,
                "outcome": outcome,
                "seconds": round(seconds, 4),
            }
        )

    def footer(self, **members: Any) -> None:
        """Write how the run ended."""
        self.flush()
        self._write({"entry": "footer", **members})

    def plain(self, observation: Observation) -> dict[str, Any]:
        """`observation` as its entry would read, without secrets, for display elsewhere."""
        entry: dict[str, Any] = json.loads(self._line(_observation_entry(observation, BODY_LIMIT, self.secrets)))
        return entry

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._write_line(self._line(entry))

    def _write_evidence(self, entry: Mapping[str, Any]) -> None:
        line = self._line(entry)
        self._evidence += len(line)
        self._write_line(line)

    def _write_line(self, line: str) -> None:
        self.file.write(line + "\n")
        self.file.flush()

    def _line(self, entry: Mapping[str, Any]) -> str:
        line = json.dumps(entry, ensure_ascii=True)
        return hide(line, *(json.dumps(secret)[1:-1] for secret in self.secrets))


def _tally_entry(
    requirement: str, outcome: Outcome, phase: str, test: str | None, edge: str | None, count: int
) -> dict[str, Any]:
    return {
        "entry": "tally",
        "requirement": requirement,
        "outcome": outcome.value,
        "phase": phase,
        "test": test,
        "edge": edge,
        "count": count,
    }


def _observation_entry(observation: Observation, room: int, secrets: tuple[str, ...]) -> dict[str, Any]:
    bearers = {bearer_of(exchange) for exchange in observation.exchanges}
    return {
        "entry": "observation",
        "requirement": observation.requirement,
        "outcome": observation.outcome.value,
        "phase": observation.phase,
        "test": observation.test,
        "edge": observation.edge,
        "reason": _clean(observation.reason, bearers),
        **_breach_entry(observation.breach, bearers),
        "after": _effort_entry(observation.after) if observation.after else None,
        "lacking": observation.lacking,
        "exchanges": [exchange_entry(exchange, room, secrets) for exchange in observation.exchanges],
    }


def _breach_entry(breach: Breach | None, bearers: Iterable[str | None]) -> dict[str, Any]:
    if breach is None:
        return dict.fromkeys(each.name for each in fields(Breach))
    return asdict(breach.with_texts(lambda text: hide(redact_text(text), *bearers)))


def _effort_entry(effort: Effort) -> dict[str, Any]:
    return {
        "requests": effort.requests,
        "requests_of_test": effort.requests_of_test,
        "seconds": round(effort.seconds, 3),
    }


def _clean(text: str | None, bearers: Iterable[str | None]) -> str | None:
    return None if text is None else hide(redact_text(text), *bearers)


def exchange_entry(exchange: Exchange, room: int = BODY_LIMIT, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """An exchange as the ledger has it: redacted, bodies as text and cut at `room` code points."""
    clean = redact(_readable(exchange, room), secrets)
    response = clean.response
    return {
        "operation": clean.request.operation,
        "request": {
            "method": clean.request.method,
            "path": clean.request.path,
            "headers": _header_entry(clean.request.headers),
            **_body_entry(clean.request.body, len(exchange.request.body), room),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": _header_entry(response.headers),
            **_body_entry(response.body, response.size or len(response.body), room, truncated=response.truncated),
        },
        "failure": clean.failure,
        "dropped": clean.dropped,
        "attempt": clean.attempt,
        "started": round(clean.started, 3),
        "elapsed_seconds": round(clean.elapsed, 6),
    }


def _header_entry(headers: Headers) -> list[list[str]]:
    return [[name, value[:2_000]] for name, value in headers]


def _readable(exchange: Exchange, room: int) -> Exchange:
    """`exchange` with enough of its bodies to look for secrets in what is kept of them, which takes time and room."""
    enough = _BYTES_OF_CHARACTER * room
    request = exchange.request
    if len(request.body) > enough:
        exchange = replace(exchange, request=replace(request, body=request.body[:enough]))
    return as_evidence(exchange, enough)


def _body_entry(body: bytes, size: int, room: int, *, truncated: bool = False) -> dict[str, Any]:
    text = body.decode("utf-8", "backslashreplace")
    return {"body": text[:room], "body_bytes": size, "cut": truncated or len(text) > room}
