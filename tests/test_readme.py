"""The README and docs/ state the options, verdicts and exit codes that exist, and point at files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.commands.cli import main
from conformance.reference.faults import faults
from conformance.reference.variants.registry import VARIANTS
from conformance.results.verdicts import EXIT_MEANINGS, MEANINGS, RUN_MEANINGS
from connect_conformance_pytest.options import COMMAND_OPTIONS, OPTIONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MOST_LINES = 150  # the rest stands in docs/
WRITTEN = "requirements/"  # pages of the site that are made when it is built, which checks the links to them
PAGES = {path: path.read_text() for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
TEXT = "\n".join(PAGES.values())
ROWS = [line.strip("| ").replace(r"\|", "/").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")]
EXITS = [line.strip("| ").split(" | ") for line in README.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("option", [*OPTIONS, *COMMAND_OPTIONS])
def test_each_option_stands_with_its_meaning(option: str) -> None:
    meanings = [rest[-1] for name, *rest in ROWS if name.strip("`").split(" ")[0] == option]
    assert meanings == [{**OPTIONS, **COMMAND_OPTIONS}[option]["help"]]


def test_no_option_is_told_that_there_is_not() -> None:
    others = {
        "--help",
        "--from",
        "--pyargs",
        "--spec",
        "--hypothesis-seed",
        "--quiet",
        "--editable",
        "--dist",
        "--deselect",
        "--lf",
        "--doctest-modules",
        "--env-file",
        "--no-healthcheck",
    }
    commands = {name for command in main.commands.values() for parameter in command.params for name in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) <= set(OPTIONS) | commands | others


@pytest.mark.parametrize(("verdict", "meaning"), [*MEANINGS.items(), *RUN_MEANINGS.items()])
def test_each_verdict_stands_with_its_meaning(verdict: str, meaning: str) -> None:
    assert [str(verdict), meaning] in ROWS


def test_the_exit_codes_are_those_of_a_run() -> None:
    stated = {int(name): meaning for name, meaning in EXITS if name.isdecimal()}
    assert stated == {int(code): meaning for code, meaning in EXIT_MEANINGS.items()}


def test_the_two_commands_that_set_everything_up_are_those_that_are_checked() -> None:
    """.ci/run installs as they do, and calls what they call, with options of its own."""
    checked = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = re.findall(r"```sh\n(python3 -m venv .*)\n```", README)
    called = [command.rpartition("&& .venv/bin/")[2] for command in commands]
    assert called == ["connect-conformance run", "pytest tests -n 4 --dist loadfile"]
    for command in called:
        assert any(line == command or line.startswith(f"{command} --") for line in checked)
    assert "--editable '.[dev]'" in "\n".join(checked)


def test_there_are_as_many_faults_and_variants_as_the_readme_says() -> None:
    assert "thousands of seeded faults" in README
    assert "more than a hundred endpoints" in README
    assert len(faults()) > 2 * 1000
    assert len(VARIANTS) > 100


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= MOST_LINES


def test_each_page_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\(docs/([\w-]+\.md)\)", README))
    assert linked == {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}  # that of the site


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_points_at_exists(page: Path) -> None:
    named = re.findall(r"`((?:\.ci|\.github|conformance|strategies|reports|tests|docs)/[\w./-]*)`", PAGES[page])
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[page])]
    found = [ROOT / path for path in named if not path.startswith("reports/out")]
    found += [page.parent / link for link in links if link and "://" not in link and not link.startswith(WRITTEN)]
    assert [str(path) for path in found if not path.exists()] == []
