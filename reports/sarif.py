"""findings.sarif: what a run found broken, in the form that code-scanning pages read (SARIF 2.1.0).

A rule is a requirement, a result is a broken one. Its fingerprint is made of the requirement alone, so that a page
knows a finding again on the next night, whatever the endpoint answered then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib import metadata
from typing import Any

from conformance.contract.model_files import page_of
from conformance.contract.requirements import Level
from conformance.results.verdicts import Verdict
from reports.safe_text import brief

FILE = "findings.sarif"
VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
PACKAGE = "connect-chat-conformance"
LONGEST = 1_000  # code points of what was expected, and of what came
_BROKEN = (Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.WARNING, Verdict.EXPECTED_DEVIATION)
_LEVELS = {Level.MUST.value: "error", Level.SHOULD.value: "warning"}
Entry = Mapping[str, Any]


def document(report: Entry) -> dict[str, Any]:
    """The findings in `report`, a value as compliance.json holds it: the causes, then what follows from them."""
    broken = _causes_first(report)
    driver = {
        "name": PACKAGE,
        "version": metadata.version(PACKAGE),
        "rules": [_rule(entry) for entry in broken],
    }
    causes = {rid: cause["requirement"] for cause in report["causes"] for rid in cause["follows"]}
    whole = report["finished"] and not report["interrupted"] and not report["suite_error"]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": whole}],
        "results": [_result(entry, index, causes.get(entry["id"])) for index, entry in enumerate(broken)],
        "properties": {name: report[name] for name in ("target", "verdict", "summary", "depth")},
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _causes_first(report: Entry) -> list[Entry]:
    order = [cause["requirement"] for cause in report["causes"]]
    broken = [entry for entry in report["requirements"] if entry["verdict"] in _BROKEN]
    return sorted(broken, key=lambda entry: order.index(entry["id"]) if entry["id"] in order else len(order))


def _rule(entry: Entry) -> dict[str, Any]:
    page = page_of(entry["operation"])
    return {
        "id": entry["id"],
        "shortDescription": {"text": entry["statement"]},
        "help": {"text": f"{entry['statement']} Source: {entry['source']}, {entry['locator']}."},
        **({"helpUri": page} if page else {}),
        "defaultConfiguration": {"level": _LEVELS[entry["level"]]},
        "properties": {"tags": [entry["operation"], entry["level"]]},
    }


def _result(entry: Entry, index: int, cause: str | None) -> dict[str, Any]:
    excused = entry["verdict"] == Verdict.EXPECTED_DEVIATION
    return {
        "ruleId": entry["id"],
        "ruleIndex": index,
        "level": _LEVELS[entry["level"]],
        "message": {"text": " ".join(_sentences(entry, cause))},
        "locations": [_location(entry)],
        "partialFingerprints": {"primaryLocationLineHash": f"{sha256(entry['id'].encode()).hexdigest()[:16]}:1"},
        **({"suppressions": [{"kind": "external", "justification": entry["reason"] or ""}]} if excused else {}),
        "properties": {"verdict": entry["verdict"], "cause": cause or entry["id"], **_repetition(entry)},
    }


def _sentences(entry: Entry, cause: str | None) -> Iterator[str]:
    """What was promised, what was expected of the judged call, and what came."""
    yield entry["statement"]
    violation = entry["violation"]
    if violation:
        yield f"Expected: {brief(violation['expected'], LONGEST)}."
        yield f"Actual: {brief(violation['actual'], LONGEST)}."
    elif entry["reason"]:
        yield brief(entry["reason"], LONGEST)
    if cause:
        yield f"It follows from {cause}."


def _location(entry: Entry) -> dict[str, Any]:
    """Where a page lists a finding: it asks for a file, and an endpoint has none, so the operation stands for one."""
    named: Sequence[Any] = [{"fullyQualifiedName": entry["id"], "kind": "member"}]
    file = {"artifactLocation": {"uri": entry["operation"]}, "region": {"startLine": 1}}
    return {"physicalLocation": file, "logicalLocations": named}


def _repetition(entry: Entry) -> dict[str, Any]:
    """How often the violation was seen again, where it was tried."""
    again = entry["violation"] and entry["violation"]["reproduced"]
    return {"reproduced": f"{again['times']} of {again['of']}"} if again else {}
