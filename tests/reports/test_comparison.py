"""Runs side by side: what got worse, what got better, and which runs cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome, Verdict
from reports import compliance
from reports.comparison import GRAVITY, NotComparable, closing_line, compare, read_report
from reports.comparison_page import render, write
from tests.reports.ledgers import CLEAN, FAILED, FOOTER, Catalogue, entries_of, kept_promise, requirement, violate

RECORDED = "SendEvent.Content.empty"


def recorded_answer(answer: str) -> Observation:
    """What an endpoint does where the documents are silent."""
    return Observation(RECORDED, Outcome.RECORDED, "edge", "t::t", "an edge", reason=answer)


def run(*observations: Observation, **more: Any) -> dict[str, Any]:
    """The report of a run that made `observations`."""
    return compliance.build(entries_of(observations, **more))


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(FAILED), requirement(CLEAN), requirement(RECORDED, Level.RECORD))


def ids(comparison: dict[str, Any], kind: str) -> list[str]:
    return [change["id"] for change in comparison[kind]]


def test_what_failed_only_in_the_last_run_got_worse() -> None:
    found = compare({"a": run(kept_promise(FAILED), kept_promise()), "b": run(violate(), kept_promise())})
    assert ids(found, "worse") == [FAILED]
    assert (found["worse"][0]["before"], found["worse"][0]["now"]) == ("pass", "fail")
    assert found["worse"][0]["said"] == "expected 400 ValidationException; got 200"
    assert not found["better"]


def test_what_failed_only_in_the_first_run_got_better() -> None:
    found = compare({"a": run(violate(), kept_promise()), "b": run(kept_promise(FAILED), kept_promise())})
    assert (ids(found, "better"), ids(found, "worse")) == ([FAILED], [])


def test_evidence_that_is_lost_is_worse_too() -> None:
    found = compare({"a": run(kept_promise(FAILED), kept_promise()), "b": run(kept_promise())})
    assert ids(found, "worse") == [FAILED]


def test_of_three_runs_the_last_is_held_against_the_first() -> None:
    good, bad = run(kept_promise(FAILED), kept_promise()), run(violate(), kept_promise())
    found = compare({"a": good, "b": bad, "c": good})
    assert (found["worse"], found["better"]) == ([], [])
    assert {row["id"]: row["verdicts"] for row in found["requirements"]}[FAILED] == ["pass", "fail", "pass"]


def test_another_answer_where_documents_are_silent_is_neither_worse_nor_better() -> None:
    found = compare({"a": run(recorded_answer("200")), "b": run(recorded_answer("400"))})
    assert found["different"] == [{"id": RECORDED, "before": "200", "now": "400"}]
    assert (found["worse"], found["better"]) == ([], [])


def test_a_run_that_was_cut_short_is_refused_unless_that_is_allowed() -> None:
    runs = {"a": run(kept_promise()), "b": run(kept_promise(), footer={**FOOTER, "interrupted": True})}
    with pytest.raises(NotComparable, match="b was cut short"):
        compare(runs)
    found = compare(runs, allow_truncated=True)
    assert found["cut_short"] == ["b"]
    assert "was cut short" in render(found)


def test_a_run_without_an_end_is_cut_short() -> None:
    with pytest.raises(NotComparable, match="a was cut short"):
        compare({"a": run(kept_promise(), footer=None), "b": run(kept_promise())})


def test_runs_of_different_requirements_are_refused_unless_that_is_allowed() -> None:
    runs = {"a": run(kept_promise()), "b": run(kept_promise(), scope=[CLEAN])}
    with pytest.raises(NotComparable, match=f"b lacks 2 requirements that another run judged, first {FAILED}"):
        compare(runs)
    found = compare(runs, allow_different=True)
    assert found["lacking"] == {"b": [FAILED, RECORDED]}
    assert {row["id"]: row["verdicts"][1] for row in found["requirements"]}[FAILED] is None
    assert "lacks 2 requirements" in render(found)


def test_every_verdict_has_a_gravity_and_a_failure_outweighs_all_but_errors() -> None:
    assert set(GRAVITY) == set(Verdict)
    assert [v for v in Verdict if GRAVITY[v] >= GRAVITY[Verdict.FAIL]] == [Verdict.FAIL, Verdict.ERROR]


def test_the_page_and_the_data_say_the_same(tmp_path: Path) -> None:
    found = compare(
        {
            "a": run(kept_promise(FAILED), kept_promise()),
            "<b>": run(violate(actual="<script>x</script>"), kept_promise()),
        }
    )
    page = write(found, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "comparison.json").read_text()) == found
    html = page.read_text()
    assert "1 worse, 0 better" in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert "<script" not in html
    assert closing_line(found, page).startswith(
        "conformant (2 of 2 musts) -> non-conformant: 1 cause, 1 of 2 musts broken; "
        "1 new cause; 1 worse, 0 better, 0 different"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "is no JSON"),
        ("[]", "has form None"),
        ('{"schema_version": 99}', "has form 99"),
        ('{"schema_version": 1, "verdict": "conformant"}', "earlier version"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "compliance.json").write_text(text)
    with pytest.raises(NotComparable, match=sentence):
        read_report(tmp_path)


def test_a_missing_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotComparable, match=r"compliance\.json cannot be read"):
        read_report(tmp_path)


def test_a_cause_that_was_a_consequence_before_is_no_new_one() -> None:
    both = run(violate(), violate(CLEAN))
    alone = run(kept_promise(FAILED), violate(CLEAN))
    found = compare({"before": both, "now": alone})
    assert (found["causes"]["new"], [cause["requirement"] for cause in found["causes"]["gone"]]) == ([], [FAILED])
    reversed_order = compare({"before": alone, "now": both})
    assert [cause["requirement"] for cause in reversed_order["causes"]["new"]] == [FAILED]
