"""Findings: requirements that were broken or could not be judged, and what two of them may have in common."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from conformance.contract.requirements import ConstraintKind, Direction, Requirement

_OF_EACH_OPERATION = ("success.", "reply.", "error.", "request.", "robustness.")  # families that each operation has
STATUS = re.compile(r"\d{3}\b")
_CHANGING = re.compile(r"[0-9a-fA-F-]{32,}|\d{4,}")  # ids, and numbers that are other ones each time
_SENTENCE = 3  # words
_REFUSED = 300  # statuses from here on
_REQUEST_ID = "reply.request-id"
_DIGIT = re.compile(r"\d")
TIMES = (ConstraintKind.TIME, ConstraintKind.TIME_FRACTION)


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that was broken (`broken`) or could not be judged, as far as its cause needs it.

    `expected` and `actual` are those of its violation; of one that was not judged, `actual` is the reason. `exchanges`
    are as in a ledger: those of the violation, or the one that kept it from being judged. `tests` are those in which it
    was seen broken, or not judged.
    """

    requirement: Requirement
    expected: str
    actual: str
    phase: str
    tests: frozenset[str] = frozenset()
    exchanges: Sequence[Mapping[str, Any]] = ()
    _: KW_ONLY
    broken: bool

    @property
    def id(self) -> str:
        """The requirement's id."""
        return self.requirement.id


def failure_kind(found: Finding) -> Hashable:
    """Equal for two violations in which the same call got the same wrong answer.

    What is true of each reply is one thing for all operations: a missing request id is not 20 causes.
    """
    each = of_each_reply(found)
    return wrong_answer(found) if each == (found.id,) else each


def of_each_reply(found: Finding) -> Hashable:
    """Equal for violations of what is promised of each reply, and of times, that look alike; else the id alone."""
    family, limit = found.requirement.family, found.requirement.constraint
    if limit is not None and limit.kind in TIMES:
        return family, _DIGIT.sub("0", found.actual)
    if found.requirement.derived and family.startswith(_OF_EACH_OPERATION):
        return family, found.expected, found.actual
    return (found.id,)


def wrong_answer(found: Finding) -> Hashable:
    """The call with its answer where that is a status or a sentence; a value alone may be equal by chance."""
    text = _CHANGING.sub("", found.actual)
    if found.exchanges and (STATUS.match(text) or len(text.split()) >= _SENTENCE):
        return found.requirement.operation, found.exchanges[-1]["operation"], text
    return (found.id,)


def part_of_reply(requirement: Requirement) -> str | None:
    """The part of a reply that `requirement` is about alone, such as a member's dotted path; None for the whole."""
    limit = requirement.constraint
    if limit is not None and limit.direction is Direction.OUTPUT:
        return limit.member.dotted
    return requirement.family if requirement.family == _REQUEST_ID else None


def facet_of(requirement: Requirement) -> str:
    """What `requirement` is about in its operation: a member of the request, or the word that its id has there."""
    return requirement.id.split(".")[1]


def call_of(exchange: Mapping[str, Any]) -> Hashable:
    """Equal for one call alone, also where several findings show it."""
    request = exchange["request"]
    return exchange["operation"], exchange["started"], request["path"], request["body"]


def answer_of(exchange: Mapping[str, Any]) -> Hashable:
    """The operation with its refusal, the same for each call that is refused alike. A success is like no other."""
    response = exchange["response"]
    if response is None or response["status"] < _REFUSED:
        return call_of(exchange)
    return exchange["operation"], response["status"]
