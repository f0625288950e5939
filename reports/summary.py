"""What a run says at its end: on the terminal, and as Markdown for a job summary or a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.results.verdicts import Verdict
from reports.cause_entries import consequences, explained_ids, failing, in_lines, title
from reports.caveats import caveats
from reports.judgement import quantity
from reports.markdown_text import code as _code
from reports.markdown_text import plain as _plain
from reports.safe_text import brief

FAILURES_SHOWN = 10  # causes
CAUSES_SHOWN = 5  # in the closing lines
FOLLOWS_SHOWN = 3  # of what follows from a cause, by their ids
GAPS_SHOWN = 3
LINE = 300  # code points of one sentence

_GAPS = (Verdict.UNTESTED, Verdict.INCONCLUSIVE)

Requirement = Mapping[str, Any]


def terminal(report: Mapping[str, Any], html_path: Path | None = None) -> str:
    """The failures of `report` in short blocks, what kept it from being complete, broken shoulds, what is untested.

    Empty when all was tested and is well.

    With `html_path` each block ends with its place in the page there.
    """
    found, known = _findings(report), report["operations"]
    page = html_path.resolve().as_uri() if html_path else None
    blocks = [known["sentence"]] if known["implemented"] < known["asked"] else []
    blocks.extend(_block(*one, page) for one in found[:FAILURES_SHOWN])
    if (more := len(found) - FAILURES_SHOWN) > 0:
        blocks.append(f"and {more:,} more in the report")
    blocks.extend(_obstacles(report))
    blocks.extend("\n  ".join((caveat.headline, *caveat.texts)) for caveat in caveats(report))
    return "\n\n".join(blocks)


def _findings(report: Mapping[str, Any]) -> list[tuple[Requirement, Mapping[str, Any]]]:
    """What makes a run fail: errors of the suite, each for itself, then causes; each with what follows from it."""
    by_id = {requirement["id"]: requirement for requirement in report["requirements"]}
    errors = [r for r in report["requirements"] if r["verdict"] == Verdict.ERROR]
    return [
        *((error, {"follows": []}) for error in errors),
        *((by_id[cause["requirement"]], cause) for cause in failing(report["causes"])),
    ]


def _block(requirement: Requirement, cause: Mapping[str, Any], page: str | None) -> str:
    lines = [f"{requirement['verdict'].upper()} {requirement['id']}"]
    lines.extend(f"  {name:<9} {brief(text, LINE)}" for name, text in _facts(requirement, cause))
    if page:
        lines.append(f"  see       {page}#{quote(requirement['id'])}")
    return "\n".join(lines)


def _facts(requirement: Requirement, cause: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What there is to say about a cause: promise, expected, actual, minimal input; and what follows from it."""
    yield "promise", requirement["statement"]
    violation = requirement["violation"]
    if violation is None:
        yield "seen", requirement["reason"] or "kept each time, though it is listed as a deviation"
    else:
        yield from _evidence(violation)
    yield from in_lines(cause, FOLLOWS_SHOWN)


