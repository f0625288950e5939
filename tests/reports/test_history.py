"""The last runs: since when a finding is there, which is flaky, and which runs count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from reports import compliance, page
from reports.history import MOST_RUNS, earlier_runs, history_of, keep, record_of, sentence
from tests.reports.ledgers import CLEAN, FAILED, FOOTER, Catalogue, entries_of, kept_promise, requirement, violate

RECORDED = "SendEvent.Content.empty"
SCHEMA = json.loads(Path(compliance.__file__).with_name("compliance.schema.json").read_text())


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(FAILED), requirement(CLEAN), requirement(RECORDED, Level.RECORD))


def day(number: int) -> str:
    return f"2026-11-{number:02}T02:17:00+00:00"


def run(night: int, *observations: Observation, **more: Any) -> dict[str, Any]:
    """The report of the run of one night."""
    return compliance.build(entries_of(observations, started=day(night), **more))


def nights(states: str) -> list[dict[str, Any]]:
    """A run for each letter: b where FAILED was broken, k where it was kept, - where it was not judged."""
    seen = {"b": [violate(), kept_promise()], "k": [kept_promise(FAILED), kept_promise()], "-": [kept_promise()]}
    return [run(number, *seen[state]) for number, state in enumerate(states, 1)]


def past(states: str) -> list[dict[str, Any]]:
    *earlier, now = nights(states)
    return list(history_of(now, list(map(record_of, earlier)))["findings"])


@pytest.mark.parametrize(
    ("states", "since", "number", "judged", "flaky"),
    [
        ("b", 1, 1, 1, False),
        ("kb", 2, 1, 2, False),
        ("kbbb", 2, 3, 4, False),
        ("bk", None, 1, 2, False),
        ("kb-b", 2, 2, 3, False),  # a night that did not judge it ends nothing
        ("bkb", 3, 2, 3, True),
        ("kbk", None, 1, 3, True),
    ],
)
def test_a_finding_has_a_past(states: str, since: int | None, number: int, judged: int, *, flaky: bool) -> None:
    (found,) = past(states)
    assert (found["id"], found["level"]) == (FAILED, "must")
    assert found["since"] == (day(since) if since else None)
    assert (found["broken"], found["judged"], found["flaky"]) == (number, judged, flaky)


def test_what_was_never_broken_is_no_finding() -> None:
    assert past("kkk") == []


def test_the_last_thirty_runs_are_shown() -> None:
    record = record_of(nights("k")[0])
    earlier = [{**record, "environment": {"started": f"2025-01-01T00:00:{n:02}"}} for n in range(MOST_RUNS + 5)]
    runs = history_of(nights("b")[0], earlier)["runs"]
    assert len(runs) == MOST_RUNS
    assert (runs[-1]["started"], runs[0]["started"]) == (day(1), "2025-01-01T00:00:06")


def test_records_and_kept_report_directories_are_read_back(tmp_path: Path) -> None:
    first, second, third = nights("kbb")
    place = keep(first, tmp_path / "history")
    assert place == tmp_path / "history" / "20261101T021700-7.json"
    compliance.write(second, tmp_path / "history" / "second-night")
    (tmp_path / "history" / "notes.json").write_text('{"mine": 1}')
    (tmp_path / "history" / "broken.json").write_text("{")
    found = earlier_runs(third, tmp_path / "history")
    assert [one["environment"]["started"] for one in found] == [day(1), day(2)]
    assert history_of(third, found)["findings"][0]["since"] == day(2)


def test_runs_of_other_targets_and_later_ones_do_not_count(tmp_path: Path) -> None:
    keep(run(1, kept_promise(FAILED), target="http://127.0.0.1:1"), tmp_path)
    keep(run(5, kept_promise(FAILED)), tmp_path)
    assert earlier_runs(run(2, violate()), tmp_path) == []


@pytest.mark.parametrize("footer", [None, {**FOOTER, "interrupted": True}], ids=["without an end", "interrupted"])
def test_a_run_that_was_cut_short_leaves_no_record(tmp_path: Path, footer: dict[str, Any] | None) -> None:
    assert keep(run(1, kept_promise(), footer=footer), tmp_path) is None
    compliance.write(run(1, kept_promise(), footer=footer), tmp_path / "a")
    assert earlier_runs(run(2, kept_promise()), tmp_path) == []


def test_a_report_with_a_history_fits_its_schema_and_shows_it() -> None:
    *earlier, now = nights("kb" * 2 + "b")
    now["history"] = history_of(now, earlier)
    jsonschema.validate(now, SCHEMA)
    html = page.render(now)
    assert "5 runs of this target" in html
    assert f'<a href="#{FAILED}">{FAILED}</a> <i class="muted">must</i>' in html
    assert "3 of 5, <strong>flaky</strong>" in html
    assert ", broken since 2026-11-04 02:17 UTC (3 of 5 runs, flaky)" in html  # at the head of its cause
    assert sentence(now["history"]) == f"HISTORY 5 runs since {day(1)}: 0 new findings, 0 gone, 1 flaky"


def test_the_terminal_counts_what_is_new_and_what_is_gone() -> None:
    for states, words in (("kb", "1 new finding, 0 gone"), ("bk", "0 new findings, 1 gone"), ("kbb", "0 new findings")):
        *earlier, now = nights(states)
        assert words in sentence(history_of(now, earlier))


def test_a_report_without_a_history_has_no_section_of_it() -> None:
    assert 'id="history"' not in page.render(nights("b")[0])
