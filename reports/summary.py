"""What a run says at its end: on the terminal, and as Markdown for a job summary or a pull request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.results.verdicts import Verdict
from reports.caveats import caveats
from reports.safe_text import brief

FAILURES_SHOWN = 10  # different ones: failures of an operation with one and the same answer are told together
ALSO_SHOWN = 3  # of those, by their ids
GAPS_SHOWN = 3
LINE = 300  # code points of one sentence

_FAILURES = (Verdict.ERROR, Verdict.FAIL, Verdict.UNEXPECTED_PASS)
_EVERY_OPERATION = ("success.", "reply.", "error.")  # the families of promises that each operation has
_GAPS = (Verdict.UNTESTED, Verdict.INCONCLUSIVE)

Requirement = Mapping[str, Any]


def terminal(report: Mapping[str, Any], html_path: Path | None = None) -> str:
    """The failures of `report` in short blocks, what kept it from being complete, broken shoulds, what is untested.

    Empty when all was tested and is well.

    With `html_path` each block ends with its place in the page there.
    """
    groups, known = _failures(report), report["operations"]
    page = html_path.resolve().as_uri() if html_path else None
    blocks = [known["sentence"]] if known["implemented"] < known["asked"] else []
    blocks.extend(_block(group, page) for group in groups[:FAILURES_SHOWN])
    if more := sum(map(len, groups[FAILURES_SHOWN:])):
        blocks.append(f"and {more:,} more in the report")
    blocks.extend(_obstacles(report))
    blocks.extend("\n  ".join((caveat.headline, *caveat.texts)) for caveat in caveats(report))
    return "\n\n".join(blocks)


def _failures(report: Mapping[str, Any]) -> list[list[Requirement]]:
    """What makes a run fail, errors of the suite first, together where one and the same answer broke them."""
    groups: dict[tuple[str, ...], list[Requirement]] = {}
    for verdict in _FAILURES:
        for requirement in report["requirements"]:
            if requirement["verdict"] == verdict:
                groups.setdefault(_cause(requirement), []).append(requirement)
    return list(groups.values())


def _cause(requirement: Requirement) -> tuple[str, ...]:
    violation = requirement["violation"]
    if violation is None:
        return (requirement["id"],)
    if requirement["family"].startswith(_EVERY_OPERATION):
        return requirement["verdict"], requirement["family"], violation["expected"], violation["actual"]
    called = violation["exchanges"][-1]["operation"] if violation["exchanges"] else requirement["id"]
    return requirement["verdict"], called, violation["actual"]


def _block(group: Sequence[Requirement], page: str | None) -> str:
    first = group[0]
    lines = [f"{first['verdict'].upper()} {first['id']}"]
    lines.extend(f"  {name:<9} {brief(text, LINE)}" for name, text in _facts(group))
    if page:
        lines.append(f"  see       {page}#{quote(first['id'])}")
    return "\n".join(lines)


def _facts(group: Sequence[Requirement]) -> Iterator[tuple[str, str]]:
    """What there is to say about a failure: promise, expected, actual, minimal input; and what failed likewise."""
    requirement, *others = group
    yield "promise", requirement["statement"]
    violation = requirement["violation"]
    if violation is None:
        yield "seen", requirement["reason"] or "kept each time, though it is listed as a deviation"
        return
    yield "expected", violation["expected"]
    yield "actual", violation["actual"]
    if violation["exchanges"]:
        yield "input", _minimal_input(violation["exchanges"])
    if (reproduced := violation["reproduced"]) is not None:
        again = f"{reproduced['times']} of {reproduced['of']} times"
        yield "again", f"{again}: intermittent" if reproduced["intermittent"] else again
    elif (script := violation["script"]) is not None:
        yield "again", f"not seen: the script did not come to this call ({script['difference']})"
    if others:
        ids = ", ".join(other["id"] for other in others[:ALSO_SHOWN])
        rest = f" and {len(others) - ALSO_SHOWN:,} more" if len(others) > ALSO_SHOWN else ""
        yield "likewise", f"{ids}{rest}"


def _minimal_input(exchanges: Sequence[Mapping[str, Any]]) -> str:
    """The request that was judged; of a scenario the last one, behind the operations that led to it."""
    request = exchanges[-1]["request"]
    before = " > ".join(exchange["operation"] for exchange in exchanges[:-1])
    sent = f"{request['method']} {request['path']} {request['body']}"
    return f"{sent} after {before}" if before else sent


def _obstacles(report: Mapping[str, Any]) -> Iterator[str]:
    """What kept the run from being complete, each said once."""
    if report["interrupted"]:
        yield "the run was interrupted: this is what was seen until then"
    elif not report["finished"]:
        yield "the run did not finish: its ledger has no end"
    yield from (brief(note, 2 * LINE) for note in report["notes"])
    yield from _unimplemented(report)
    yield from _gaps(report["requirements"])


def _unimplemented(report: Mapping[str, Any]) -> Iterator[str]:
    """What the endpoint does not implement; one that implements nothing says so in one sentence."""
    known = report["operations"]
    if known["implemented"] or known["unknown"] or not known["asked"]:
        yield from _unsupported(report["unsupported_operations"])


def _unsupported(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the endpoint does not implement, in a line for each reason."""
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        reasons.setdefault(one["reason"], []).append(one)
    for reason, operations in reasons.items():
        names = ", ".join(one["operation"] for one in operations)
        number = sum(one["requirements"] for one in operations)
        yield f"UNSUPPORTED {names} ({number:,} requirements): {brief(reason, LINE)}"


