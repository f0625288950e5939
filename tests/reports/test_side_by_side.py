"""Runs of several endpoints on one page, what merely follows from a cause, links to the reports, and Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import comparison_page, compliance
from reports.comparison import NotComparable, closing_line, compare, title_of
from reports.comparison_markdown import markdown
from reports.endpoints import FILE, identity_of, introduce
from reports.history import keep
from reports.side_by_side import by_operation, cell_text
from tests.reports.ledgers import CLEAN, FAILED, Catalogue, entries_of, kept_promise, requirement, violate

OTHER, UNTESTED, IDLE = "SendMessage.facet.a", "SendMessage.facet.b", "StopContact.facet.c"


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    lacking = (requirement(UNTESTED, untested="a reason"), requirement(IDLE, untested="a reason"))
    only(requirement(FAILED), requirement(CLEAN), requirement(OTHER), *lacking)


def run(*observations: Observation, **more: Any) -> dict[str, Any]:
    return compliance.build(entries_of(observations, **more))


def unsupported_rule(rid: str) -> Observation:
    return Observation(rid, Outcome.UNSUPPORTED, "edge", "t::t", "an edge", reason="501")


GOOD = (kept_promise(FAILED), kept_promise(), kept_promise(OTHER))


def with_consequence(report: dict[str, Any], head: str, *follows: str) -> dict[str, Any]:
    """`report` with one cause."""
    cause = {"requirement": head, "headline": f"{head} holds.", "operation": "SendEvent", "level": "must"}
    return {**report, "causes": [{**cause, "follows": list(follows)}]}


def test_a_row_for_each_operation_says_what_each_endpoint_keeps() -> None:
    runs = [run(*GOOD), run(violate(), kept_promise(), unsupported_rule(OTHER)), run(kept_promise(), scope=[CLEAN])]
    rows = {row["operation"]: row["cells"] for row in by_operation(runs)}
    assert [cell_text(cell) for cell in rows["SendEvent"]] == ["2 of 2 kept", "1 broken, 1 of 2 kept", "1 of 1 kept"]
    assert [cell_text(cell) for cell in rows["SendMessage"]] == [
        "1 of 1 kept, 1 left out",
        "0 of 1 kept, 1 left out",
        "not in scope",
    ]
    assert [cell_text(cell) for cell in rows["StopContact"]] == ["1 left out", "1 left out", "not in scope"]
    assert [cell and cell["verdict"] for cell in rows["SendEvent"]] == ["pass", "fail", "pass"]
    assert rows["SendMessage"][1]["verdict"] == "unsupported"


def test_of_several_endpoints_none_is_worse() -> None:
    found = compare({"a": run(*GOOD), "b": run(violate(), kept_promise(), kept_promise(OTHER))}, endpoints=True)
    assert (found["worse"], found["better"], found["causes"]) == ([], [], {"new": [], "gone": []})
    assert closing_line(found, Path("c.html")).startswith("2 endpoints side by side; comparison: file://")
    html = comparison_page.render(found)
    assert "<h1>2 endpoints side by side</h1>" in html
    assert 'id="worse"' not in html
    assert "1 broken, 1 of 2 kept" in html
    assert "| SendEvent | 2 of 2 kept | 1 broken, 1 of 2 kept |" in markdown(found)


def test_an_endpoint_is_named_with_its_version_and_its_last_runs(tmp_path: Path) -> None:
    night = run(*GOOD)
    places = {str(tmp_path / name): night for name in ("mock", "other")}
    for place in places:
        compliance.write(night, Path(place))
    (tmp_path / "mock" / FILE).write_text('{"name": "<Mock>", "version": "1.2"}')
    records = tmp_path / "records"
    before = {**night, "environment": {**night["environment"], "started": "2026-11-20T10:00:00+00:00"}}
    assert keep(before, records)
    found = introduce(compare(places, endpoints=True), places, records)
    assert [title_of(one) for one in found["runs"]] == ["<Mock> 1.2", "other"]
    assert [len(one["history"]) for one in found["runs"]] == [2, 2]
    html = comparison_page.write(found, tmp_path / "page").read_text()
    assert '<a href="../mock/compliance.html"><bdi>&lt;Mock&gt; 1.2</bdi></a>' in html
    assert "2026-11-20 10:00 UTC: conformant" in html
    assert "` <Mock> 1.2 `" in markdown(found)


@pytest.mark.parametrize("text", ["[]", "{", '{"name": "x"}', '{"name": "x", "version": 1}'])
def test_an_endpoint_that_is_named_in_another_form_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(NotComparable, match=r'endpoint.json.*: write {"name": "...", "version": "..."}'):
        identity_of(tmp_path)


def test_what_follows_from_a_cause_is_told_as_that() -> None:
    bad = with_consequence(run(violate(), kept_promise(), violate(OTHER)), FAILED, OTHER)
    found = compare({"a": run(*GOOD), "b": bad})
    assert {change["id"]: change["follows"] for change in found["worse"]} == {FAILED: None, OTHER: FAILED}
    assert f"follows from <code>{FAILED}</code>" in comparison_page.render(found)
    text = markdown(found)
    assert text.startswith("## 1 new cause; 2 worse, 0 better\n")
    assert f"- **SendEvent.Content.length-max holds.** ` {FAILED} ` must, +1 that follows from it" in text
    assert OTHER not in text
    better = compare({"a": bad, "b": run(*GOOD)})
    assert {change["id"]: change["follows"] for change in better["better"]} == {FAILED: None, OTHER: FAILED}
    assert "### Causes that are gone" in markdown(better)


def test_a_change_without_a_new_cause_is_told_by_itself() -> None:
    found = compare({"a": run(*GOOD), "b": run(kept_promise(), kept_promise(OTHER))})
    assert f"### Worse beside these\n\n- ` {FAILED} ` pass -> untested\n" in markdown(found)


def test_the_page_links_the_reports_of_runs_that_have_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first night", tmp_path / "second"
    compliance.write(run(*GOOD), first)
    second.mkdir()
    file = str(first / "compliance.json")
    found = compare({str(first): run(*GOOD), str(second): run(*GOOD), file: run(*GOOD)})
    html = comparison_page.write(found, tmp_path / "out").read_text()
    assert html.count('<a href="../first%20night/compliance.html">') == 2
    assert "second/compliance.html" not in html
    assert (tmp_path / "out" / "../first night/compliance.html").is_file()


def test_an_endpoint_cannot_write_markdown() -> None:
    hostile = run(*GOOD, target="http://a`</b>|x")
    text = markdown(compare({"a|b": hostile, "b": hostile}))
    assert r"`` http://a`</b>\|x ``" in text
    rows = [line.replace(r"\|", "") for line in text.splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {5}


def test_what_an_option_less_leaves_untested_is_counted(only: Catalogue) -> None:
    only(requirement(FAILED), requirement(CLEAN), requirement(OTHER))
    before = run(*GOOD)
    unseen = [{**entry, "verdict": "untested"} for entry in before["requirements"]]
    text = markdown(compare({"a": before, "b": {**before, "requirements": unseen}}))
    assert f"- 3 requirements pass -> untested, first ` {unseen[0]['id']} `" in text
    assert text.count("untested") == 1
