"""The order of tests in which a run shows most musts within its maxima.

The order depends on how many requests a contact counts for. Where contacts would run out first, that number has to
be large; where requests would, small. So several numbers are tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.engine.depth import Edges
from conformance.session.coverage_order import Cost, by_coverage, claims_shown_by, cost_of

USUAL_PRICE = 10  # requests that a contact counts for where nothing says how many of both there may be
_PRICES = (USUAL_PRICE, 3, 30, 1, 100)


def best_order(tests: Mapping[str, Collection[str]], maxima: Cost, edges: Edges) -> tuple[str, ...]:
    """`tests`, by pytest id with what they claim, in the order that shows most musts within `maxima`.

    `edges` are those that the run tries.
    """
    orders = [by_coverage(tests, price, edges) for price in _PRICES]
    return max(orders, key=lambda order: musts_within(order, tests, maxima, edges))


def musts_within(order: Iterable[str], tests: Mapping[str, Collection[str]], maxima: Cost, edges: Edges) -> int:
    """How many musts are shown where `tests` are run in their `order`, those alone that `maxima` leave room for."""
    requests, contacts, shown = maxima.requests, maxima.contacts, set[str]()
    for name in order:
        cost = cost_of(name, edges)
        if cost.requests <= requests and cost.contacts <= contacts:
            requests, contacts = requests - cost.requests, contacts - cost.contacts
            shown |= claims_shown_by(name, tests[name])
    return sum(catalogue()[requirement].level is Level.MUST for requirement in shown)
