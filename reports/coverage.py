"""How much of each operation was seen: its musts by what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.verdicts import Verdict

_SEEN = {Verdict.PASS: "kept", Verdict.FAIL: "broken", Verdict.EXPECTED_DEVIATION: "broken"}
_APART = frozenset({Verdict.NOT_APPLICABLE})


def coverage_of(requirements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The musts of each operation or topic, counted: `kept`, `broken`, `unseen`, of `all` that apply.

    Those with something broken come first, then those with most unseen.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for requirement in requirements:
        if requirement["level"] == Level.MUST and requirement["verdict"] not in _APART:
            counts[requirement["operation"]][_SEEN.get(requirement["verdict"], "unseen")] += 1
    rows = [
        {"operation": name, "all": found.total(), **{kind: found[kind] for kind in ("kept", "broken", "unseen")}}
        for name, found in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row["broken"], -row["unseen"]))
