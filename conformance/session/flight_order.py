"""The order in which tests in flight begin: those whose turns take long first, then long ones before short ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from conformance.session.coverage_order import cost_of
from conformance.session.in_flight.script import Script
from conformance.session.pytest_ids import is_derived_test

Key = TypeVar("Key")


def in_flight_order(scripts: Mapping[Key, Script]) -> dict[Key, Script]:
    """`scripts` in the order to begin them in, where what comes of them may be taken in another one.

    Tests that take turns follow one another, so that they begin at once and the others go on beside them. Then come the
    tests made from the catalogue, which soon show a broken endpoint, and the written ones, the longest first: a long
    one that begins last has nothing beside it. What runs alone comes at the end.

    Tests made from the catalogue look at the same calls of their operation, which the first of them makes. So those
    that begin at once are of different operations.
    """
    seen, places = Counter[str](), {}
    for key, script in scripts.items():
        places[key] = _place(script, seen[_operation_of(script)])
        seen[_operation_of(script)] += 1
    return {key: scripts[key] for key in sorted(scripts, key=places.__getitem__)}


def _operation_of(script: Script) -> str:
    """What a test made from the catalogue is about, nothing for a written one."""
    return script.name.partition("[")[2].partition(".")[0] if is_derived_test(script.name) else ""


def _place(script: Script, before: int) -> tuple[bool, bool, int, bool, float]:
    """What runs alone keeps its order, as do tests of one turn; `before` are those of the same operation."""
    if script.alone or script.turn:
        return script.alone, False, script.turn, False, 0
    derived = is_derived_test(script.name)
    return False, True, 0, not derived, before if derived else -cost_of(script.name).requests
