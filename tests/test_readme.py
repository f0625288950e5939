"""The README tells the options, verdicts and exit codes that there are, and points at files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.results.verdicts import MEANINGS, RUN_MEANINGS, ExitCode
from connect_conformance_pytest.options import OPTIONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ROWS = [line.strip("| ").replace(r"\|", "/").split(" | ") for line in README.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_stands_with_its_meaning(option: str) -> None:
    meanings = [meaning for name, meaning in ROWS if name.strip("`").split(" ")[0] == option]
    assert meanings == [OPTIONS[option]["help"]]


def test_no_option_is_told_that_there_is_not() -> None:
    others = {"--pyargs", "--hypothesis-seed", "--quiet", "--editable", "--dist", "--deselect", "--lf"}
    commands = {name for command in main.commands.values() for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= set(OPTIONS) | commands | others


@pytest.mark.parametrize(("verdict", "meaning"), [*MEANINGS.items(), *RUN_MEANINGS.items()])
def test_each_verdict_stands_with_its_meaning(verdict: str, meaning: str) -> None:
    assert [str(verdict), meaning] in ROWS


def test_the_exit_codes_are_those_of_a_run() -> None:
    assert {int(name) for name, _ in ROWS if name.isdecimal()} == {int(code) for code in ExitCode}


def test_what_it_points_at_exists() -> None:
    paths = re.findall(r"`((?:\.ci|\.github|conformance|strategies|reports|tests|docs)/[\w./-]*)`", README)
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    made_by_a_run = "reports/out/"
    missing = [p for p in (*paths, *pictures) if not p.startswith(made_by_a_run) and not (ROOT / p).exists()]
    assert len(paths) > 10
    assert len(pictures) == 1
    assert missing == []
