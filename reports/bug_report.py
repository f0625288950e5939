"""A violation as Markdown, to be pasted into a bug report: what was promised, what came, versions, calls, a script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.model_files import page_of
from reports.evidence import CALLS_SHOWN, SpaceBudget
from reports.reproduction import violation_in
from reports.safe_text import safe_text

ROOM = SpaceBudget(share=24_000)


def bug_report(report: Mapping[str, Any], requirement: str) -> str:
    """The bug report for the violation of `requirement` in `report`, a value as compliance.json holds it.

    It holds no secret: the ledger, which the report was made from, has none. Raises NotBroken where there is none.
    """
    violation = violation_in(report, requirement)
    (entry,) = (entry for entry in report["requirements"] if entry["id"] == requirement)
    parts = (*_head(entry), *_sentences(entry, violation), _versions(report), *_calls(violation), *_script(violation))
    return "\n\n".join(parts) + "\n"


def _head(entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {entry['statement']}"
    address = page_of(entry["operation"])
    page = f"; [{entry['operation']}]({address})" if address else ""
    yield f"`{entry['id']}`, a {entry['level']} from {entry['source']}, {entry['locator']}{page}"


def _sentences(entry: Mapping[str, Any], violation: Mapping[str, Any]) -> Iterator[str]:
    yield f"**Expected**\n\n{fence(violation['expected'])}"
    yield f"**Actual**\n\n{fence(violation['actual'])}"
    if again := violation["reproduced"]:
        yield f"Seen again {again['times']} of {again['of']} times."
    if marks := violation["marks"]:
        yield f"Seen {', '.join(marks)}."
    if entry["level"] != "must":
        yield "A broken should is a warning, no failure."


def _versions(report: Mapping[str, Any]) -> str:
    environment = report["environment"]
    versions = ", ".join(f"{name} {version}" for name, version in environment["versions"].items())
    models = ", ".join(f"{one['service']} {one['api_version']}" for one in report["sources"]["models"])
    facts = {"Run": environment["started"], "Versions": versions, "Models": models, "Depth": report["depth"]}
    return "\n".join(f"- {name}: {value or 'unknown'}" for name, value in facts.items())


def _calls(violation: Mapping[str, Any]) -> Iterator[str]:
    calls = ROOM.calls(violation)
    left = violation["exchanges_left_out"] + len(violation["exchanges"]) - len(calls)
    yield "**Calls**" + (f" (the last {CALLS_SHOWN} and what decides, {left:,} left out)" if left > 0 else "")
    for call in calls:
        reply = call["response"] or call["failure"] or "[no reply]"
        title = f"{call['number']}. {call['operation']}: {call['status'] or 'no answer'}"
        yield f"<details><summary>{title}</summary>\n\n{fence(call['request'])}\n\n{fence(reply)}\n\n</details>"


def _script(violation: Mapping[str, Any]) -> Sequence[str]:
    if not violation["python"]:
        return ()
    script = fence(violation["python"], "python")
    title = "**A script** that ends with 1 while it is broken"
    return (f"{title}\n\n<details><summary>Python</summary>\n\n{script}\n\n</details>",)


def fence(text: str, language: str = "") -> str:
    """`text` as a block of code that nothing in it can end."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{safe_text(text)}\n{fence}"
