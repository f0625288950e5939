"""What each test of the suite costs: `python -m tests.benchmarks.cost_table` writes conformance/session/costs.json.

The suite is played twice at smoke depth against the embedded reference endpoint: once as it is, and once within a
maximum just too small for that, so that one edge of each promise is tried. A row is the mean of what its tests send and
of the contacts that they open.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from conformance.engine.depth import Edges
from conformance.session import coverage_order
from conformance.session.pytest_ids import is_derived_test
from tests.benchmarks.traffic import traffic

PLACE = Path(coverage_order.__file__).with_name("costs.json")
_LITTLE = 0.95  # of what a run sends that tries all edges


def rows(by_test: Mapping[str, Mapping[str, int]]) -> dict[str, list[float]]:
    """Requests and contacts by row, the mean of its tests."""
    spent, tests = defaultdict[str, Counter[str]](Counter), Counter[str]()
    for nodeid, counts in by_test.items():
        if "::" not in nodeid:
            continue  # what is sent before the first test
        name = coverage_order.row_of(nodeid)
        tests[name] += 1
        spent[name].update(counts)
    shown = ("requests", "contacts")
    return {name: [round(sent[c] / tests[name], 1) for c in shown] for name, sent in sorted(spent.items())}


def one_edge_of_each(everything: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """What tests send in a run within a maximum too small for `everything`; of scenarios only those that were run."""
    most = int(_LITTLE * sum(counts["requests"] for counts in everything.values()))
    sent = traffic("smoke", f"--max-requests={most}", "--allow-incomplete")
    return {n: counts for n, counts in sent.items() if is_derived_test(n) or counts["requests"]}


def main() -> None:
    """Measure and write."""
    everything = traffic("smoke")
    tables = {Edges.ALL: rows(everything), Edges.ONE: rows(one_edge_of_each(everything))}
    of_each = ",\n".join(f"  {json.dumps(edges)}: {_lines(table)}" for edges, table in tables.items())
    PLACE.write_text(f"{{\n{of_each}\n}}\n", encoding="utf-8")


def _lines(table: Mapping[str, list[float]]) -> str:
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in table.items())
    return f"{{\n{lines}\n  }}"


if __name__ == "__main__":
    main()
