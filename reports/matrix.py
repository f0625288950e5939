"""The matrix of the report: operations down, kinds of promises across, the worst verdict in each cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.results.verdicts import Verdict

OTHER_RULES = "Other rules"
PROSE_COLUMNS = 6  # facets of prose rules with a column of their own

_MODEL_AREAS = {
    "required": "Required",
    "type": "Type",
    "null": "Null",
    "length-min": "Length",
    "length-max": "Length",
    "range-min": "Range",
    "range-max": "Range",
    "enum": "Enumeration",
    "pattern": "Pattern",
    "size-min": "Size",
    "size-max": "Size",
    "unknown-member": "Unknown members",
    "output present": "Reply: present",
    "output type": "Reply: type",
    "output time": "Reply: times",
    "output time-fraction": "Reply: times",
}
_FAMILY_AREAS = {
    "success": "Success",
    "reply": "Every reply",
    "error": "Errors",
    "refusal": "Refusals",
    "request": "Request form",
    "robustness": "Robustness",
}
_ORDER = tuple(dict.fromkeys((*_MODEL_AREAS.values(), "Reply: limits", *_FAMILY_AREAS.values())))
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
    """The matrix of the `requirements` of a report. `area_of` gives the column of each requirement id."""
    common = _common_facets(requirements)
    areas = {requirement["id"]: _area(requirement, common) for requirement in requirements}
    named = set(areas.values())
    columns = tuple(area for area in (*_ORDER, *common, OTHER_RULES) if area in named)
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for requirement in requirements:
        counts[requirement["operation"]][areas[requirement["id"]]][requirement["verdict"]] += 1
    return Matrix(
        columns,
        {operation: tuple(_cell(row.get(area)) for area in columns) for operation, row in counts.items()},
        {rid: columns.index(area) for rid, area in areas.items()},
    )


def _cell(counts: Counter[str] | None) -> Cell | None:
    return Cell(counts, worst_of(counts)) if counts else None


def worst_of(counts: Mapping[str, int]) -> str:
    """The gravest verdict word of `counts`."""
    return max(counts, key=_SEVERITY.__getitem__)


def _common_facets(requirements: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The facets of prose rules that several operations share, most shared first."""
    operations: defaultdict[str, set[str]] = defaultdict(set)
    for requirement in requirements:
        if not requirement["derived"]:
            operations[requirement["family"]].add(requirement["operation"])
    shared = sorted((facet for facet in operations if len(operations[facet]) > 1), key=lambda f: -len(operations[f]))
    return tuple(shared[:PROSE_COLUMNS])


def _area(requirement: Mapping[str, Any], common: Sequence[str]) -> str:
    family: str = requirement["family"]
    if not requirement["derived"]:
        return family if family in common else OTHER_RULES
    if family in _MODEL_AREAS:
        return _MODEL_AREAS[family]
    if family.startswith("output "):
        return "Reply: limits"
    return _FAMILY_AREAS.get(family.partition(".")[0], OTHER_RULES)
