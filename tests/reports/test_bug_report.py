"""A violation as a bug report: whole, without secrets, and safe to paste."""

from __future__ import annotations

import pytest

from reports import compliance
from reports.bug_report import bug_report, fence
from reports.reproduction import NotBroken
from tests.reports.ledgers import CLEAN, FAILED, TOKEN, entries_of, violate


def test_it_says_what_was_promised_and_came_with_versions_calls_and_script() -> None:
    text = bug_report(compliance.build(entries_of([violate(actual="a ``` b")])), FAILED)
    for words in ("## The endpoint refuses", FAILED, "botocore 1.44.5", "POST /participant/event", "raise SystemExit"):
        assert words in text
    assert "````\na ``` b\n````" in text
    assert "https://docs.aws.amazon.com/" in text
    assert TOKEN not in text


def test_a_promise_that_was_kept_has_none() -> None:
    with pytest.raises(NotBroken):
        bug_report(compliance.build(entries_of([violate()])), CLEAN)


def test_nothing_in_a_text_ends_its_block() -> None:
    assert fence("`````") == "``````\n`````\n``````"
