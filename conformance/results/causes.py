"""Causes: which findings of a run have one cause, and which promise of them was broken most directly.

A *finding* is a requirement that was broken, or that could not be judged. A finding follows from a more direct one

- where it rests on that promise (`conformance.contract.rests_on`): its reply, its message or its chat was not there.
  Only a scenario's finding does, and only where its own calls have the kind of call, or the web socket, that showed
  the other, with a reply that is wrong in the same way: what one reply shows by itself rests on no other reply;
- where the very same exchange shows both, unless one of them is about a single part of the reply and the other is
  not about that part: a wrong time beside a wrong status is two things;
- where the same call got the same wrong answer, about the same member or in many places: an operation that refuses
  nothing breaks each of its limits, but two limits that are one off are two things;
- where both are about one mechanism of one operation, such as its ClientToken.

A finding that could not be judged follows also from what the same test saw broken, and from the promise that was not
kept where its test could not go on. Whatever follows from nothing is a cause. What is only inconclusive is none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Constraint, Direction, Level
from conformance.contract.rests_on import Basis, basis_of, mechanism_of, obstacles
from conformance.contract.wire import Exchange, Request, Response
from conformance.results.findings import (
    STATUS,
    TIMES,
    Finding,
    answer_of,
    call_of,
    facet_of,
    of_each_reply,
    part_of_reply,
    wrong_answer,
)

_PHASES = ("edge", "search", "scenario", "passive")  # how a violation was seen, the most direct first
_OF_ONE_CALL = frozenset({"edge", "search", "passive"})  # phases in which one request and its reply show all
_NO_BASIS = 1_000_000  # behind each place in the relation
_SETTING_UP = ("Start", "Create")  # operations that a scenario rests on even where another one has called them
_SOCKET, _OF_SOCKETS = "WebSocket", re.compile("socket|frame", re.IGNORECASE)
_FEW, _MANY = 3, 5  # an operation with one wrong answer in half of its facets is wrong as a whole: in so many at least
_GROUP = 3  # findings with one wrong answer: none of them is the others' cause
_PLAIN = "success"  # the facet of an operation's plain call
_OF_TIMES = re.compile("time|expir|order|lasts", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cause:
    """What was broken most directly, with the findings that follow from it, the broken ones first."""

    finding: Finding
    follows: tuple[Finding, ...]

    @property
    def members(self) -> tuple[Finding, ...]:
        """The finding itself and what follows from it."""
        return (self.finding, *self.follows)

    @property
    def alike(self) -> tuple[Finding, ...]:
        """Those of `members` that got the status which the finding itself got of its operation: a group of limits.

        Empty where these are fewer than three, or where the operation refused its plain call so: the rest follows then.
        """
        if facet_of(self.finding.requirement) == _PLAIN or not STATUS.match(self.finding.actual):
            return ()
        answer = wrong_answer(self.finding)
        found = tuple(one for one in self.members if one.broken and wrong_answer(one) == answer)
        return found if len(found) >= _GROUP else ()

    @property
    def level(self) -> Level:
        """The gravest level of what was broken: a cause of a must makes a run fail."""
        musts = any(found.broken and found.requirement.level is Level.MUST for found in self.members)
        return Level.MUST if musts else Level.SHOULD


def causes_of(findings: Iterable[Finding]) -> list[Cause]:
    """The causes of `findings`, which come in the catalogue's order: those of musts first, those of most first.

    Of causes with equally many findings the most direct comes first.
    """
    known = list(findings)
    broken = sorted((found for found in known if found.broken), key=_directness)
    heads = _heads(broken)
    following: defaultdict[str, list[Finding]] = defaultdict(list)
    for found in broken:
        if heads[found.id] != found.id:
            following[heads[found.id]].append(found)
    head_of = _Unjudged(broken)
    for found in known:
        if not found.broken and (direct := head_of(found)) is not None:
            following[heads[direct.id]].append(found)
    causes = [Cause(found, tuple(following[found.id])) for found in broken if heads[found.id] == found.id]
    return sorted(causes, key=lambda cause: (cause.level is not Level.MUST, -len(cause.follows)))


def _wrong_as_a_whole(broken: Iterable[Finding]) -> frozenset[Hashable]:
    """The wrong answers that an operation gave in many places, or to its plain call."""
    facets: defaultdict[Hashable, set[str]] = defaultdict(set)
    many: dict[Hashable, int] = {}
    for found in broken:
        answer = wrong_answer(found)
        facets[answer].add(facet_of(found.requirement))
        many[answer] = _many(found.requirement.operation)
    return frozenset(answer for answer, places in facets.items() if len(places) >= many[answer] or _PLAIN in places)


@cache
def _many(operation: str) -> int:
    """How many facets of `operation` are many: half of those that its requests have limits in, but 3 to 5."""
    limits = [known for known in catalogue().values() if known.operation == operation]
    facets = {facet_of(one) for one in limits if one.constraint and one.constraint.direction is Direction.INPUT}
    return max(_FEW, min(_MANY, -(-len(facets) // 2)))


def _directness(found: Finding) -> tuple[int, bool, int, int]:
    """Where `found` stands among others that break with it; the least is the most direct."""
    basis = basis_of(found.id)
    place = basis.place if basis else _NO_BASIS
    return place, found.requirement.level is not Level.MUST, _PHASES.index(found.phase), len(found.exchanges)


def _heads(broken: Sequence[Finding]) -> dict[str, str]:
    """For each of `broken`, the most direct first, the id of the finding that it follows from in the end."""
    heads: dict[str, str] = {}
    seen: dict[Hashable, Finding] = {}
    bases: list[tuple[Basis, Finding]] = []
    whole = _wrong_as_a_whole(broken)
    for found in broken:
        keys = list(_keys(found, whole))
        direct = next((other for key in keys if (other := seen.get(key))), None) or _carrier(found, bases)
        heads[found.id] = heads[direct.id] if direct else found.id
        for key in keys:
            seen.setdefault(key, found)
        if basis := basis_of(found.id):
            bases.append((basis, found))
    return heads


def _keys(found: Finding, whole: frozenset[Hashable]) -> Iterator[Hashable]:
    """What two findings with one cause have in common; `whole` are wrong answers that an operation gives in general."""
    if found.exchanges:
        yield call_of(found.exchanges[-1]), part_of_reply(found.requirement)
    yield of_each_reply(found)
    answer = wrong_answer(found)
    yield answer if answer in whole else (answer, facet_of(found.requirement))
    if mechanism := mechanism_of(found.requirement):
        yield mechanism


def _carrier(found: Finding, bases: Sequence[tuple[Basis, Finding]]) -> Finding | None:
    """The most basic broken promise that `found` rests on. What one call shows rests on nothing else."""
    if found.broken and found.phase in _OF_ONE_CALL:
        return None
    return next((other for basis, other in bases if basis.carries(found.id) and _meets(found, other)), None)


def _meets(found: Finding, basis: Finding) -> bool:
    """Whether the scenario of `found`, or the reason why it was not judged, comes to what `basis` broke."""
    text = f"{found.id} {found.requirement.statement} {found.expected}" if found.broken else found.actual
    limit = basis.requirement.constraint
    if limit is not None and limit.kind in TIMES and not _OF_TIMES.search(text):
        return False
    if not basis.exchanges or (not found.broken and (not found.exchanges or not _of_reply(limit))):
        return True
    if basis.requirement.operation == _SOCKET:
        return _OF_SOCKETS.search(text) is not None
    judged: str = basis.exchanges[-1]["operation"]
    if judged.startswith(_SETTING_UP):
        return True
    return any(exchange["operation"] == judged and _shows(exchange, _of_reply(limit)) for exchange in found.exchanges)


def _of_reply(limit: Constraint | None) -> Constraint | None:
    """`limit` where it is one of a member in each reply."""
    return limit if limit is not None and limit.direction is Direction.OUTPUT and limit.asked_by is None else None


def _shows(exchange: Mapping[str, Any], limit: Constraint | None) -> bool:
    """Whether a reply is wrong as `limit` says: of one member that is wrong once, only what saw that rests on it.

    True where that cannot be known: for what is no limit of each reply, and where no reply came or it was cut.
    """
    # Loads a library that a file of the working directory may hide; the command line itself does not need it.
    from conformance.checks.outputs import judge_output  # noqa: PLC0415

    response = exchange["response"]
    if limit is None or response is None or response["cut"]:
        return True
    reply = Response(response["status"], body=response["body"].encode())
    judged = judge_output(limit.operation.name, Exchange(Request(exchange["operation"], "", ""), reply))
    return reply.succeeded and any(rid == limit.id and violation is not None for rid, violation in judged)


class _Unjudged:
    """Finds the broken promise, of `broken`, that kept another from being judged."""

    def __init__(self, broken: Sequence[Finding]) -> None:
        self._bases = [(basis, found) for found in broken if (basis := basis_of(found.id))]
        self._by_id = {found.id: found for found in broken}
        whole = [found for found in broken if part_of_reply(found.requirement) is None]
        self._by_call = _first(whole, lambda found: (call_of(exchange) for exchange in found.exchanges[-1:]))
        self._by_answer = _first(whole, lambda found: (answer_of(exchange) for exchange in found.exchanges[-1:]))
        self._by_test = _first(whole, lambda found: found.tests)

    def __call__(self, found: Finding) -> Finding | None:
        """The finding that `found` follows from; None where it stands alone."""
        return next(filter(None, self._candidates(found)), None)

    def _candidates(self, found: Finding) -> Iterator[Finding | None]:
        yield self._by_id.get(obstacles().get(found.actual, ""))
        for exchange in found.exchanges[-1:]:
            yield self._by_call.get(call_of(exchange))
            yield self._by_answer.get(answer_of(exchange))
        yield _carrier(found, self._bases)
        yield from (self._by_test.get(test) for test in sorted(found.tests))


def _first(broken: Iterable[Finding], keys_of: Callable[[Finding], Iterable[Hashable]]) -> Mapping[Hashable, Finding]:
    """The most direct of `broken` for each of its keys."""
    found: dict[Hashable, Finding] = {}
    for one in broken:
        for key in keys_of(one):
            found.setdefault(key, one)
    return found
