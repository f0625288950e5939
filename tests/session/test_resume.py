"""What an earlier run has witnessed is carried over, and nothing else; of another kind of run, nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.violation import Breach
from conformance.endpoint.settings import SettingsError
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from conformance.session.resume import EARLIER, carry_over
from reports import compliance
from tests.reports.ledgers import CLEAN, FAILED, HEADER, entries_of, kept_promise, violate

STARTED = HEADER["started"]
NOW = {**HEADER, "started": "2026-11-22T10:00:00+00:00", "catalogue": "c", "seed": 8}


def entry_of(test: str, outcome: str = "passed") -> dict[str, Any]:
    return {"entry": "test", "nodeid": test, "title": test, "outcome": outcome, "seconds": 0.1}


def of(test: str, outcome: Outcome, phase: str = "edge") -> Observation:
    return Observation(CLEAN, outcome, phase, test, "e", reason="because")


def earlier(directory: Path, observations: list[Observation], *tests: dict[str, Any], **header: Any) -> Path:
    """A directory with the ledger of a run that was killed: it has no footer."""
    entries = [*entries_of(observations, footer=None, **{"catalogue": "c", **header}), *tests]
    (directory / "ledger.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return directory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "now").mkdir()
    return tmp_path / "now"


def test_tests_that_judged_all_they_claim_are_done(tmp_path: Path, place: Path) -> None:
    """One that was interrupted, skipped, or could not judge something is run again."""
    observations = [
        of("kept", Outcome.KEPT),
        of("doubtful", Outcome.KEPT),
        of("doubtful", Outcome.INCONCLUSIVE),
        of("passive doubt", Outcome.KEPT),
        of("passive doubt", Outcome.INCONCLUSIVE, "passive"),
        of("wrong", Outcome.ERROR),
        of("needy", Outcome.UNTESTED),
        of("recorded", Outcome.RECORDED),
        of("interrupted", Outcome.KEPT),
    ]
    tests = [entry_of(o.test or "") for o in observations if o.test != "interrupted"]
    done = carry_over(earlier(tmp_path, observations, *tests, entry_of("skipped", "skipped")), NOW, place)
    assert done == {"kept", "passive doubt", "recorded"}
    carried = [json.loads(line) for line in (place / EARLIER).read_text().splitlines()]
    assert {entry.get("test", entry.get("nodeid")) for entry in carried} == done
    assert {entry["from"] for entry in carried if entry["entry"] == "test"} == {STARTED}


def test_a_violation_is_carried_over_with_its_evidence_and_the_report_says_from_when(
    tmp_path: Path, place: Path
) -> None:
    violation = violate(FAILED)
    directory = earlier(
        tmp_path, [violation, kept_promise(CLEAN)], entry_of(violation.test or "", "failed"), entry_of("other")
    )
    assert violation.test in carry_over(directory, NOW, place)
    carried = [json.loads(line) for line in (place / EARLIER).read_text().splitlines()]
    report = compliance.build([*entries_of([], **NOW), *carried])
    found = next(r for r in report["requirements"] if r["id"] == FAILED)
    assert (found["verdict"], Breach.of(found["violation"])) == ("fail", violation.breach)
    assert [test["from"] for test in found["tests"]] == [STARTED]
    assert f"from the run of {STARTED} (--resume)." in report["notes"][0]


def test_what_was_carried_over_twice_keeps_its_time(tmp_path: Path, place: Path) -> None:
    first = earlier(tmp_path, [of("kept", Outcome.KEPT)], entry_of("kept"))
    carry_over(first, NOW, place)
    header = json.dumps({"entry": "header", "schema_version": 1, **NOW})
    (place / "ledger.jsonl").write_text(header + "\n")
    (tmp_path / "later").mkdir()
    assert carry_over(place, NOW, tmp_path / "later") == {"kept"}
    assert f'"from": "{STARTED}"' in (tmp_path / "later" / EARLIER).read_text()


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"target": "http://other"}, "--target was http://other and is reference now"),
        ({"depth": "smoke"}, "--depth was smoke and is default now"),
        ({"instance_id": "i-9"}, "--instance-id was i-9 and is"),
        ({"catalogue": "d"}, "the catalogue of requirements was d and is c now"),
        ({"absent": "connect"}, "the service that the endpoint lacks was connect and is none now"),
        ({"sources": [{"botocore": "1.0.0"}]}, "the model of the API was botocore 1.0.0 and is botocore 1.44.5 now"),
        ({"versions": {"connect-chat-conformance": "0.1"}}, "the version of this suite was 0.1 and is none now"),
    ],
)
def test_another_kind_of_run_is_refused_in_one_sentence(
    tmp_path: Path, place: Path, header: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError) as wrong:
        carry_over(earlier(tmp_path, [], **header), NOW, place)
    assert says in str(wrong.value)
    assert str(wrong.value).endswith("; leave --resume out, or give the same")
    assert not (place / EARLIER).exists()


def test_the_embedded_reference_has_another_address_each_time(tmp_path: Path, place: Path) -> None:
    assert carry_over(earlier(tmp_path, [], endpoint="http://127.0.0.1:1"), NOW, place) == frozenset()
    other = earlier(tmp_path, [], target="http://h", endpoint="http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="the address of the endpoint was"):
        carry_over(other, {**NOW, "target": "http://h"}, place)


def test_a_directory_without_a_ledger_is_told(tmp_path: Path, place: Path) -> None:
    with pytest.raises(SettingsError, match="holds no ledger: give the --report-dir of a run"):
        carry_over(tmp_path, NOW, place)
