from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome, Verdict
from reports import compliance, page, summary
from tests.reports.ledgers import (
    CLEAN,
    FAILED,
    TOKEN,
    Catalogue,
    all_promises,
    answer,
    entries_of,
    exchange,
    kept_promise,
    repetition,
    requirement,
    violate,
)

SCHEMA = json.loads(resources.files("reports").joinpath("compliance.schema.json").read_text())
SPLIT = "SendEvent.facet.rule"


def wrongs(report: dict[str, Any]) -> list[str]:
    """What the published schema finds wrong with `report` once it has been JSON."""
    validator = Draft202012Validator(SCHEMA)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(json.dumps(report)))]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_report_of_every_requirement_satisfies_the_published_schema() -> None:
    assert wrongs(compliance.build(entries_of(all_promises()))) == []


@pytest.mark.parametrize(
    "entries",
    [
        [*entries_of([violate(), violate(exchanges=())]), repetition(violate(), 1, 2)],
        entries_of([violate(phase="scenario", edge=None)], footer=None),
        entries_of(footer={"interrupted": True}),
        [{"entry": "header", "schema_version": 1, "target": None, "depth": None}],
        entries_of([Observation(FAILED, outcome, "edge", "t", "e", reason="r") for outcome in Outcome]),
        [*entries_of([violate()]), *entries_of([violate()])],
    ],
    ids=["broken", "killed", "interrupted", "bare", "every outcome", "merged"],
)
def test_every_report_satisfies_the_published_schema(only: Catalogue, entries: list[dict[str, Any]]) -> None:
    only(*map(catalogue().__getitem__, (FAILED, CLEAN)))
    assert wrongs(compliance.build(entries)) == []


def test_the_schema_refuses_a_report_with_a_member_too_many_or_too_few(only: Catalogue) -> None:
    only(catalogue()[FAILED])
    report = compliance.build(entries_of([violate()]))
    assert wrongs({**report, "more": 1})
    assert wrongs({name: value for name, value in report.items() if name != "seed"})
    violated = next(r for r in report["requirements"] if r["violation"])
    assert wrongs({**report, "requirements": [{**violated, "violation": {**violated["violation"], "more": 1}}]})


def test_the_schema_knows_every_verdict_and_outcome() -> None:
    assert set(SCHEMA["$defs"]["verdict"]["enum"]) == {verdict.value for verdict in Verdict}
    assert set(SCHEMA["$defs"]["outcome"]["enum"]) == {outcome.value for outcome in Outcome}


def test_the_totals_are_those_of_the_requirements_listed() -> None:
    report = compliance.build(entries_of([*all_promises(), violate(), violate("SendEvent.Content.type")]))
    listed = Counter((r["level"], r["verdict"]) for r in report["requirements"])
    counted = {
        (level.value, verdict): number for level in Level for verdict, number in report["totals"][level.value].items()
    }
    assert counted == listed
    assert report["totals"]["requirements"] == len(catalogue())
    assert report["totals"]["must"]["fail"] == 2


def test_musts_are_counted_as_witnessed_untested_and_excused(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(4)]
    only(*rules, requirement(SPLIT, untested="a reason"), requirement("SendEvent.facet.mild", Level.SHOULD))
    report = compliance.build(
        entries_of([kept_promise(rules[0].id), violate(rules[1].id), kept_promise("SendEvent.facet.mild")])
    )
    assert report["totals"]["musts"] == {"in_scope": 5, "witnessed": 2, "untested": 3, "untested_with_reason": 1}


@pytest.mark.parametrize(
    ("observations", "verdict", "reason"),
    [
        ([kept_promise(SPLIT)], "conformant", "1 of 1 musts were witnessed and none failed."),
        ([kept_promise(SPLIT), violate(SPLIT)], "non-conformant", f"1 of 1 musts failed: {SPLIT}."),
        (
            [],
            "incomplete",
            "No must failed, but only 0 of 1 musts were witnessed: 1 untested (mostly: no test that ran claims it).",
        ),
        (
            [Observation(SPLIT, Outcome.INCONCLUSIVE, "edge", "t", "e", reason="time-out")],
            "incomplete",
            "No must failed, but only 0 of 1 musts were witnessed: 1 inconclusive (mostly: time-out).",
        ),
    ],
    ids=["conformant", "non-conformant", "untested", "inconclusive"],
)
def test_the_verdict_comes_with_its_reason(
    only: Catalogue, observations: list[Observation], verdict: str, reason: str
) -> None:
    only(requirement(SPLIT))
    report = compliance.build(entries_of(observations))
    assert (report["verdict"], report["reason"]) == (verdict, reason)


