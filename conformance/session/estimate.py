"""What a run will send, start, cost and leave unseen, by the ledger of that run against the reference endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from conformance.contract.requirements import Level
from conformance.contract.service_rates import Rates, ServiceRate
from conformance.results.verdicts import Verdict
from conformance.session.prices import Prices

FILE = "estimate.json"
LATENCY = 0.1  # seconds that a call is assumed to take: the endpoint was not asked yet
SHOWN = 5  # operations, unseen requirements
_UNSEEN = (Verdict.INCONCLUSIVE, Verdict.UNTESTED)
Entries = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a run may send: `rate` requests a second in all, None for no limit, and the rates of operations."""

    rate: float | None = None
    rates: Rates = field(default_factory=dict)

    def seconds(self, tests: Iterable[Mapping[str, int]]) -> float:
        """How long it takes to send, one call after the other, what each of `tests` sends of each operation."""
        everything = ServiceRate(self.rate, 1) if self.rate else None
        lanes: dict[str, _Lane] = {name: _Lane(row) for name, row in self.rates.items()}
        common, now = _Lane(everything) if everything else None, 0.0
        for operation in chain.from_iterable(map(_in_turn, tests)):
            for lane in (lanes.get(operation), common):
                now = lane.admit(now) if lane is not None else now
            now += LATENCY
        return now


class _Lane:
    """A rate with a burst, in time that is only counted: the generic cell rate algorithm."""

    def __init__(self, row: ServiceRate) -> None:
        self._interval, self._arrival = 1 / row.rate, 0.0
        self._tolerance = (row.burst - 1) / row.rate

    def admit(self, now: float) -> float:
        """When a request that comes at `now` may go."""
        goes = max(now, self._arrival - self._tolerance)
        self._arrival = max(self._arrival, goes) + self._interval
        return goes


def _in_turn(sent: Mapping[str, int]) -> Iterator[str]:
    """The operations of one test, one after the other as long as each has calls left."""
    left = Counter(sent)
    while left := +left:
        yield from left
        left.subtract(dict.fromkeys(left, 1))


def estimate_of(
    entries: Entries, report: Mapping[str, Any], levels: Mapping[str, Level], speed: Speed, prices: Prices
) -> dict[str, Any]:
    """The plan as estimate.json has it.

    `entries` are the ledger's and `report` what was made of it. `levels` has the gravest level that each test claims.
    """
    known = list(entries)
    tests = list(_by_test(known))
    by_operation: Counter[str] = Counter()
    by_level: Counter[str] = Counter({level.value: 0 for level in Level})
    for test, sent in tests:
        by_operation.update(sent)
        by_level[levels.get(test, Level.MUST).value] += sum(sent.values())
    musts = [r for r in report["requirements"] if r["level"] == Level.MUST]
    unseen = [r["id"] for r in musts if r["verdict"] in _UNSEEN and not r["excused"]]
    return {
        "schema_version": 1,
        "requests": by_operation.total(),
        "by_operation": dict(by_operation.most_common()),
        "by_level": dict(by_level),
        "contacts": report["contacts"]["opened"],
        "most_open": max((e["contacts"].get("most_open", 0) for e in known if e["entry"] == "footer"), default=0),
        "minutes": round(speed.seconds(sent for _, sent in tests) / 60, 1),
        "cost": {"amount": round(prices.cost_of(by_operation), 2), "currency": prices.currency},
        "musts": {"in_scope": len(musts), "unseen": unseen},
    }


def _by_test(entries: Entries) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Each test with what it sent; the last one is empty and has what is sent at the end."""
    sent: Counter[str] = Counter()
    for entry in entries:
        if entry["entry"] == "traffic":
            sent.update(entry["by_operation"])
        elif entry["entry"] == "test":
            yield entry["nodeid"], sent
            sent = Counter()
    yield "", sent


def words_of(plan: Mapping[str, Any], target: str) -> str:
    """The plan for a run against `target` as a user reads it."""
    most = list(plan["by_operation"].items())
    named = ", ".join(f"{name} {number:,}" for name, number in most[:SHOWN])
    more = f" and {len(most) - SHOWN} more operations" if len(most) > SHOWN else ""
    levels, cost, musts = plan["by_level"], plan["cost"], plan["musts"]
    unseen, seen = musts["unseen"], musts["in_scope"] - len(musts["unseen"])
    left = f"; unseen: {', '.join(unseen[:SHOWN])}" if unseen else ""
    others = f" and {len(unseen) - SHOWN:,} more" if len(unseen) > SHOWN else ""
    return "\n".join(
        (
            f"the plan of this run, made with the embedded reference endpoint; nothing was sent to {target}",
            f"  requests  {plan['requests']:,}: {named}{more}",
            f"  for       musts {levels['must']:,}, shoulds {levels['should']:,}, records {levels['record']:,}",
            f"  contacts  {plan['contacts']:,}, at most {plan['most_open']:,} open at once",
            f"  time      about {plan['minutes']:,} minutes at the rates of this run",
            f"  cost      about {cost['amount']:,.2f} {cost['currency']}",
            f"  musts     {seen:,} of {musts['in_scope']:,} are judged or have a written reason{left}{others}",
        )
    )
