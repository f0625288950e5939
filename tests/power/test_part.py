"""Parts of the kill matrix: together they hold everything once, and each says what it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from conformance.commands.cli import main
from conformance.power.part import WHOLE, Part, part_of
from conformance.power.plan import NothingInPart, plan
from conformance.results.verdicts import ExitCode
from tests.forms.github import read_yaml
from tests.forms.machine import ROOT

SCHEMA = json.loads(resources.files("reports").joinpath("power.schema.json").read_text())
FAULT = "SendEvent.ClientToken.length-max.too-lax"
NIGHTS = 14
DAY = 86_400


def of_fault(name: str, of: int) -> Part:
    return next(part for number in range(1, of + 1) if (part := Part(number, of)).holds(name))


@pytest.mark.parametrize("whole", [True, False])
def test_all_parts_together_hold_every_fault_and_variant_once(*, whole: bool) -> None:
    everything = plan(whole=whole)
    parts = [everything.only(Part(number, NIGHTS)) for number in range(1, NIGHTS + 1)]
    assert sorted(name for part in parts for name in part.faults) == sorted(everything.faults)
    assert sorted(names for part in parts for names in part.variants) == sorted(everything.variants)
    assert max(len(part.faults) for part in parts) < 2 * len(everything.faults) / NIGHTS


def test_every_part_judges_the_reference_as_it_is_too() -> None:
    part = plan().only(Part(3, NIGHTS))
    assert part.clean in list(part.first_trials())


def test_a_name_is_in_the_same_part_in_every_process() -> None:
    """The number is the CRC-32 of these digits, which its definition states as a check."""
    assert of_fault("123456789", NIGHTS) == Part(0xCBF43926 % NIGHTS + 1, NIGHTS)


def test_a_part_is_read_as_it_is_shown() -> None:
    assert (part_of("3/14"), part_of("14/14"), part_of("1/1")) == (Part(3, 14), Part(14, 14), WHOLE)
    assert str(Part(3, 14)) == "3/14"


@pytest.mark.parametrize("text", ["0/14", "15/14", "3", "3/", "3 of 14", "-1/14", "3/0", "1/14/2", "٣/14", ""])
def test_what_is_no_part_is_told_with_one_that_is(text: str) -> None:
    done = CliRunner().invoke(main, ["power", f"--part={text}"])
    assert done.exit_code == ExitCode.USAGE
    assert f"{text!r} is no part: give one such as 3/14, the third of 14 parts" in done.output


def test_a_part_without_any_of_the_chosen_faults_is_refused() -> None:
    """Nothing judged is not green."""
    holder = of_fault(FAULT, 2)
    other = Part(3 - holder.number, 2)
    with pytest.raises(NothingInPart):
        plan([FAULT]).only(other)
    done = CliRunner().invoke(main, ["power", "--only", FAULT, "--part", str(other)])
    assert done.exit_code == ExitCode.USAGE
    assert f"--part: none of the chosen faults and variants is in part {other}" in done.output


def test_disturbances_are_not_played_in_parts() -> None:
    done = CliRunner().invoke(main, ["power", "--disturbances", "--part", "1/2"])
    assert done.exit_code == ExitCode.USAGE
    assert "--part: the runs under disturbances have no parts" in done.output


@pytest.mark.slow
def test_the_documents_and_the_last_line_say_which_part_it_was(tmp_path: Path) -> None:
    part = of_fault(FAULT, 2)
    words = ["power", "--claims-only", "--only", FAULT, "--part", str(part), "--report-dir", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == ExitCode.CONFORMANT
    assert f"part {part.number} of 2, and nothing of the others; 1 of 1 faults found by a must" in done.output
    document = json.loads((tmp_path / "power.json").read_text())
    Draft202012Validator(SCHEMA).validate(document)
    assert (document["part"], document["planned"]["faults"]) == ({"number": part.number, "of": 2}, 1)
    assert f"Part {part.number} of 2: nothing of the other parts was judged." in (tmp_path / "power.html").read_text()


def test_14_nights_in_a_row_play_all_parts() -> None:
    steps = read_yaml(ROOT / ".github" / "workflows" / "nightly.yml")["jobs"]["power"]["steps"]
    (played,) = [step["run"] for step in steps if "connect-conformance power" in step.get("run", "")]
    stand_ins = 'date() { echo "$now"; }; connect-conformance() { echo "${*: -1}"; };'
    nights = range(1_800_000_000, 1_800_000_000 + NIGHTS * DAY, DAY)
    scripts = [f"now={now}; {stand_ins} {played}" for now in nights]
    bash = shutil.which("bash") or ""
    seen = [subprocess.check_output([bash, "-c", script], text=True) for script in scripts]
    assert {part_of(text.strip()) for text in seen} == {Part(number, NIGHTS) for number in range(1, NIGHTS + 1)}
