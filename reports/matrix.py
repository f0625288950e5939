"""The matrix of the report: operations down, kinds of promises across, the worst verdict in each cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.results.verdicts import Verdict

OTHER_RULES = "Own rules"

# The column of each family of promises. One name stands for one thing, and all columns fit a screen.
_AREAS = {
    "required": "Required",
    "type": "Type",
    "null": "Type",
    "length-min": "Limits",
    "length-max": "Limits",
    "range-min": "Limits",
    "range-max": "Limits",
    "enum": "Limits",
    "pattern": "Limits",
    "size-min": "Limits",
    "size-max": "Limits",
    "unknown-member": "Request form",
    "request": "Request form",
    "success": "Success",
    "reply": "Reply",
    "error": "Errors",
    "refusal": "Errors",
    "robustness": "Robustness",
    "bearer": "Tokens",
    "signature": "Signature",
    "ClientToken": "ClientToken",
    "throttling": "Throttling",
}
_ORDER = (*dict.fromkeys(_AREAS.values()), OTHER_RULES)
_BROKEN = frozenset({Verdict.ERROR, Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.WARNING})
_SEVERITY = {verdict.value: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Cell:
    """The requirements of one operation in one area: `counts` by verdict, `worst` of them."""

    counts: Mapping[str, int]
    worst: str

    @property
    def total(self) -> int:
        """How many requirements stand behind the cell."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Matrix:
    """`areas` are the columns; a row has a cell, or None, for each of them."""

    areas: tuple[str, ...]
    rows: Mapping[str, tuple[Cell | None, ...]]
    area_of: Mapping[str, int]


def matrix_of(requirements: Sequence[Mapping[str, Any]]) -> Matrix:
    """The matrix of the `requirements` of a report, the gravest rows first.

    `area_of` gives the column of each requirement id.
    """
    areas = {requirement["id"]: _area(requirement) for requirement in requirements}
    columns = tuple(area for area in _ORDER if area in set(areas.values()))
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for requirement in requirements:
        counts[requirement["operation"]][areas[requirement["id"]]][requirement["verdict"]] += 1
    rows = sorted(counts.items(), key=lambda row: -max(_gravity(cell) for cell in row[1].values()))
    return Matrix(
        columns,
        {operation: tuple(_cell(row.get(area)) for area in columns) for operation, row in rows},
        {rid: columns.index(area) for rid, area in areas.items()},
    )


def _gravity(counts: Mapping[str, int]) -> int:
    """How grave a cell is, as far as its row moves up for it: only what is broken does."""
    worst = worst_of(counts)
    return _SEVERITY[worst] if worst in _BROKEN else 0


def _cell(counts: Counter[str] | None) -> Cell | None:
    return Cell(counts, worst_of(counts)) if counts else None


def worst_of(counts: Mapping[str, int]) -> str:
    """The gravest verdict word of `counts`."""
    return max(counts, key=_SEVERITY.__getitem__)


def _area(requirement: Mapping[str, Any]) -> str:
    family: str = requirement["family"]
    if family.startswith("output "):
        return "Reply"
    return _AREAS.get(family) or _AREAS.get(family.partition(".")[0], OTHER_RULES)
