"""The page of docs lists each failure and each status that a sentence is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.checks.diagnosis.failures import ADVICE, Failure

PAGE = (Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("failure", ADVICE)
def test_each_failure_stands_in_the_page(failure: Failure) -> None:
    assert failure in PAGE


@pytest.mark.parametrize(
    "status", [200, 301, 302, 307, 308, 401, 403, 404, 405, 407, 413, 429, 500, 502, 503, 504, 511]
)
def test_each_status_with_a_sentence_of_its_own_stands_in_the_page(status: int) -> None:
    assert str(status) in PAGE


@pytest.mark.parametrize(
    "option", ["--target", "--participant-target", "--ca-bundle", "--header", "--allow-host", "--rate"]
)
def test_each_option_that_mends_something_stands_in_the_page(option: str) -> None:
    assert f"`{option}" in PAGE
