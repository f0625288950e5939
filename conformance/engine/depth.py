"""The depth of a run: how many drawn examples follow each deterministic edge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Depth:
    """`examples` are drawn for each searchable requirement; `shrinking` requests are spent to make a find smaller.

    `combines` says that accepted edges are sent together: what only one of them alone would show is left to the others.
    """

    name: str
    examples: int
    shrinking: int
    repetitions: int
    combines: bool = True


DEPTHS = {
    depth.name: depth
    for depth in (
        Depth("smoke", examples=0, shrinking=0, repetitions=2),
        Depth("default", examples=8, shrinking=60, repetitions=2),
        Depth("nightly", examples=100, shrinking=200, repetitions=4, combines=False),
        Depth("aws", examples=3, shrinking=20, repetitions=1),
    )
}