def _evidence(violation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "expected", violation["expected"]
    yield "actual", violation["actual"]
    if violation["exchanges"]:
        yield "input", _minimal_input(violation["exchanges"])
    if violation["marks"]:
        yield "seen", ", ".join(violation["marks"])
    if (reproduced := violation["reproduced"]) is not None:
        again = f"{reproduced['times']} of {reproduced['of']} times"
        yield "again", f"{again}: intermittent" if reproduced["intermittent"] else again
    elif (script := violation["script"]) is not None:
        yield "again", f"not seen: the script did not come to this call ({script['difference']})"


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
    yield from _unimplemented_operations(report)
    yield from _gaps(report)


def _unimplemented_operations(report: Mapping[str, Any]) -> Iterator[str]:
    """What the endpoint does not implement; one that implements nothing says so in one sentence."""
    known = report["operations"]
    if known["implemented"] or known["unknown"] or not known["asked"]:
        yield from _unsupported_operations(report["unsupported_operations"])


def _unsupported_operations(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the endpoint does not implement, in a line for each reason."""
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        reasons.setdefault(one["reason"], []).append(one)
    for reason, operations in reasons.items():
        names = ", ".join(one["operation"] for one in operations)
        number = sum(one["requirements"] for one in operations)
        yield f"UNSUPPORTED {names} ({number:,} requirements): {brief(reason, LINE)}"


def _gaps(report: Mapping[str, Any]) -> Iterator[str]:
    """The commonest reasons why a must was not witnessed, unless a written reason or a cause stands behind it.

    A reason that is one of the run's notes stands above already.
    """
    known = explained_ids(report)
    unseen = [r for r in report["requirements"] if r["level"] == "must" and not r["excused"]]
    for verdict in _GAPS:
        musts = [r for r in unseen if r["verdict"] == verdict]
        reasons = Counter(r["reason"] for r in musts if r["id"] not in known)
        if not reasons:
            continue
        headline = f"{verdict.upper()} {_musts_beside(reasons.total(), len(musts))}"
        if len(reasons) == 1:
            (reason,) = reasons
            shown = "for the reason given above" if reason in report["notes"] else brief(reason, LINE)
            yield f"{headline}: {shown}"
        else:
            yield "\n".join((headline, *_commonest(reasons)))


def _musts_beside(number: int, of: int) -> str:
    """So many musts, and how many more have a cause that is listed already."""
    beside = of - number
    follow = "1 that follows" if beside == 1 else f"{beside:,} that follow"
    return quantity(number, "must") + (f", beside {follow} from a cause" if beside > 0 else "")


def _commonest(reasons: Counter[str]) -> Iterator[str]:
    for reason, number in reasons.most_common(GAPS_SHOWN):
        yield f"  {number:<9,} {brief(reason, LINE)}"
    if (rest := len(reasons) - GAPS_SHOWN) > 0:
        yield f"  and {rest:,} more reasons in the report"


def closing_lines(report: Mapping[str, Any], html_path: Path) -> str:
    """The closing lines: verdict with its scope, a line for each cause, contacts, a link to the report."""
    causes = failing(report["causes"])
    lines = [report["summary"], *map(_cause_line, causes[:CAUSES_SHOWN])]
    if (more := len(causes) - CAUSES_SHOWN) > 0:
        lines.append(f"  and {quantity(more, 'more cause')}")
    return "\n".join((*lines, *_contacts(report), f"report: {html_path.resolve().as_uri()}"))


def _cause_line(cause: Mapping[str, Any]) -> str:
    number = len(consequences(cause))
    follows = f" (+{number:,})" if number else ""
    return f"  {cause['requirement']}{follows}: {brief(title(cause), LINE)}"


def _contacts(report: Mapping[str, Any]) -> Iterator[str]:
    """What became of the contacts; nothing where there were none, or no process lived to say."""
    counts = report["contacts"]
    if counts["opened"]:
        yield f"contacts: {counts['opened']:,} opened, {counts['closed']:,} closed, {counts['leaked']:,} leaked"


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
    yield "; ".join((f"{requests:,} requests{took}", *_contacts(report), f"depth {depth}, seed {seed}."))


def _counts_table(totals: Mapping[str, Any]) -> str:
    levels = ("must", "should", "record")
    found = [verdict for verdict in reversed(Verdict) if any(verdict in totals[level] for level in levels)]
    rows = [("level", *found), ("---", *("---:" for _ in found))]
    rows.extend((level, *(f"{totals[level].get(verdict, 0):,}" for verdict in found)) for level in levels)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _failure_items(report: Mapping[str, Any]) -> Iterator[str]:
    found = _findings(report)
    if found:
        yield "### Causes"
        yield "\n".join(_item(*one) for one in found[:FAILURES_SHOWN])
    if (more := len(found) - FAILURES_SHOWN) > 0:
        yield f"And {more:,} more in compliance.html."
    obstacles = list(_obstacles(report))
    if obstacles:
        yield "### Not verified"
        yield "\n".join(_nested(*text.splitlines()) for text in obstacles)
    if beside := caveats(report):
        yield "### Beside the verdict"
        yield "\n".join(_nested(caveat.headline, *caveat.texts) for caveat in beside)


def _nested(headline: str, *texts: str) -> str:
    """A list item, and in it one for each of `texts`."""
    return "\n".join((f"- {_plain(headline)}", *(f"  - {_plain(text.strip())}" for text in texts)))


def _item(requirement: Requirement, cause: Mapping[str, Any]) -> str:
    headline = title({"headline": requirement["statement"], **cause})
    lines = [f"- **{_plain(headline)}** {_code(requirement['id'])} {requirement['verdict']}"]
    facts = [fact for fact in _facts(requirement, cause) if fact[1] != headline]
    lines.extend(f"  - {name}: {_code(brief(text, LINE))}" for name, text in facts)
    return "\n".join(lines)
