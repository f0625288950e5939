"""A comparison as Markdown, for the summary of a CI job or a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.results.verdicts import Verdict
from reports.cause_entries import beside, failing, of_warnings, title
from reports.comparison import heading, title_of
from reports.judgement import quantity
from reports.markdown_text import code, plain, table
from reports.side_by_side import cell_text

SHOWN = 20  # causes, and changes without one


def markdown(comparison: Mapping[str, Any]) -> str:
    """The runs, then new and gone causes and what changed without one; of several endpoints a table by operation."""
    parts = [f"## {plain(heading(comparison))}", _runs(comparison)]
    parts.extend([_operations(comparison)] if comparison["endpoints"] else _changes(comparison))
    return "\n\n".join(parts) + "\n"


def _runs(comparison: Mapping[str, Any]) -> str:
    rows = [
        (code(title_of(run)), plain(run["summary"]), code(run["target"] or "unnamed"), run["started"] or "unknown")
        for run in comparison["runs"]
    ]
    return table(("run", "verdict", "endpoint", "begun"), rows)


def _operations(comparison: Mapping[str, Any]) -> str:
    rows = [(plain(row["operation"]), *map(cell_text, row["cells"])) for row in comparison["operations"]]
    return table(("operation", *(code(title_of(run)) for run in comparison["runs"])), rows)


def _changes(comparison: Mapping[str, Any]) -> Iterator[str]:
    causes = comparison["causes"]
    for kind, heading_of_kind in (("new", "New causes"), ("gone", "Causes that are gone")):
        yield from _list(heading_of_kind, list(map(_cause, failing(causes[kind]))))
        yield from _list(f"Of warnings: {heading_of_kind.lower()}", list(map(_cause, of_warnings(causes[kind]))))
    yield from _list("Worse beside these", _without_cause(comparison["worse"], causes["new"]))
    yield from _list("Better beside these", _without_cause(comparison["better"], causes["gone"]))
    if number := len(comparison["different"]):
        yield f"{quantity(number, 'answer')} changed where the documents are silent."


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"### {title}"
        more = [f"- and {len(items) - SHOWN:,} more"] if len(items) > SHOWN else []
        yield "\n".join([*items[:SHOWN], *more])


def _cause(cause: Mapping[str, Any]) -> str:
    details = ", ".join(filter(None, (cause["level"], beside(cause))))
    return f"- **{plain(title(cause))}** {code(cause['requirement'])} {details}"


def _without_cause(changes: Sequence[Mapping[str, Any]], causes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The changes that no cause in `causes` explains. What an option or a service more or less changed is counted."""
    known = {rid for cause in causes for rid in (cause["requirement"], *cause["follows"])}
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for change in changes:
        if change["id"] not in known:
            verdicts = (change["before"], change["now"])
            groups.setdefault(verdicts if Verdict.UNTESTED in verdicts else (change["id"],), []).append(change)
    return [_change(found[0]) if len(found) == 1 else _count(found) for found in groups.values()]


def _count(alike: Sequence[Mapping[str, Any]]) -> str:
    first = alike[0]
    return f"- {quantity(len(alike), 'requirement')} {first['before']} -> {first['now']}, first {code(first['id'])}"


def _change(change: Mapping[str, Any]) -> str:
    follows = f", follows from {code(change['follows'])}" if change["follows"] else ""
    return f"- {code(change['id'])} {change['before']} -> {change['now']}{follows}"
