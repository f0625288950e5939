"""compliance.html: one file that needs no network, drawn from the report as data."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from markupsafe import Markup

from conformance.contract.catalogue import catalogue
from conformance.contract.model_files import page_of
from conformance.contract.requirements import Level
from conformance.contract.source_text import excerpt, passage_of
from conformance.results.verdicts import MEANINGS, RUN_MEANINGS, Verdict
from reports.cause_entries import beside, failing, of_warnings, title
from reports.caveats import caveats
from reports.coverage import coverage_of
from reports.evidence import SpaceBudget, single_call
from reports.matrix import matrix_of
from reports.rendering import environment

SYMBOLS: Mapping[str, str] = {
    Verdict.UNTESTED: "○",
    Verdict.NOT_APPLICABLE: "·",
    Verdict.RECORDED: "◆",
    Verdict.PASS: "✓",
    Verdict.EXPECTED_DEVIATION: "≈",
    Verdict.WARNING: "▲",
    Verdict.INCONCLUSIVE: "?",
    Verdict.UNSUPPORTED: "⊘",
    Verdict.UNEXPECTED_PASS: "✚",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "‼",
}
RUN_SYMBOLS = {"conformant": "✓", "non-conformant": "✗", "incomplete": "?"}
BROKEN = frozenset({Verdict.ERROR, Verdict.FAIL, Verdict.UNEXPECTED_PASS, Verdict.WARNING})
UNVERIFIED = (Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED, Verdict.UNTESTED, Verdict.NOT_APPLICABLE)
CAUSES_SHOWN = 25
FOLLOWS_SHOWN = 200
IDS_SHOWN = 40  # with one reason; more are listed by operation
SECTIONS = {
    "findings": "Causes",
    "coverage": "Coverage",
    "matrix": "Matrix",
    "history": "The last runs",
    "deviations": "Known deviations",
    "requirements": "Requirements",
    "unverified": "Not verified",
    "silent": "Documents silent",
    "traffic": "Requests and times",
    "counts": "Counts",
    "environment": "Environment",
    "legend": "Legend",
}

Requirements = Sequence[Mapping[str, Any]]


def render(report: Mapping[str, Any], directory: str = "reports/out") -> str:
    """The page of `report`, a value as compliance.build makes it or compliance.json holds it.

    `directory` is where it stands, for the commands that it shows.
    """
    style, script = part("compliance.css"), part("compliance.js")
    return (
        environment()
        .get_template("compliance.html.j2")
        .render(
            _of_every_report(),
            **_of_report(report),
            report=report,
            directory=directory,
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - a file of this package
            style_hash=content_hash(style),
            script_hash=content_hash(script),
        )
    )


def _of_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows of `report`, by the template's names."""
    requirements: Requirements = report["requirements"]
    return {
        "caveats": caveats(report),
        "ids": {requirement["id"] for requirement in requirements},
        "matrix": matrix_of(requirements),
        "operations": _by_operation(requirements),
        "causes": _causes(report, failing(report["causes"])),
        "errors": _of(requirements, (Verdict.ERROR,)),
        "of_warnings": _causes(report, of_warnings(report["causes"])),
        "coverage": coverage_of(requirements),
        "sections": _sections(report),
        "unverified": _unverified_entries(requirements),
        "silent": _silent(requirements),
        "room": SpaceBudget.for_page(len(requirements), sum(r["violation"] is not None for r in requirements)),
        "past": {found["id"]: found for found in report.get("history", {"findings": ()})["findings"]},
        "documents": {document["key"]: document for document in report["sources"]["documents"]},
        "verdicts": _occurring(requirements),
    }


def _of_every_report() -> dict[str, Any]:
    """The template's functions, limits and words, which are the same for every report."""
    return {
        "original": _original,
        "page_of": page_of,
        "test_functions": _test_functions,
        "causes_shown": CAUSES_SHOWN,
        "follows_shown": FOLLOWS_SHOWN,
        "ids_shown": IDS_SHOWN,
        "symbols": SYMBOLS,
        "run_symbols": RUN_SYMBOLS,
        "meanings": MEANINGS,
        "run_meanings": RUN_MEANINGS,
    }


def part(name: str) -> str:
    """A style sheet or script of ``reports/templates``."""
    return resources.files("reports").joinpath("templates", name).read_text(encoding="utf-8")


