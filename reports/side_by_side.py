"""Several runs by operation: what each endpoint keeps of what an operation promises, in one table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.verdicts import Verdict
from reports.matrix import worst_of

_BROKEN = (Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.EXPECTED_DEVIATION)
_LEFT_OUT = (Verdict.UNTESTED, Verdict.NOT_APPLICABLE)
Report = Mapping[str, Any]


def by_operation(runs: Sequence[Report]) -> list[dict[str, Any]]:
    """A row for each operation or topic that has musts, with a cell for each of `runs`.

    A cell says how many `musts` apply and can be tested with the options given, how many of them were `kept` and
    `broken`, how many others were `left_out`, and the gravest `verdict`; it is None where none was in scope.
    """
    counts = [_counts(run["requirements"]) for run in runs]
    names = dict.fromkeys(name for found in counts for name in found)
    return [{"operation": name, "cells": [_cell(found.get(name)) for found in counts]} for name in names]


def _counts(requirements: Iterable[Mapping[str, Any]]) -> Mapping[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for requirement in requirements:
        if requirement["level"] == Level.MUST:
            found[requirement["operation"]][requirement["verdict"]] += 1
    return found


def _cell(counts: Counter[str] | None) -> dict[str, Any] | None:
    if not counts:
        return None
    return {
        "verdict": worst_of(counts),
        "musts": counts.total() - (left_out := sum(counts[verdict] for verdict in _LEFT_OUT)),
        "left_out": left_out,
        "kept": counts[Verdict.PASS],
        "broken": sum(counts[verdict] for verdict in _BROKEN),
    }


def cell_text(cell: Mapping[str, Any] | None) -> str:
    """What a table says of `cell`."""
    if cell is None:
        return "not in scope"
    if not cell["musts"]:
        return f"{cell['left_out']:,} left out"
    broken = [f"{cell['broken']:,} broken"] if cell["broken"] else []
    left_out = [f"{cell['left_out']:,} left out"] if cell["left_out"] else []
    return ", ".join([*broken, f"{cell['kept']:,} of {cell['musts']:,} kept", *left_out])
