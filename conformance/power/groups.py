"""Faults that are judged together by the whole suite, because none of them disturbs another.

A fault of the limits of an input shows only to requests that are about that very limit: forty of them in one endpoint
turn red what each of them turns red alone, in the time of one run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from conformance.reference.faults_kit.fault import Fault

TOGETHER = 40  # faults in one endpoint
INERT = frozenset({"derived-limits", "derived-members"})


def grouped(faults: Iterable[Fault]) -> Iterator[tuple[Fault, ...]]:
    """Every fault in just one group: alone, or with others none of which is about the same member."""
    inert: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        if fault.subject in INERT and "*" not in fault.may:
            inert[_member(fault)].append(fault)
        else:
            yield (fault,)
    for layer in zip_longest(*inert.values()):
        found = [fault for fault in layer if fault is not None]
        yield from (tuple(found[i : i + TOGETHER]) for i in range(0, len(found), TOGETHER))


def _member(fault: Fault) -> str:
    """The operation and member that a fault is about: its name without the limit and the variant."""
    return fault.name.rsplit(".", 2)[0]