def content_hash(text: str) -> str:
    """The hash by which a page's content security policy admits `text` and nothing else."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _sections(report: Mapping[str, Any]) -> Mapping[str, str]:
    """The anchors and titles of the sections that the page has; two of them only where there is something to say."""
    wrong = report["unsupported_operations"] or report["causes"] or _of(report["requirements"], (Verdict.ERROR,))
    empty = {"findings": not wrong, "deviations": not report["deviations"], "history": "history" not in report}
    return {anchor: title for anchor, title in SECTIONS.items() if not empty.get(anchor)}


def _of(requirements: Requirements, verdicts: Sequence[Verdict]) -> list[Mapping[str, Any]]:
    """The requirements with one of `verdicts`, in the order of these."""
    return [r for verdict in verdicts for r in requirements if r["verdict"] == verdict]


def _causes(report: Mapping[str, Any], causes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Some `causes` of `report`, each with its title, its requirement and with those beside it."""
    by_id = {requirement["id"]: requirement for requirement in report["requirements"]}
    return [
        {
            "title": title(cause),
            "beside": beside(cause),
            "requirement": by_id[cause["requirement"]],
            "follows": [by_id[rid] for rid in cause["follows"]],
        }
        for cause in causes
    ]


def _original(rid: str) -> str | None:
    """The installed model's sentences about a requirement, at the place that the requirement refers to."""
    requirement = catalogue().get(rid)
    passage = passage_of(requirement) if requirement else None
    return excerpt(passage.text, requirement.statement, requirement.phrase) if requirement and passage else None


def _occurring(requirements: Requirements) -> list[Verdict]:
    """The verdict words that occur, gravest first."""
    found = {requirement["verdict"] for requirement in requirements}
    return [verdict for verdict in reversed(Verdict) if verdict in found]


def _by_operation(requirements: Requirements) -> list[dict[str, Any]]:
    grouped: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for requirement in requirements:
        grouped[requirement["operation"]].append(requirement)
    groups = [(name, _broken_first(found)) for name, found in grouped.items()]
    groups.sort(key=lambda group: -_gravity(group[1][0]))
    return [{"name": name, "requirements": found, "counts": _counts(found)} for name, found in groups]


def _broken_first(requirements: Requirements) -> list[Mapping[str, Any]]:
    return sorted(requirements, key=lambda requirement: -_gravity(requirement))


def _gravity(requirement: Mapping[str, Any]) -> int:
    """What is broken comes first, the gravest before others; all else stays in the catalogue's order."""
    verdict = requirement["verdict"]
    return list(Verdict).index(Verdict(verdict)) if verdict in BROKEN else 0


def _test_functions(requirement: Mapping[str, Any]) -> list[str]:
    """The test functions that looked at `requirement`, each once; a case's id says which case it was."""
    cases = (test["nodeid"].partition("[")[0] for test in requirement["tests"])
    return list(dict.fromkeys(case.rpartition("/")[2] for case in cases))


def _counts(requirements: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Requirements by verdict, gravest first."""
    found: defaultdict[str, int] = defaultdict(int)
    for requirement in requirements:
        found[requirement["verdict"]] += 1
    return {verdict.value: found[verdict] for verdict in reversed(Verdict) if verdict in found}


def _unverified_entries(requirements: Requirements) -> list[dict[str, Any]]:
    """What was not verified, one entry per verdict and reason; first what keeps the run from being conformant."""
    grouped: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for requirement in _of(requirements, UNVERIFIED):
        grouped[requirement["verdict"], requirement["reason"]].append(requirement)
    groups = [
        {
            "verdict": verdict,
            "reason": reason,
            "requirements": found,
            "obstacles": sum(map(_is_obstacle, found)),
            "call": _obstacle_call(found),
        }
        for (verdict, reason), found in grouped.items()
    ]
    return sorted(groups, key=lambda group: (-group["obstacles"], -len(group["requirements"])))


def _obstacle_call(requirements: Requirements) -> Mapping[str, Any] | None:
    """The first exchange that kept one of `requirements` from being judged, as text."""
    shown = next((requirement["unjudged"] for requirement in requirements if requirement["unjudged"]), None)
    return single_call(shown["exchange"]) if shown else None


def _is_obstacle(requirement: Mapping[str, Any]) -> bool:
    """Whether this unverified requirement keeps the run from being conformant."""
    lawful = requirement["excused"] or requirement["verdict"] == Verdict.NOT_APPLICABLE
    return requirement["level"] == Level.MUST and not lawful


def _silent(requirements: Requirements) -> list[dict[str, Any]]:
    """What the endpoint does where documents leave it open, one entry per question and answer."""
    grouped: defaultdict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for requirement in requirements:
        if requirement["level"] == Level.RECORD:
            answer = requirement["observed"], requirement["reason"]
            grouped[requirement["statement"], tuple(requirement["readings"]), *answer].append(requirement)
    names = ("statement", "readings", "observed", "reason", "requirements")
    return [dict(zip(names, (*question, found), strict=True)) for question, found in grouped.items()]
