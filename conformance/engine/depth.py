"""The depth of a run: how many drawn examples follow each deterministic edge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Edges(StrEnum):
    """How many of the fixed edges of a promise are tried: all, those that show most, or one in each direction."""

    ALL = "all"
    DECISIVE = "decisive"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Depth:
    """`examples` are drawn for each searchable requirement; `shrinking` requests are spent to make a find smaller.

    `combines` says that accepted edges are sent together: what only one of them alone would show is left to the others.
    Where `edges` are not all tried, each request costs: a promise that one test has shown is not shown again.
    `dearest` is how many requests may be sent for a should by a test that shows no must; None for any number.
    """

    name: str
    examples: int
    shrinking: int
    repetitions: int
    combines: bool = True
    edges: Edges = Edges.ALL
    dearest: float | None = None


DEPTHS = {
    depth.name: depth
    for depth in (
        Depth("smoke", examples=0, shrinking=0, repetitions=2),
        Depth("default", examples=8, shrinking=60, repetitions=2),
        Depth("nightly", examples=100, shrinking=200, repetitions=4, combines=False),
        Depth("aws", examples=0, shrinking=0, repetitions=1, edges=Edges.DECISIVE, dearest=9),
    )
}
