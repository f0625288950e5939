"""Which tests a run makes and in which order, where it may not send all that they take, or pays for each request.

Such a run begins with the tests that show most for what they cost. It leaves out a test that its maxima leave no room
for. Where only the decisive edges are tried, it also leaves out a test whose promises others have shown, and one that
shows only a should for many requests.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.endpoint.budget import Budget
from conformance.engine.depth import Depth, Edges
from conformance.engine.verifier import NotVerified
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.scenario.markers import claims_of, running_order
from conformance.session.budget_order import best_order
from conformance.session.coverage_order import Cost, claims_shown_by, cost_of, is_dear
from conformance.session.options import Options
from conformance.session.pytest_ids import is_derived_test
from conformance.session.state import OPTIONS, RUN, SCRIPT_RUN
from connect_conformance_pytest.activation import PACKAGE

KEPT_BACK = 2  # contacts, for when the chat that is shared by many tests has to be replaced
_NOTHING = Cost(0, 0)
_SHOWN = (Outcome.KEPT, Outcome.BROKEN)


def has_to_choose(options: Options) -> bool:
    """Whether a run with `options` may not send all that its tests take, or pays for each request."""
    limited = options["--max-requests"] or options["--max-contacts"]
    return bool(limited) or options.depth.edges is not Edges.ALL


@dataclass(frozen=True, slots=True)
class Later:
    """Tests that run after all others and are worth it, and what is kept of the maxima for them."""

    tests: frozenset[str] = frozenset()
    cost: Cost = _NOTHING


@dataclass(slots=True)
class LeftOutTests:
    """Says of each test, before it is run, whether this run leaves it out. `shown` are the promises shown so far.

    Where the `depth` does not try all edges, tests that show no new promise, or too little for their cost, are left out
    too. `asked` says that the requirements of the run were named. What is kept for `later` tests, no other test may
    spend.
    """

    recorder: Recorder
    budget: Budget
    depth: Depth
    asked: bool
    later: Later = field(default_factory=Later)
    shown: set[str] = field(default_factory=set)

    @contextmanager
    def running(self, nodeid: str, claims: Collection[str]) -> Iterator[None]:
        """The test with this pytest id is run inside. Raises NotVerified, as `check` does, where it is left out."""
        self.check(nodeid, claims)
        try:
            yield
        finally:
            self.end(claims)

    def check(self, nodeid: str, claims: Collection[str]) -> None:
        """Raise NotVerified, and write down why, where the test with this pytest id is left out."""
        if self.depth.edges is not Edges.ALL:
            self._check_worth(nodeid, claims)
        cost = cost_of(nodeid, self.depth.edges)
        kept = _NOTHING if nodeid in self.later.tests else self.later.cost
        requests, contacts = round(cost.requests + kept.requests), round(cost.contacts)
        if not self.budget.allows(requests, round(contacts + kept.contacts) + KEPT_BACK if contacts else 0):
            option = "--max-contacts" if self.budget.allows(requests, 0) else "--max-requests"
            self._leave_out(nodeid, claims, Outcome.INCONCLUSIVE, f"left out: it takes more than {option} leaves")

    def end(self, claims: Collection[str]) -> None:
        """Note what a test with these `claims`, which was run, has shown."""
        records = self.recorder.records
        self.shown.update(rid for rid in claims if any(records[rid].outcomes[outcome] for outcome in _SHOWN))

    def _check_worth(self, nodeid: str, claims: Collection[str]) -> None:
        promises = {rid for rid in claims if catalogue()[rid].level is not Level.RECORD}
        new = promises - self.shown
        if is_derived_test(nodeid) if promises else self.asked:
            return
        if not new:
            reason = "left out at this depth: it shows no promise that is not shown"
            self._leave_out(nodeid, claims, Outcome.UNTESTED, reason)
        if not self.asked and is_dear(nodeid, new, self.depth):
            reason = "left out at this depth: no must, and a should for more requests than are spent on one"
            self._leave_out(nodeid, claims, Outcome.UNTESTED, reason)

    def _leave_out(self, nodeid: str, claims: Collection[str], outcome: Outcome, reason: str) -> None:
        """Record `reason` for what is not shown yet and this test would show. Raises NotVerified."""
        for requirement in sorted(claims_shown_by(nodeid, claims) - self.shown):
            self.recorder.note(requirement, outcome, reason, "scenario")
        raise NotVerified(outcome, reason)


_LEFT_OUT = pytest.StashKey[LeftOutTests]()
_LATER = pytest.StashKey[Later]()


def left_out_tests(config: pytest.Config) -> LeftOutTests | None:
    """What the run of this pytest session leaves out; None where it runs all of its tests."""
    run = config.stash.get(RUN, None)
    if run is None or not has_to_choose(run.options):
        return None
    recorder, budget = run.verifier.recorder, run.endpoint.target.budget
    depth, asked = run.options.depth, bool(run.options["--requirement"])
    return config.stash.setdefault(
        _LEFT_OUT, LeftOutTests(recorder, budget, depth, asked, config.stash.get(_LATER, Later()))
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what shows most for its cost, where a run has to choose; what must come last stays last.

    A run that may send less than its tests take tries one edge of each promise.
    """
    options = config.stash.get(OPTIONS, None)
    if options is None or not has_to_choose(options):
        return
    ours = {item.nodeid: item for item in items if item.path.is_relative_to(PACKAGE)}
    allowed = options["--max-requests"]
    if allowed is not None and allowed < sum(cost_of(nodeid).requests for nodeid in ours):
        options = replace(options, depth=replace(options.depth, edges=Edges.ONE, examples=0))
        config.stash[OPTIONS] = options
    maxima = _maxima(options)
    order = best_order({nodeid: claims_of(item) for nodeid, item in ours.items()}, maxima, options.depth.edges)
    config.stash[_LATER] = _later(order, {n for n in ours if _comes_last(ours[n])}, maxima, options.depth.edges)
    others = [item for item in items if item.nodeid not in ours]
    ordered = sorted((ours[nodeid] for nodeid in order), key=lambda item: running_order(item)[:2])
    items[:] = [*others, *ordered]


def _comes_last(item: pytest.Item) -> bool:
    return any(running_order(item)[:2])


def _maxima(options: Options) -> Cost:
    return Cost(*(options[name] or math.inf for name in ("--max-requests", "--max-contacts")))


def _later(order: Iterable[str], last: Collection[str], maxima: Cost, edges: Edges) -> Later:
    """Those of the tests that come `last` that the `maxima` would leave room for if all were run in their `order`."""
    requests, contacts = maxima.requests, maxima.contacts
    chosen = list[str]()
    for nodeid in order:
        cost = cost_of(nodeid, edges)
        requests, contacts = requests - cost.requests, contacts - cost.contacts
        if min(requests, contacts) < 0:
            break
        if nodeid in last:
            chosen.append(nodeid)
    costs = [cost_of(nodeid, edges) for nodeid in chosen]
    return Later(frozenset(chosen), Cost(sum(c.requests for c in costs), sum(c.contacts for c in costs)))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Run no test that the run leaves out. A test in flight was run, or left out, before."""
    left_out = left_out_tests(pyfuncitem.config)
    if left_out is None or SCRIPT_RUN in pyfuncitem.stash:
        return (yield)
    with left_out.running(pyfuncitem.nodeid, claims_of(pyfuncitem)):
        return (yield)