def _gaps(requirements: Sequence[Requirement]) -> Iterator[str]:
    """The commonest reasons why a must was not witnessed, unless a written reason stands behind it."""
    musts = [r for r in requirements if r["level"] == "must" and r["verdict"] in _GAPS and not r["excused"]]
    for verdict in _GAPS:
        reasons = Counter(r["reason"] for r in musts if r["verdict"] == verdict)
        if len(reasons) == 1:
            yield f"{verdict.upper()} {reasons.total():,} musts: {brief(next(iter(reasons)), LINE)}"
        elif reasons:
            yield "\n".join((f"{verdict.upper()} {reasons.total():,} musts", *_commonest(reasons)))


def _commonest(reasons: Counter[str]) -> Iterator[str]:
    for reason, number in reasons.most_common(GAPS_SHOWN):
        yield f"  {number:<9,} {brief(reason, LINE)}"
    if (rest := len(reasons) - GAPS_SHOWN) > 0:
        yield f"  and {rest:,} more reasons in the report"


def verdict_line(report: Mapping[str, Any], html_path: Path) -> str:
    """The closing line: verdict with its scope, counts per level and verdict, path of the report."""
    totals = report["totals"]
    parts = [
        f"verdict: {report['summary']}",
        *(f"{level}: {_counted(totals[level])}" for level in ("must", "should", "record") if totals[level]),
        f"report: {html_path}",
    ]
    return "; ".join(parts)


def _counted(counts: Mapping[str, int]) -> str:
    """Verdicts with their numbers, gravest first."""
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in reversed(Verdict) if verdict in counts)


def markdown(report: Mapping[str, Any]) -> str:
    """A summary for a CI job: verdict, reason, counts, the first failures and what kept the run from completeness."""
    return "\n\n".join(filter(None, (*_head(report), _counts_table(report["totals"]), *_failure_items(report)))) + "\n"


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {_plain(report['summary'])}"
    yield _plain(report["operations"]["sentence"] or "")
    yield f"{_code(report['target'] or 'unnamed target')}: {_plain(report['reason'])}"
    requests, seconds = report["requests"]["total"], report["duration_seconds"]
    took = "" if seconds is None else f" in {seconds:.1f} s"
    depth, seed = _code(report["depth"] or "unknown"), _code(str(report["seed"]))
    yield f"{requests:,} requests{took}; depth {depth}, seed {seed}."


def _counts_table(totals: Mapping[str, Any]) -> str:
    levels = ("must", "should", "record")
    found = [verdict for verdict in reversed(Verdict) if any(verdict in totals[level] for level in levels)]
    rows = [("level", *found), ("---", *("---:" for _ in found))]
    rows.extend((level, *(f"{totals[level].get(verdict, 0):,}" for verdict in found)) for level in levels)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _failure_items(report: Mapping[str, Any]) -> Iterator[str]:
    groups = _failures(report)
    if groups:
        yield "### Failures"
        yield "\n".join(_item(group) for group in groups[:FAILURES_SHOWN])
    if more := sum(map(len, groups[FAILURES_SHOWN:])):
        yield f"And {more:,} more in compliance.html."
    obstacles = list(_obstacles(report))
    if obstacles:
        yield "### Not verified"
        yield "\n".join(f"- {_plain(text)}" for text in obstacles)
    if found := caveats(report):
        yield "### Beside the verdict"
        yield "\n".join(
            f"- {_plain(caveat.headline)}" + "".join(f"\n  - {_plain(text)}" for text in caveat.texts)
            for caveat in found
        )


def _item(group: Sequence[Requirement]) -> str:
    lines = [f"- **{_code(group[0]['id'])}** {group[0]['verdict']}"]
    lines.extend(f"  - {name}: {_code(brief(text, LINE))}" for name, text in _facts(group))
    return "\n".join(lines)


def _code(text: str) -> str:
    """`text` as a code span, in which Markdown and HTML mean nothing."""
    text = brief(text, LINE) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}"


def _plain(text: str) -> str:
    """`text` as Markdown text without markup of its own."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>()#+!|~&@" else character for character in text)
