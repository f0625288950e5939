"""Starts that carry several members at once, each of which an endpoint accepts by itself.

One start shows that all of them are accepted. What becomes of a member afterwards is looked at for that member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.checks.violation import Inconclusive
from conformance.contract.wire import Exchange
from conformance.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Part:
    """Members of a start, in words, and the requirement by which an endpoint accepts them."""

    requirement: str
    words: str
    members: Mapping[str, Any]


def side_by_side(*columns: Iterable[Sequence[Part]]) -> Iterator[list[Part]]:
    """The parts of each start: the first of all columns, then the second of all, until the longest column ends."""
    for row in zip_longest(*columns, fillvalue=()):
        yield [part for parts in row for part in parts]


def start_with(scenario: Scenario, valid: str, parts: Sequence[Part]) -> Exchange:
    """Start a contact with all `parts`, and claim of each that it is accepted. The call with all of them.

    `valid` is the requirement that its operation accepts a valid request. Where the endpoint refuses all together, or
    closes the connection, each part is sent and judged alone. Where it accepts each alone, that breaks `valid`.
    """
    name = valid.partition(".")[0]
    whole = scenario.start(name, **_merge(parts))
    several = len(parts) > 1
    apart = several and _is_refused(whole)
    answers = [scenario.start(name, **part.members) if apart else whole for part in parts]
    for part, answer in zip(parts, answers, strict=True):
        with scenario.claim(part.requirement) as claim:
            claim.success(answer, f"{name} with {part.words}")
    if several and not (apart and any(not _is_accepted(answer) for answer in answers)):
        with scenario.claim(valid) as claim:
            claim.success(whole, f"{name} with {', '.join(part.words for part in parts)}")
    return whole


def _is_refused(start: Exchange) -> bool:
    """Whether what was sent may be the reason that no contact began: neither the line nor a throttle was."""
    try:
        return not judged_reply(start).succeeded
    except Inconclusive:
        return start.dropped


def _is_accepted(start: Exchange) -> bool:
    return start.response is not None and start.response.succeeded


def _merge(parts: Sequence[Part]) -> dict[str, Any]:
    """The members of all parts; maps under one name have the entries of each."""
    merged: dict[str, Any] = {}
    for part in parts:
        for name, value in part.members.items():
            held = merged.get(name)
            merged[name] = {**held, **value} if isinstance(held, dict) and isinstance(value, Mapping) else value
    return merged
