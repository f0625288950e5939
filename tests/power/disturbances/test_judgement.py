"""What came out under a disturbance, held against what must: false alarms, lost faults and crashes are told apart."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from conformance.commands.cli import main
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.disturbances import command, judgement, plan
from conformance.power.disturbances.collection import DISTURBANCES
from conformance.power.disturbances.disturbance import Disturbance, Expected, Line
from conformance.power.disturbances.disturbed_run import DisturbedRun, RunResult
from conformance.power.plan import NothingChosen
from conformance.reference.faults import faults
from conformance.reference.faults_kit.fault import Fault
from reports import power

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads(resources.files("reports").joinpath("power.schema.json").read_text())
MUST, OTHER, SHOULD = "SendMessage.Content.length-max", "SendMessage.error.type", "SendMessage.success.status"
FAULT = Fault("a-fault", "It is wrong.", lambda _: None, (MUST,), subject="a-subject")
WHERE = "shaky before reference"
REFUSED = Expected(codes=(4,), refused=True, says=("--report-dir",))


def a_disturbance(expected: Expected = Expected()) -> Disturbance:  # noqa: B008 - a frozen value
    return Disturbance("shaky", "The line is shaky.", Line(), expected)


def result_of(code: int | None, output: str = "so", **verdicts: str) -> RunResult:
    names = {"must": MUST, "other": OTHER, "should": SHOULD}
    found = [{"id": names[which], "verdict": verdict} for which, verdict in verdicts.items()]
    report = {"verdict": "conformant", "requests": {"total": 9}, "requirements": found} if verdicts else None
    return RunResult(code, output, report, 1.25)


def judge(run: DisturbedRun, came: RunResult) -> Any:
    (entry,) = judgement.document({run: came})
    Draft202012Validator({**SCHEMA["properties"]["disturbances"]["items"], "$defs": SCHEMA["$defs"]}).validate(entry)
    return entry


@pytest.mark.parametrize(
    ("came", "flaw"),
    [
        (result_of(0, must="pass", should="pass"), None),
        (
            result_of(0, must="pass", should="warning"),
            f"false alarm: {WHERE} accuses it of breaking {SHOULD}",
        ),
        (result_of(0, must="fail"), f"false alarm: {WHERE} accuses it of breaking {MUST}"),
        (
            result_of(1, must="pass"),
            f"trouble: {WHERE}: it ended with exit code 1 in place of 0: so",
        ),
        (result_of(0, "INTERNALERROR> x", must="pass"), f"trouble: {WHERE}: it said 'INTERNALERROR'"),
        (result_of(0, must="error"), f"trouble: {WHERE}: the suite itself went wrong about {MUST}"),
        (result_of(None), f"trouble: {WHERE}: it did not end within 900 s"),
    ],
)
def test_before_the_reference_nothing_may_turn_red_and_the_run_must_end_as_expected(
    came: RunResult, flaw: str | None
) -> None:
    assert judgement.flaws([judge(DisturbedRun(a_disturbance()), came)]) == ([flaw] if flaw else [])


def test_what_the_line_breaks_itself_is_no_false_alarm() -> None:
    run = DisturbedRun(a_disturbance(Expected(warns=("*.success.status",))))
    assert not judgement.flaws([judge(run, result_of(0, should="warning"))])


@pytest.mark.parametrize(
    ("came", "flaws"),
    [
        (result_of(1, must="fail"), []),
        (result_of(0, must="pass"), ["lost", "trouble"]),
        (result_of(6, must="inconclusive"), ["lost", "trouble"]),
        (result_of(1, must="fail", other="fail"), ["false alarm"]),
    ],
)
def test_before_a_fault_its_requirements_must_turn_red_and_no_others(came: RunResult, flaws: list[str]) -> None:
    entry = judge(DisturbedRun(a_disturbance(), FAULT), came)
    assert [flaw.partition(":")[0] for flaw in judgement.flaws([entry])] == flaws


@pytest.mark.parametrize(
    ("came", "troubles"),
    [
        (result_of(4, "ERROR: --report-dir cannot be made: choose another"), 0),
        (result_of(4, "ERROR: no"), 1),
        (result_of(4, "--report-dir\n" * 20), 1),
        (result_of(0, "--report-dir", must="pass"), 1),
    ],
)
def test_a_run_that_must_be_refused_says_why_in_a_sentence(came: RunResult, troubles: int) -> None:
    assert len(judge(DisturbedRun(a_disturbance(REFUSED)), came)["runs"][0]["troubles"]) == troubles


def test_totals_count_runs_and_what_they_came_to() -> None:
    disturbance = a_disturbance()
    entries = judgement.document(
        {
            DisturbedRun(disturbance): result_of(0, must="fail"),
            DisturbedRun(disturbance, FAULT): result_of(0, must="pass"),
        }
    )
    assert judgement.totals(entries) == {"disturbances": 1, "runs": 2, "false_alarms": 1, "lost": 1, "troubled": 1}


def test_every_disturbance_says_in_one_sentence_what_it_is() -> None:
    for name, one in DISTURBANCES.items():
        assert name == one.name
        assert one.says.endswith("."), name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-."), name


def test_ten_faults_are_played_some_of_which_break_a_should_alone() -> None:
    levels = [{catalogue()[rid].level for rid in faults()[name].red} for name in plan.FAULTS]
    assert len(set(plan.FAULTS)) == 10
    assert {Level.SHOULD} in levels
    assert sum(Level.MUST in found for found in levels) > 5
    runs = plan.plan()
    refused = sum(one.expected.refused for one in DISTURBANCES.values())
    assert len(runs) == len(DISTURBANCES) + 10 * (len(DISTURBANCES) - refused)


def test_a_quick_plan_has_both_kinds_each_before_the_reference_and_a_fault() -> None:
    runs = plan.plan(quick=True)
    assert {run.disturbance.kind.value for run in runs} == {"line", "machine"}
    assert len(runs) <= 16
    assert len({run.fault for run in runs if run.fault}) > 5


def test_a_glob_that_matches_no_disturbance_is_refused_with_names_that_are_near() -> None:
    with pytest.raises(NothingChosen, match="did you mean latency"):
        plan.plan(["latancy"])
    done = CliRunner().invoke(main, ["power", "--disturbances", "--only", "latancy"])
    assert done.exit_code == 4
    assert "did you mean latency" in done.output


def test_the_page_shows_every_run() -> None:
    page = power.render(_whole([judge(DisturbedRun(a_disturbance(), FAULT), result_of(0, must="pass"))]))
    assert "<code>shaky</code>" in page
    assert "a-fault" in page
    assert "exit code 0 in place of 1" in page


def _whole(disturbances: list[dict[str, Any]]) -> dict[str, Any]:
    measured = command.document_of({}, 1.0, finished=True)
    whole = {**measured, "disturbances": disturbances}
    whole["totals"]["disturbances"] = judgement.totals(disturbances)
    Draft202012Validator(SCHEMA).validate(whole)
    return whole


def test_the_page_about_disturbances_has_a_row_for_each() -> None:
    page = (ROOT / "docs" / "disturbances.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("`") and " | " in line]
    shown = {name.strip("`"): (says, codes) for name, says, _, codes in rows}
    stated = {one.name: (one.says, ", ".join(map(str, one.expected.codes))) for one in DISTURBANCES.values()}
    assert shown == stated
