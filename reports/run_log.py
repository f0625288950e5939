"""Cells and evidence for the run log of pytest-html, from plain values. They go into its page as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import escape

from reports.evidence import SpaceBudget
from reports.rendering import environment
from reports.safe_text import safe_text
from reports.words import in_words

IDS_SHOWN = 12
INTRODUCTION = (
    "<p>These are the single tests. The verdict, and what the endpoint does for each requirement, stands in "
    '<a href="compliance.html">compliance.html</a>.</p>'
)
STYLE = Path(__file__).with_name("templates") / "run_log.css"
# The log has hundreds of rows and is read beside compliance.html, which shows more.
ROOM = SpaceBudget(share=3_000)


def requirement_cell(ids: Sequence[str]) -> str:
    """The cell with the requirements of a test, each a link into compliance.html, the first twelve of many."""
    links = [f'<a href="compliance.html#{quote(rid)}">{escape(safe_text(rid))}</a>' for rid in ids[:IDS_SHOWN]]
    if len(ids) > IDS_SHOWN:
        links.append(f"and {len(ids) - IDS_SHOWN} more")
    return f'<td class="col-requirements">{"<br>".join(links)}</td>'


def sentence(broken: Mapping[str, Any]) -> str:
    """The violation in one line, for a terminal: `broken` as `evidence` takes it."""
    sentences = _sentences(broken)
    return f"{broken['requirement']}: expected {sentences['expected']}; got {sentences['actual']}"


def _sentences(broken: Mapping[str, Any]) -> dict[str, str]:
    """What was expected and what came, in words."""
    return {name: in_words(broken[name] or "", broken["exchanges"]) for name in ("expected", "actual")}


def evidence(broken: Mapping[str, Any]) -> str:
    """What a row shows of a violation: expected, actual, the calls that led to it, the judged one with its reply.

    `broken` is an observation's entry in the ledger, so it holds no secret; whatever the endpoint said in it is
    escaped and cut with a note.
    """
    *before, _ = steps = [_step(exchange) for exchange in broken["exchanges"]] or [""]
    judged = ROOM.calls({**broken, "exchanges": broken["exchanges"][-1:], "exchanges_left_out": len(steps) - 1})
    template = environment().get_template("run_log.html.j2")
    return template.render(broken={**broken, **_sentences(broken)}, before=_in_a_row(before), judged=judged, room=ROOM)


def _step(exchange: Mapping[str, Any]) -> str:
    response = exchange["response"]
    return f"{exchange['operation']} → {response['status'] if response else 'no answer'}"


def _in_a_row(steps: Iterable[str]) -> list[str]:
    """`steps` with equal ones that follow each other named once, and how many they are."""
    rows = ((step, len(list(equal))) for step, equal in groupby(steps))
    return [step if number == 1 else f"{step} ({number} times)" for step, number in rows]
