"""What each test of the suite costs: `python -m tests.benchmarks.cost_table` writes conformance/session/costs.json.

The suite is played at smoke depth against the embedded reference endpoint. A row is the mean of what its
tests send and of the contacts that they open.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from conformance.session import coverage_order
from tests.benchmarks.traffic import traffic

PLACE = Path(coverage_order.__file__).with_name("costs.json")


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


def main() -> None:
    """Measure and write."""
    lines = (f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows(traffic("smoke")).items())
    PLACE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
