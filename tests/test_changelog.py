"""The changelog agrees with the version that is built, and its entries stand in order."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
_RELEASE = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})")


def headings(level: str) -> list[str]:
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    return [line for line in lines if line.startswith(f"{level} ")]


@pytest.fixture
def releases() -> list[tuple[tuple[int, ...], date]]:
    found = [_RELEASE.fullmatch(line) for line in headings("##")[1:]]
    assert all(found), "a heading is no release: write it as '## [1.2.3] - 2026-01-31'"
    return [(tuple(map(int, m.groups()[:3])), date.fromisoformat(m[4])) for m in found if m]


def test_what_is_not_released_stands_first() -> None:
    assert headings("##")[0] == "## [Unreleased]"


def test_the_newest_release_is_the_version_of_the_project(releases: list[tuple[tuple[int, ...], date]]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert ".".join(map(str, releases[0][0])) == version


def test_releases_stand_newest_first_by_number_and_by_date(releases: list[tuple[tuple[int, ...], date]]) -> None:
    versions, dates = zip(*releases, strict=True)
    assert list(versions) == sorted(set(versions), reverse=True)
    assert list(dates) == sorted(dates, reverse=True)


def test_changes_stand_below_the_known_kinds() -> None:
    assert {heading.removeprefix("### ") for heading in headings("###")} <= set(KINDS)
