"""The file of known deviations: what it says, and one sentence for each mistake in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.results.deviations import Deviation, DeviationError, read_deviations

GOOD = """
[[deviation]]
requirement = "SendEvent.Content.length-max"
reason = "the gateway cuts it"
owner = "chat team"
since = 2026-11-01
expires = 2027-01-31
edge = "16385 *"

[[deviation]]
operation = "DescribeView"
reason = "not implemented"
owner = "chat team"
since = 2026-11-01
expires = 2027-01-31
target = "https://staging*"
"""


def write(directory: Path, text: str) -> Path:
    path = directory / "deviations.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    one, other = read_deviations(write(tmp_path, GOOD))
    assert (one.requirement, one.edge, one.expires) == ("SendEvent.Content.length-max", "16385 *", date(2027, 1, 31))
    assert (other.operation, other.target) == ("DescribeView", "https://staging*")


def test_a_deviation_survives_the_ledger(tmp_path: Path) -> None:
    for deviation in read_deviations(write(tmp_path, GOOD)):
        assert Deviation.of(deviation.plain()) == deviation


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ("[[deviation", "is no TOML"),
        ("x = 1", "holds no list of deviations"),
        ("deviation = 1", "holds no list of deviations"),
        ("deviation = [1]", "it is no table"),
        (GOOD.replace('reason = "the gateway cuts it"', ""), "reason is missing"),
        (GOOD.replace("expires = 2027-01-31", 'expires = "soon"', 1), "a date such as 2027-01-31"),
        (GOOD.replace("edge =", "edges ="), "'edges' is no part of it"),
        (GOOD.replace("length-max", "length-mx"), "is no requirement"),
        (GOOD.replace('"DescribeView"', '"DescribeViews"'), "is no operation"),
        (GOOD.replace('operation = "DescribeView"', ""), "give either requirement, or operation"),
        (GOOD.replace("edge =", "operation ="), "give either requirement, or operation"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, mistake: str, sentence: str) -> None:
    path = write(tmp_path, mistake)
    with pytest.raises(DeviationError, match=sentence) as raised:
        read_deviations(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviationError, match=r"nowhere\.toml cannot be read \(No such file"):
        read_deviations(tmp_path / "nowhere.toml")
