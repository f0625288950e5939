"""The order in which tests show most for what they cost, so that a broken endpoint shows soon.

Runs that may not, or need not, run all tests begin with those that show most musts.

What a test costs stands in costs.json, as runs against the reference endpoint have sent it: one that tries all edges
and one that tries one of each promise. Another endpoint costs about the same; a test that is in no table is taken for
an ordinary one.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TypeVar

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.engine.depth import Depth, Edges
from conformance.scenario.markers import claims_of, running_order
from conformance.session.pytest_ids import is_derived_test, rootless_id

Item = TypeVar("Item", bound=pytest.Item)
_TABLE = "costs.json"
_WEIGHTS = {Level.MUST: 2, Level.SHOULD: 1}  # a broken must ends a run as non-conformant, a broken should does not
_LEAST = 0.2  # requests that a test is taken to send at least: others may have prepared what it looks at


@dataclass(frozen=True, slots=True)
class Cost:
    """What a test sends and starts, stopping its contacts included."""

    requests: float
    contacts: float


_ORDINARY = Cost(12, 1)


@cache
def _table(edges: Edges) -> Mapping[str, Cost]:
    tables = json.loads((files(__package__) / _TABLE).read_text(encoding="utf-8"))
    return {name: Cost(*row) for name, row in tables[edges].items()}


def cost_of(nodeid: str, edges: Edges = Edges.ALL) -> Cost:
    """What the test with this pytest id costs a run that tries such `edges`; tests that share a row cost the same.

    Where not all edges are tried, that is at least what one of each costs.
    """
    row, few = row_of(nodeid), _table(Edges.ONE) if edges is not Edges.ALL else {}
    return few.get(row) or _table(Edges.ALL).get(row, _ORDINARY)


def row_of(nodeid: str) -> str:
    """The name of the row of costs.json that a test with this pytest id has.

    Tests of one function share it; of those that are made from the catalogue the ones about one operation.
    """
    function, _, parameters = rootless_id(nodeid).partition("[")
    return f"{function}[{parameters.partition('.')[0].rstrip(']')}]" if is_derived_test(nodeid) else function


def adding_tests(tests: Mapping[str, Collection[str]], contact_price: float, depth: Depth) -> frozenset[str]:
    """Those of `tests`, by pytest id with what they claim, that a run of `depth` keeps: what adds to those before it.

    A test that is made from the catalogue always counts as one, unless the documents leave open what it looks at.
    """
    shown, adding = set[str](), set[str]()
    for name in by_coverage(tests, contact_price, depth.edges):
        promises = {rid for rid in tests[name] if catalogue()[rid].level is not Level.RECORD}
        new = promises - shown
        if promises and (is_derived_test(name) or (new and not is_dear(name, new, depth))):
            adding.add(name)
            shown |= promises
    return frozenset(adding)


def is_dear(nodeid: str, new: Collection[str], depth: Depth) -> bool:
    """Whether a test that is to show `new` promises shows shoulds alone, for more than a run of `depth` spends."""
    if depth.dearest is None or any(catalogue()[rid].level is Level.MUST for rid in new):
        return False
    return cost_of(nodeid, depth.edges).requests > depth.dearest * len(new)


def in_running_order(items: Collection[Item]) -> list[Item]:
    """`items` in the order to run them in; of those that may change places those first that show most promises.

    That is most for the requests that they send, whether they look at every operation or tell a long scenario, start
    contacts or end them: contacts that are lacking are started once, whichever test comes first.
    """
    ordered, shown, keys = list[Item](), set[str](), {item.nodeid: running_order(item) for item in items}

    def key(item: Item) -> tuple[int, ...]:
        return keys[item.nodeid]

    for _, alike in groupby(sorted(items, key=key), key):
        ordered += _soonest_first([*alike], shown)
    return ordered


def _soonest_first(items: list[Item], shown: set[str]) -> list[Item]:
    """`items`, those first that add most to what is `shown` for their requests; what they show is added to it."""
    left = {item.nodeid: claims_shown_by(item.nodeid, claims_of(item)) for item in items}
    prices = {name: max(cost_of(name).requests, _LEAST) for name in left}
    adding = _greedy(left, _WEIGHTS, shown, prices)
    shown.update(*left.values())
    place = {name: number for number, name in enumerate(adding)}
    return sorted(items, key=lambda item: place.get(item.nodeid, len(place)))


def by_coverage(
    tests: Mapping[str, Collection[str]], contact_price: float, edges: Edges = Edges.ALL
) -> tuple[str, ...]:
    """`tests`, by pytest id with what they claim, those first that show most musts, then most shoulds, for their cost.

    `contact_price` is how many requests a contact counts for, `edges` are those that the run tries. Tests that show
    nothing new keep their order, behind the others.
    """
    left, chosen, shown = {name: claims_shown_by(name, claims) for name, claims in tests.items()}, [], set[str]()
    costs = {name: cost_of(name, edges) for name in tests}
    prices = {name: max(cost.requests + contact_price * cost.contacts, _LEAST) for name, cost in costs.items()}
    for level in (Level.MUST, Level.SHOULD):
        for name in _greedy(left, {level: 1}, shown, prices):
            shown |= left.pop(name)
            chosen.append(name)
    return (*chosen, *left)


def claims_shown_by(nodeid: str, claims: Collection[str]) -> frozenset[str]:
    """What the test with this pytest id shows of what it claims.

    A derived requirement is shown by the test of its name alone, whoever else can see it broken.
    """
    return frozenset(rid for rid in claims if not catalogue()[rid].derived or f"[{rid}]" in nodeid)


def _greedy(
    left: Mapping[str, frozenset[str]], weights: Mapping[Level, int], shown: set[str], prices: Mapping[str, float]
) -> list[str]:
    """The tests of `left` that add something to what is `shown`, the cheapest for what they add first.

    `weights` say what a promise of each level counts for; others count for nothing.
    """
    known, found = set(shown), list[str]()

    def worth(name: str) -> float:
        return sum(weights.get(catalogue()[rid].level, 0) for rid in left[name] - known) / prices[name]

    heap = [(-worth(name), place, name) for place, name in enumerate(left)]
    heapq.heapify(heap)
    while heap:
        _, place, name = heapq.heappop(heap)
        now = -worth(name)  # what was shown meanwhile can only have made it less
        if not now:
            continue
        if heap and now > heap[0][0]:
            heapq.heappush(heap, (now, place, name))
            continue
        known |= left[name]
        found.append(name)
    return found
