"""The depth of a run: how many drawn examples follow each deterministic edge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Depth:
    """`examples` are drawn for each searchable requirement; `shrinking` requests are spent to make a find smaller."""

    name: str
    examples: int
    shrinking: int
    repetitions: int


DEPTHS = {
    depth.name: depth
    for depth in (
        Depth("smoke", examples=0, shrinking=0, repetitions=2),
        Depth("default", examples=8, shrinking=60, repetitions=2),
        Depth("nightly", examples=100, shrinking=200, repetitions=4),
        Depth("aws", examples=3, shrinking=20, repetitions=1),
    )
}
