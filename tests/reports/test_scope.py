"""A verdict says what it is about, the same in every form of the report; what it leaves out is named beside it."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import badge, comparison, comparison_page, compliance, page, summary
from reports.caveats import caveats
from tests.reports.ledgers import FOOTER, Catalogue, entries_of, kept_promise, requirement, selection, violate

SCHEMA = json.loads(Path(compliance.__file__).with_name("compliance.schema.json").read_text())
A, B, C = (f"SendEvent.facet.{name}" for name in "abc")
MILD, ODD = "SendEvent.facet.mild", "SendEvent.facet.odd"


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(*map(requirement, (A, B, C)), requirement(MILD, Level.SHOULD), requirement(ODD, Level.RECORD))


def report(*observations: Observation, **header: Any) -> dict[str, Any]:
    return compliance.build(entries_of(observations, **header))


def text_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", "", markup)).split())


@pytest.mark.parametrize(
    ("observations", "header", "verdict"),
    [
        ([kept_promise(A), kept_promise(B), kept_promise(C)], {}, "conformant (3 of 3 musts)"),
        ([kept_promise(A)], {"scope": [A]}, f"conformant within {A} (1 of 1 musts; 2 of 3 not in scope)"),
        (
            [kept_promise(A), kept_promise(B), kept_promise(C), violate(MILD)],
            {"scope": [A, B, C, MILD]},
            f"conformant within {A}, {B}, {C} and 1 more (3 of 3 musts); 1 warning",
        ),
        (
            [kept_promise(A), violate(B)],
            {},
            "non-conformant: 1 cause, 1 of 3 musts broken; 1 untested",
        ),
        (
            [kept_promise(A), Observation(B, Outcome.INCONCLUSIVE, "edge", "t", "e", reason="time-out")],
            {"scope": [A, B]},
            f"incomplete within {A} and {B} (1 of 2 musts, 1 inconclusive; 1 of 3 not in scope)",
        ),
        (
            [kept_promise(A), kept_promise(B), kept_promise(C)],
            {"absent": "connect"},
            "conformant within the Participant Service (3 of 3 musts)",
        ),
        (
            [kept_promise(A, edge="x"), kept_promise(B, edge="x")],
            {"selection": selection(A, B, partly=[B])},
            "conformant within -k typing (2 of 2 musts; 1 of them by some of their tests only; 1 of 3 not in scope)",
        ),
        (
            [kept_promise(A)],
            {"scope": [A], "selection": selection(A, narrowed_by=["conformance/operations", "--deselect x"])},
            f"conformant within {A}, conformance/operations and --deselect x (1 of 1 musts; 2 of 3 not in scope)",
        ),
        (
            [kept_promise(A), violate(B)],
            {"selection": selection(A, narrowed_by=[], claimed=[], tests=3, stops_after=1)},
            "non-conformant: 1 cause, 1 of 3 musts broken (stopped by -x after 2 of 3 tests); 1 untested",
        ),
        (
            [kept_promise(A), kept_promise(B), kept_promise(C)],
            {"selection": selection(narrowed_by=[], tests=2_008, stops_after=5)},
            "incomplete (3 of 3 musts; stopped by --maxfail=5 after 3 of 2,008 tests)",
        ),
        (
            [Observation(ODD, Outcome.RECORDED, "edge", "t", "e", reason="400")],
            {"scope": [ODD]},
            f"conformant within {ODD} (no must; 3 of 3 not in scope)",
        ),
    ],
)
def test_every_form_says_the_verdict_with_its_scope_in_one_sentence(
    observations: list[Observation], header: dict[str, Any], verdict: str, tmp_path: Path
) -> None:
    built = report(*observations, **header)
    assert built["summary"] == verdict
    assert verdict.startswith(built["verdict"])
    assert summary.closing_lines(built, Path("x.html")).splitlines()[0] == verdict
    assert f"## {verdict}\n" in summary.markdown(built).replace("\\", "")
    assert badge.endpoint(built)["message"] == verdict
    assert verdict in [element.text for element in ET.fromstring(badge.svg(built)).iter()]  # noqa: S314 - our own image
    box = page.render(built).partition('<div class="banner')[2].partition("</div>")[0]
    assert verdict in text_of(box)
    found = comparison.compare({"first": built, "last": built})
    assert comparison.closing_line(found, Path("x.html")).startswith(f"{verdict} -> {verdict}; ")
    assert verdict in text_of(comparison_page.render(found))
    compliance.write(built, tmp_path)
    assert json.loads((tmp_path / "compliance.json").read_text())["summary"] == verdict


def test_an_interrupted_run_says_so_in_its_sentence() -> None:
    entries = entries_of([kept_promise(A)], footer={**FOOTER, "interrupted": True})
    assert compliance.build(entries)["summary"] == "incomplete (1 of 3 musts, 2 untested; interrupted)"


def test_the_scope_as_data() -> None:
    known = selection(A, B, partly=[B], tests=2)
    built = report(kept_promise(A), kept_promise(B), scope=["SendEvent.facet.a", "SendEvent.facet.b"], selection=known)
    assert built["scope"] == {
        "service": None,
        "requirements": ["SendEvent.facet.a", "SendEvent.facet.b"],
        "narrowed_by": ["-k typing"],
        "whole": False,
        "tests": {"selected": 2, "of": 2_008, "ran": 2},
        "musts": {"in_scope": 2, "not_in_scope": 1, "of": 3},
        "partly_tested": [B],
        "broken_outside": [],
    }
    assert built["verdict"] == "conformant"


def test_what_was_seen_broken_by_the_way_is_never_dropped_where_tests_were_left_out() -> None:
    built = report(kept_promise(A), violate(C, phase="passive", edge=None), selection=selection(A))
    assert built["summary"] == "non-conformant within -k typing: 1 cause, 1 of 2 musts broken (1 of 3 not in scope)"


def test_what_was_seen_broken_outside_the_globs_is_named() -> None:
    built = report(kept_promise(A), violate(C, phase="passive", edge=None), scope=[A])
    assert built["verdict"] == "conformant"
    assert built["scope"]["broken_outside"] == [C]
    named = f"OUT OF SCOPE 1 other promise was seen broken\n  {C}"
    assert named in summary.terminal(built)
    assert C in summary.markdown(built)
    assert C in page.render(built)


def test_broken_shoulds_stand_beside_a_green_verdict(only: Catalogue) -> None:
    mild = [f"SendEvent.mild.{n}" for n in range(5)]
    only(requirement(A), *(requirement(rid, Level.SHOULD) for rid in mild))
    built = report(kept_promise(A), *(violate(rid) for rid in mild))
    assert built["summary"] == "conformant (1 of 1 musts); 5 warnings"
    lines = summary.terminal(built).splitlines()
    assert lines == [
        "WARNING 5 shoulds are broken",
        *(f"  {rid}: {rid} holds. Got: 200" for rid in mild[:3]),
        "  and 2 more in the report",
    ]
    box = page.render(built).partition('<div class="banner')[2].partition("</div>")[0]
    markdown = summary.markdown(built)
    for rid in mild[:3]:
        assert f'<a href="#{rid}">{rid}</a>' in box
        assert rid in markdown


def test_the_option_that_would_test_it_stands_beside_what_is_untested(only: Catalogue) -> None:
    only(
        requirement(A),
        requirement(B, needs="--view-token"),
        requirement(C, untested="only a transfer by an agent makes one"),
        requirement(MILD, Level.SHOULD, needs="--probe-limits"),
    )
    missing = Observation(B, Outcome.UNTESTED, "edge", "t", "e", reason="needs --view-token, which was not given")
    built = report(kept_promise(A), missing)
    assert built["untested"] == [
        {"option": "--probe-limits", "service": None, "musts": 0, "requirements": 1},
        {"option": "--view-token", "service": None, "musts": 1, "requirements": 1},
        {"option": None, "service": None, "musts": 1, "requirements": 1},
    ]
    headline = "UNTESTED 2 musts, with a reason"
    assert summary.terminal(built).splitlines() == [
        headline,
        "  1 would be tested with --view-token",
        "  1 cannot be tested by any option: the report says why",
    ]
    assert headline in page.render(built)
    assert "1 would be tested with --view-token" in summary.markdown(built).replace("\\", "")


def test_what_takes_a_service_that_the_endpoint_lacks_is_told_apart() -> None:
    reason = "takes StopContact, which the endpoint does not have"
    built = report(
        kept_promise(A),
        kept_promise(B),
        Observation(C, Outcome.UNTESTED, "edge", "t", "e", reason=reason),
        absent="connect",
    )
    assert built["verdict"] == "conformant"
    assert built["untested"] == [{"option": None, "service": "Amazon Connect", "musts": 1, "requirements": 1}]
    assert "1 take operations of Amazon Connect, which the endpoint does not have" in summary.terminal(built)


def test_such_a_reason_excuses_nothing_where_the_endpoint_has_both_services() -> None:
    reason = "takes StopContact, which the endpoint does not have"
    built = report(kept_promise(A), kept_promise(B), Observation(C, Outcome.UNTESTED, "edge", "t", "e", reason=reason))
    assert built["verdict"] == "incomplete"


def test_what_another_edition_of_the_models_lacks_is_not_in_scope_and_the_report_names_it() -> None:
    edition = {"directory": "/models", "lacks": [B], "adds": ["SendEvent.New.required"]}
    built = compliance.build(entries_of([kept_promise(A)], edition=edition))
    assert B not in {entry["id"] for entry in built["requirements"]}
    assert built["sources"]["edition"] == edition
    assert built["scope"]["whole"]
    (caveat,) = (found for found in caveats(built) if found.headline.startswith("OTHER MODELS"))
    assert caveat.headline.endswith(": /models")
    assert caveat.lines[0].endswith(f"not in this edition: {B}")
    Draft202012Validator(SCHEMA).validate(built)
