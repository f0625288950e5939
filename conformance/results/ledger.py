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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Protocol

from conformance.contract.wire import Exchange
from conformance.results.ledger_entries import (
    BODY_LIMIT,
    exchange_entry,
    observation_entry,
    tally_entry,
    without_secrets,
)
from conformance.results.observation import Observation, Repetitions
from conformance.results.redaction import hide, redact_text
from conformance.results.verdicts import Outcome

SCHEMA_VERSION = 1
_UNJUDGED = frozenset({Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED})
_REMEMBERED = 100  # exchanges that may be named again by their number
EVIDENCE_TOTAL = 12 * 2**20  # characters of observations from which on no more than SHORT_BODY of each body is kept
SHORT_BODY = 2_000  # code points


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
                entry = observation_entry(replace(observation, exchanges=()), self.room, self.secrets)
                self._write_evidence({**entry, "exchanges": shared})
        else:
            self._write_evidence(observation_entry(observation, self.room, self.secrets))

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
        tallies = [self._line(tally_entry(*key, count)) for key, count in counted.items()]
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
        shown = {**asdict(seen), "difference": without_secrets(seen.difference)}
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
                "reason": without_secrets(reason),
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
        entry: dict[str, Any] = json.loads(self._line(observation_entry(observation, BODY_LIMIT, self.secrets)))
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
