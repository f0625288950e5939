"""findings.sarif is SARIF by the official schema, and knows a finding again on the next night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from conformance.contract.requirements import Level
from reports import compliance, sarif
from tests.reports.ledgers import Catalogue, entries_of, kept_promise, requirement, violate

# As OASIS and SchemaStore publish it.
SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text())
A, B, S, KEPT = "SendEvent.facet.a", "SendEvent.facet.b", "SendMessage.facet.s", "SendEvent.facet.kept"
DEVIATION = {
    **dict.fromkeys(("operation", "edge", "target")),
    "requirement": A,
    "reason": "mended in May",
    "owner": "chat team",
    "since": "2026-11-01",
    "expires": "2026-12-01",
}


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(A), requirement(B), requirement(S, Level.SHOULD), requirement(KEPT))


def run_of(*observations: Any, **header: Any) -> dict[str, Any]:
    """The one run of the document for a run that saw `observations`; it fits the schema."""
    document = sarif.document(compliance.build(entries_of(observations, **header)))
    Draft4Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    return dict(run)


def test_each_broken_requirement_is_a_result_with_its_rule_in_words() -> None:
    run = run_of(kept_promise(KEPT), violate(S, actual="no such header"), violate(A, actual="200\nOK"))
    assert {r["ruleId"]: r["level"] for r in run["results"]} == {A: "error", S: "warning"}
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert rules[0]["helpUri"].startswith("https://docs.aws.amazon.com/")
    (text,) = (r["message"]["text"] for r in run["results"] if r["ruleId"] == A)
    assert text == f"{A} holds. Expected: 400 ValidationException. Actual: 200 OK."
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_causes_come_first_and_what_follows_names_its_cause() -> None:
    first, second = run_of(violate(B), violate(A))["results"]
    assert first["properties"]["cause"] == first["ruleId"] == second["properties"]["cause"]
    assert second["message"]["text"].endswith(f"It follows from {first['ruleId']}.")


def test_a_finding_has_the_same_fingerprint_on_the_next_night_and_no_other_has_it() -> None:
    def prints(*observations: Any) -> dict[str, Any]:
        return {result["ruleId"]: result["partialFingerprints"] for result in run_of(*observations)["results"]}

    tonight = prints(violate(A, actual="201"), violate(S))
    assert prints(violate(A, actual="500", edge="another"))[A] == tonight[A] != tonight[S]


def test_nothing_broken_is_no_result() -> None:
    assert run_of(kept_promise(A))["results"] == []


def test_a_known_deviation_is_a_suppressed_result_and_one_that_is_mended_is_another() -> None:
    (listed,) = run_of(violate(A), deviations=[DEVIATION])["results"]
    assert [one["kind"] for one in listed["suppressions"]] == ["external"]
    assert "mended in May" in listed["suppressions"][0]["justification"]
    (mended,) = run_of(kept_promise(A), deviations=[DEVIATION])["results"]
    assert "suppressions" not in mended


def test_a_run_that_was_cut_short_did_not_execute_well() -> None:
    assert run_of(violate(A), footer=None)["invocations"] == [{"executionSuccessful": False}]


def test_markup_and_hidden_characters_of_an_endpoint_are_only_text() -> None:
    (result,) = run_of(violate(A, actual="\u202e<script>\x00" + "x" * 5_000))["results"]
    assert "\u202e" not in result["message"]["text"]
    assert len(result["message"]["text"]) < 2_000
