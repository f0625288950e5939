"""compliance.json: everything a run says about an endpoint, as data. compliance.schema.json is its description."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.contract.requirements import Requirement, sources
from reports import badge, page, sarif, summary
from reports.cause_entries import causes_in
from reports.deviations import deviating, states
from reports.excerpt import deciding_values, reach
from reports.gathered_evidence import broken_promises, evidence_of, unknown_requirements
from reports.implemented import operations_of
from reports.json_lines import json_lines
from reports.judgement import judgement, totals, unsupported_operations, untested_entries
from reports.latency import limit_of, times_of
from reports.reproduction import reproduction
from reports.requirement_result import RequirementResult, Violation
from reports.run import Entry, Run, run_of
from reports.scope import scope_of
from reports.traceability import results_of
from reports.words import in_words
from reports.writing import write_together

SCHEMA_VERSION = 1
BODY_LIMIT = 8_000  # code points of a reply's body in compliance.json; the ledger holds more
UNJUDGED_LIMIT = 2_000  # the same of an exchange that kept a requirement from being judged: there may be 2,000 of them
SCENARIO_LIMIT = 60  # exchanges of one violation


def build(entries: Iterable[Entry]) -> dict[str, Any]:
    """The report of the run that `entries` of a ledger record, as compliance.schema.json describes it.

    They are gone through twice. Raises LedgerError when there is no header, ValueError when the run's scope
    names nothing in the catalogue.
    """
    known = list(entries) if isinstance(entries, Iterator) else entries
    run = run_of(known)
    evidence = evidence_of(known)
    results = deviating(results_of(evidence, run), run)
    scope = scope_of(run, [result.requirement for result in results], broken_promises(evidence))
    causes = causes_in(results)
    return {
        "schema_version": SCHEMA_VERSION,
        **judgement(results, run, scope, causes),
        "causes": causes,
        "scope": scope,
        "untested": untested_entries(results),
        **_identity(run),
        "requests": _requests(run),
        "contacts": _contacts(run),
        "duration_seconds": run.duration_seconds,
        "totals": totals(results),
        "operations": operations_of(run),
        "unsupported_operations": unsupported_operations(results),
        "unknown_requirements": unknown_requirements(evidence),
        "deviations": states(results, run),
        "notes": list(run.notes),
        "requirements": [_requirement(result, run) for result in results],
    }


def _identity(run: Run) -> dict[str, Any]:
    header = run.header
    wanted = ("endpoint", "participant_endpoint", "region", "instance_id", "contact_flow_id", "credentials")
    where = ("platform", "working_directory", "locale", "time_zone", "hypothesis_profile", "command", "started")
    return {
        "target": header.get("target"),
        "sources": {
            "models": list(header.get("sources") or ()),
            "edition": header.get("edition"),
            "documents": [{"key": s.key, "title": s.title, "date": s.date, "url": s.url} for s in sources().values()],
        },
        "seed": header.get("seed"),
        "depth": header.get("depth"),
        "environment": {
            **{key: header.get(key) for key in (*wanted, *where)},
            "given": sorted(run.given),
            "proxies": dict(run.proxies),
            "clocks": dict(run.clocks),
            "plugins": dict(header.get("plugins") or {}),
            "conftests": list(header.get("conftests") or ()),
            "variables": list(header.get("variables") or ()),
            "versions": dict(header.get("versions") or {}),
        },
    }


def _contacts(run: Run) -> dict[str, Any]:
    left = [{"contact_id": one["contact"], "instance_id": one["instance"]} for one in run.left_open]
    counts = run.contacts or {}
    return {**{key: counts.get(key) for key in ("opened", "closed", "leaked", "unanswered")}, "left_open": left}


def _requests(run: Run) -> dict[str, Any]:
    total = sum(run.requests.values())
    counts = {"total": total, "by_operation": dict(run.requests), "shrinking": run.shrinking}
    return {**counts, "times": times_of(run.milliseconds), "limit": limit_of(run)}


def _requirement(result: RequirementResult, run: Run) -> dict[str, Any]:
    requirement = result.requirement
    return {
        "id": requirement.id,
        "operation": requirement.operation,
        "family": requirement.family,
        "level": requirement.level.value,
        "statement": requirement.statement,
        "derived": requirement.derived,
        "source": requirement.source,
        "locator": requirement.locator,
        "original": _original(requirement),
        "readings": list(requirement.readings),
        "superseded_by": requirement.superseded_by,
        "verdict": result.verdict.value,
        "reason": result.reason,
        "excused": result.excused,
        "observed": result.observed,
        "examples": {phase: dict(outcomes) for phase, outcomes in result.examples.items()},
        "edges": [
            {"edge": tried.edge, "outcomes": dict(tried.outcomes), "statuses": list(tried.statuses)}
            for tried in result.edges
        ],
        "left_out": list(result.left_out),
        "tests": [_test(nodeid, run.tests.get(nodeid)) for nodeid in result.tests],
        "violation": _violation(result, run),
        "unjudged": _unjudged_entry(result),
    }


def _unjudged_entry(result: RequirementResult) -> dict[str, Any] | None:
    """What kept a requirement from being judged."""
    if result.unjudged is None:
        return None
    exchange = result.unjudged.exchange
    shown = {**exchange, "response": _shorten(exchange["response"], UNJUDGED_LIMIT)}
    return {"reason": result.unjudged.reason, "test": result.unjudged.test, "exchange": shown}


def _original(requirement: Requirement) -> str | None:
    """What the installed model says about the member, in its own words; None where it says nothing."""
    return (requirement.constraint.member.documentation or None) if requirement.constraint else None


def _test(nodeid: str, entry: Entry | None) -> dict[str, Any]:
    known = entry or {}
    return {"nodeid": nodeid, **{key: known.get(key) for key in ("title", "outcome", "seconds", "from")}}


def _violation(result: RequirementResult, run: Run) -> dict[str, Any] | None:
    violation = result.violation
    if violation is None:
        return None
    curl, python = reproduction(result, run)
    return {
        **_breach_in_words(violation),
        "exchanges": _scenario(violation),
        "exchanges_left_out": max(0, len(violation.exchanges) - SCENARIO_LIMIT),
        "curl": curl,
        "python": python,
        "reproduced": _reproduction(violation),
        "script": asdict(violation.by_script) if violation.by_script else None,
        "marks": list(violation.marks),
        "phase": violation.phase,
        "edge": violation.edge,
        "test": violation.test,
        "observations": result.violations,
    }


def _breach_in_words(violation: Violation) -> dict[str, Any]:
    return asdict(violation.breach.with_texts(lambda text: in_words(text, violation.exchanges)))


def _reproduction(violation: Violation) -> dict[str, Any] | None:
    """How often it was seen again when its test was repeated; where no test repeats it, when its script was run."""
    for by, seen in (("test", violation.by_test), ("script", violation.by_script)):
        if seen is not None and seen.of:
            return {"times": seen.times, "of": seen.of, "intermittent": seen.times < seen.of, "by": by}
    return None


def _scenario(violation: Violation) -> list[dict[str, Any]]:
    """The last exchanges of a violation, the bodies of their replies cut behind what decides."""
    values = deciding_values(violation.breach.expected, violation.breach.actual)
    return [
        {**exchange, "response": _shorten(exchange["response"], BODY_LIMIT, values)}
        for exchange in violation.exchanges[-SCENARIO_LIMIT:]
    ]


def _shorten(response: Entry | None, limit: int, values: Sequence[str] = ()) -> dict[str, Any] | None:
    if response is None:
        return None
    body: str = response["body"]
    end = reach(body, limit, values)
    return {**response, "body": body[:end], "cut": response["cut"] or len(body) > end}


def write(report: Mapping[str, Any], directory: Path, written: Mapping[Path, Path] | None = None) -> Path:
    """Write the report below `directory` in all its forms and return the path of compliance.html.

    `written` are other files of the same run that stand aside, each with its place. All are moved into place together,
    or none of the forms is. Raises OSError when the directory cannot be written.
    """
    forms = {
        "compliance.json": json_lines(report),
        "compliance.md": summary.markdown(report),
        sarif.FILE: json.dumps(sarif.document(report), indent=1) + "\n",
        "badge.json": json.dumps(badge.endpoint(report)) + "\n",
        "badge.svg": badge.svg(report),
        "compliance.html": page.render(report, str(directory)),
    }
    write_together(directory, forms, written)
    return directory / "compliance.html"