def test_written_reasons_do_not_keep_a_run_from_being_conformant(only: Catalogue) -> None:
    only(requirement(SPLIT), requirement("SendEvent.facet.other", needs="--view-token"))
    report = compliance.build(entries_of([kept_promise(SPLIT)]))
    assert report["verdict"] == "conformant"
    assert report["reason"].endswith("; 1 are untested for a written reason.")


@pytest.mark.parametrize(
    ("footer", "says"), [(None, "did not finish"), ({"interrupted": True}, "was interrupted")], ids=["killed", "Ctrl-C"]
)
def test_a_run_that_was_cut_short_is_never_conformant(
    only: Catalogue, footer: dict[str, Any] | None, says: str
) -> None:
    only(requirement(SPLIT))
    report = compliance.build(entries_of([kept_promise(SPLIT)], footer=footer))
    assert report["verdict"] == "incomplete"
    assert says in report["reason"]


def test_a_scope_without_a_must_says_so(only: Catalogue) -> None:
    only(requirement(SPLIT, Level.SHOULD))
    assert (
        compliance.build(entries_of([kept_promise(SPLIT)]))["reason"]
        == "No must is in scope, so there was none to fail."
    )


def test_an_error_of_the_suite_is_its_own(only: Catalogue) -> None:
    only(requirement(SPLIT))
    report = compliance.build(entries_of([Observation(SPLIT, Outcome.ERROR, "edge", "t", "e", reason="TypeError")]))
    assert report["suite_error"]
    assert report["verdict"] == "incomplete"


def test_an_unsupported_operation_is_one_finding(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(3)]
    only(*rules)
    unsupported = [Observation(r.id, Outcome.UNSUPPORTED, "edge", "t", "e", reason="501") for r in rules]
    report = compliance.build(entries_of(unsupported))
    assert report["unsupported_operations"] == [{"operation": "SendEvent", "reason": "501", "requirements": 3}]


def test_requests_contacts_and_seconds_are_the_ledgers() -> None:
    report = compliance.build(entries_of([violate(), violate()]))
    assert report["requests"] == {
        "total": 6,
        "by_operation": {"SendEvent": 4, "StartChatContact": 2},
        "shrinking": 2,
        "times": {},
        "limit": {
            "processes": 1,
            "in_flight": 1,
            "parts": None,
            "round_trips_seconds": None,
            "rate": None,
            "rate_seconds": None,
            "share": None,
        },
    }
    assert report["contacts"] == {"opened": 3, "closed": 3, "leaked": 0, "unanswered": 0, "left_open": []}
    assert report["duration_seconds"] == 12.5


def test_a_test_comes_with_its_title_outcome_and_seconds(only: Catalogue) -> None:
    only(requirement(SPLIT))
    (found,) = compliance.build(entries_of([kept_promise(SPLIT)]))["requirements"]
    assert found["tests"] == [
        {
            "nodeid": f"conformance/test_it.py::test_it[{SPLIT}]",
            "title": "A limit holds.",
            "outcome": "passed",
            "seconds": 0.25,
            "from": None,
        }
    ]


def test_a_violation_that_does_not_always_come_again_is_intermittent(only: Catalogue) -> None:
    only(requirement(SPLIT))
    seen = violate(SPLIT)
    (found,) = compliance.build([*entries_of([seen]), repetition(seen, 1, 3)])["requirements"]
    assert found["violation"]["reproduced"] == {"times": 1, "of": 3, "intermittent": True, "by": "test"}
    assert found["violation"]["script"] is None


def test_what_no_test_repeats_is_reproduced_by_its_script(only: Catalogue) -> None:
    only(requirement(SPLIT))
    found = violate(SPLIT)
    tried = repetition(found, 1, 2, "script", difference="call 1: status 400")
    entries = [*entries_of([found]), tried]
    violation = compliance.build(entries)["requirements"][0]["violation"]
    assert violation["reproduced"] == {"times": 1, "of": 2, "intermittent": True, "by": "script"}
    assert violation["script"] == {"times": 1, "of": 2, "difference": "call 1: status 400"}


