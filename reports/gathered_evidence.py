"""All that a ledger holds about each requirement, gathered entry by entry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.results.observation import Repetitions
from conformance.results.verdicts import Outcome
from reports.requirement_result import Unjudged
from reports.run import Entry
from reports.safe_text import cut

TEXT_LIMIT = 4_000  # code points of one sentence about an endpoint


@dataclass(slots=True)
class Evidence:
    """All that the ledger holds about one requirement, gathered entry by entry."""

    seen: Counter[tuple[str, Outcome, str | None]] = field(default_factory=Counter)
    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    tests: dict[str, None] = field(default_factory=dict)
    bystanders: dict[str, None] = field(default_factory=dict)
    answers: defaultdict[Outcome, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    reasons: defaultdict[Outcome, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    repetitions: dict[tuple[str, str | None, str | None], Repetitions] = field(default_factory=dict)
    marks: defaultdict[str | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    obstacles: set[str | None] = field(default_factory=set)
    seen_in: defaultdict[Outcome, set[str]] = field(default_factory=lambda: defaultdict(set))
    left_out: dict[str, None] = field(default_factory=dict)
    best: Entry | None = None
    unjudged: dict[tuple[Outcome, str], Unjudged] = field(default_factory=dict)

    def take_repetition(self, entry: Entry) -> None:
        """Take note of how often a violation was shown again."""
        seen = Repetitions(entry["times"], entry["of"], entry["difference"])
        self.repetitions[entry["by"], entry["test"], entry["edge"]] = seen

    def take(self, entry: Entry) -> None:
        """Take in an observation, or several that were counted together."""
        outcome = Outcome(entry["outcome"])
        if outcome is Outcome.INCONCLUSIVE:
            self.obstacles.add(entry.get("lacking"))
        self.seen[entry["phase"], outcome, entry["edge"]] += entry.get("count", 1)
        if entry["test"]:
            self.seen_in[outcome].add(entry["test"])
            (self.bystanders if entry["phase"] == "passive" else self.tests)[entry["test"]] = None
        if entry["entry"] == "observation":
            self._take_observation(entry, outcome)

    def _take_observation(self, entry: Entry, outcome: Outcome) -> None:
        if entry["edge"] is not None:
            self.statuses[entry["edge"]] |= _last_status(entry)
        if entry["reason"]:
            reason = cut(entry["reason"], TEXT_LIMIT)
            self.reasons[outcome][reason] += 1
            if entry["exchanges"]:
                self.unjudged.setdefault((outcome, reason), Unjudged(reason, entry["test"], entry["exchanges"][-1]))
        if answer := entry["actual"] or entry["reason"]:
            self.answers[outcome][cut(answer, TEXT_LIMIT)] += 1
        if outcome is Outcome.BROKEN and (self.best is None or _rank(entry) < _rank(self.best)):
            self.best = entry

    def count(self, outcome: Outcome) -> int:
        """How many observations came out so."""
        return sum(number for (_, found, _), number in self.seen.items() if found is outcome)


def _last_status(entry: Entry) -> set[int]:
    response = entry["exchanges"][-1]["response"] if entry["exchanges"] else None
    return {response["status"]} if response else set()


def _rank(entry: Entry) -> tuple[bool, bool, int, int]:
    """The best violation has evidence, comes from a fixed edge, and takes the fewest calls and bytes."""
    exchanges = entry["exchanges"]
    size = sum(exchange["request"]["body_bytes"] + len(exchange["request"]["path"]) for exchange in exchanges)
    return not exchanges, entry["phase"] != "edge", len(exchanges), size


def evidence_of(entries: Iterable[Entry]) -> Mapping[str, Evidence]:
    """All that `entries` hold about each requirement that they name."""
    evidence: defaultdict[str, Evidence] = defaultdict(Evidence)
    for entry in entries:
        if entry["entry"] in ("observation", "tally"):
            evidence[entry["requirement"]].take(entry)
        elif entry["entry"] == "repetition":
            evidence[entry["requirement"]].take_repetition(entry)
        elif entry["entry"] == "mark":
            evidence[entry["requirement"]].marks[entry["test"]].append(entry["words"])
        elif entry["entry"] == "left-out":
            evidence[entry["requirement"]].left_out |= dict.fromkeys(entry["edges"])
    return dict(evidence)


def broken_promises(evidence: Mapping[str, Evidence]) -> frozenset[str]:
    """The musts and shoulds that `evidence` shows broken, in scope or not."""
    broken = {rid for rid, found in evidence.items() if found.count(Outcome.BROKEN)}
    return frozenset(rid for rid in broken if rid in catalogue() and catalogue()[rid].level is not Level.RECORD)


def unknown_requirements(evidence: Mapping[str, Evidence]) -> list[str]:
    """The ids that `evidence` is about and the catalogue lacks: the ledger is of another version of the contract."""
    return sorted({rid for rid, found in evidence.items() if found.seen} - set(catalogue()))