def test_a_script_that_did_not_come_to_the_judged_call_makes_nothing_intermittent(only: Catalogue) -> None:
    """A request that had not been sent again was called intermittent: "0 of 2 times"."""
    only(requirement(SPLIT))
    found = violate(SPLIT)
    tried = repetition(found, 0, 0, "script", difference="StartChatContact got 404")
    entries = [*entries_of([found]), tried]
    report = compliance.build(entries)
    violation = report["requirements"][0]["violation"]
    assert violation["reproduced"] is None
    assert violation["script"] == {"times": 0, "of": 0, "difference": "StartChatContact got 404"}
    assert wrongs(report) == []
    shown = summary.terminal(report)
    assert "  again     not seen: the script did not come to this call (StartChatContact got 404)" in shown
    assert "The script below did not come to this call again: StartChatContact got 404." in page.render(report, "d")
    assert "ntermittent" not in shown


def test_the_script_of_another_example_says_nothing_of_this_one(only: Catalogue) -> None:
    only(requirement(SPLIT))
    other = violate(SPLIT, test="t::other", edge="other")
    entries = [*entries_of([violate(SPLIT)]), repetition(other, 0, 2, "script")]
    assert compliance.build(entries)["requirements"][0]["violation"]["script"] is None


def test_megabytes_from_an_endpoint_are_cut(only: Catalogue) -> None:
    only(requirement(SPLIT))
    flood = exchange("SendEvent", {}, answer(200, {"Id": "z" * 400_000}))
    report = compliance.build(entries_of([violate(SPLIT, actual="y" * 400_000, exchanges=(flood,) * 200)]))
    violation = report["requirements"][0]["violation"]
    assert len(json.dumps(violation)) < 1_000_000
    assert violation["exchanges"][0]["response"]["cut"]
    assert violation["exchanges"][0]["response"]["body_bytes"] == 400_000 + len('{"Id": ""}')
    assert violation["exchanges_left_out"] == 140


FORMS = {"badge.json", "badge.svg", "compliance.html", "compliance.json", "compliance.md", "findings.sarif"}


def test_every_form_is_written_whole(tmp_path: Path) -> None:
    report = compliance.build(entries_of([violate()]))
    html = compliance.write(report, tmp_path / "new" / "folder")
    assert html == tmp_path / "new" / "folder" / "compliance.html"
    assert {path.name for path in html.parent.iterdir()} == FORMS
    assert json.loads((html.parent / "compliance.json").read_text()) == report


def test_a_write_that_fails_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compliance.write(compliance.build(entries_of([violate()])), tmp_path)
    before = (tmp_path / "compliance.html").read_text()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="no space"):
        compliance.write(compliance.build(entries_of([])), tmp_path)
    assert (tmp_path / "compliance.html").read_text() == before


def test_no_artefact_holds_a_secret(tmp_path: Path) -> None:
    page = compliance.write(compliance.build(entries_of([violate()])), tmp_path)
    for path in (page, tmp_path / "compliance.json"):
        text = path.read_text()
        assert TOKEN not in text
        assert "redacted" in text


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.UNSUPPORTED])
def test_what_could_not_be_judged_shows_the_exchange_that_made_it_so(only: Catalogue, outcome: Outcome) -> None:
    only(requirement(SPLIT), requirement(FAILED))
    refused = exchange("StartChatContact", {"InstanceId": "i"}, answer(503, {"message": "come back <b>later</b>"}))
    lost = exchange("SendMessage", {}, None, failure="it was reset")
    built = compliance.build(
        entries_of(
            [
                Observation(SPLIT, outcome, "edge", "t", "e", reason="seldom", exchanges=(lost,)),
                *(Observation(SPLIT, outcome, "edge", "t", e, reason="503", exchanges=(refused,)) for e in "fg"),
                kept_promise(FAILED),
            ]
        )
    )
    assert wrongs(built) == []
    shown = next(r["unjudged"] for r in built["requirements"] if r["id"] == SPLIT)
    assert (shown["reason"], shown["exchange"]["operation"]) == ("503", "StartChatContact")
    assert shown["exchange"]["response"]["status"] == 503
    assert next(r["unjudged"] for r in built["requirements"] if r["id"] == FAILED) is None
    section = page.render(built).partition('id="unverified"')[2].partition("</section>")[0]
    assert "PUT /contact/chat" in section
    assert "come back &lt;b&gt;later" in section
