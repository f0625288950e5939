"""Limits that one operation does not keep are a group, and each form of the report says so in the same sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.application.result import Judgement
from reports import comparison_page, compliance, page, summary
from reports.comparison import compare
from reports.comparison_markdown import markdown
from reports.junit import name_causes
from reports.notification.changes import change
from reports.notification.message import text
from tests.reports.ledgers import Catalogue, answer, entries_of, exchange, kept_promise, requirement, violate

IDS = [f"SendEvent.facet.rule-{n}" for n in range(4)]
SENTENCE = "SendEvent accepts what it must refuse: 4 limits, first facet.rule-0."
CASE = f'<property name="requirements" value="{IDS[3]}"/>'
JUNIT = (
    f"<testsuites><testsuite><testcase><properties>{CASE}</properties><failure/></testcase></testsuite></testsuites>"
)


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(*map(requirement, IDS))


def report(status: int = 200) -> dict[str, Any]:
    """All limits were broken by the same answer."""
    calls = {rid: (exchange("SendEvent", {"Content": rid}, answer(status)),) for rid in IDS}
    return compliance.build(entries_of(violate(rid, actual=str(status), exchanges=calls[rid]) for rid in IDS))


def test_the_group_stands_beside_what_the_schema_promises_of_each_cause() -> None:
    (cause,) = report()["causes"]
    assert cause == {
        "requirement": IDS[0],
        "headline": f"{IDS[0]} holds.",
        "operation": "SendEvent",
        "level": "must",
        "follows": IDS[1:],
        "group": {"headline": SENTENCE, "alike": IDS},
    }


def test_each_form_says_the_same_sentence_and_none_that_the_others_follow(tmp_path: Path) -> None:
    found, good = report(), compliance.build(entries_of([kept_promise(rid) for rid in IDS]))
    (path := tmp_path / "junit.xml").write_text(JUNIT)
    name_causes(path, found)
    compared = compare({"a": good, "b": found})
    forms = {
        "terminal": summary.terminal(found),
        "closing lines": summary.closing_lines(found, tmp_path),
        "Markdown": summary.markdown(found),
        "page": page.render(found),
        "JUnit": path.read_text(),
        "comparison": comparison_page.render(compared),
        "comparison's Markdown": markdown(compared),
        "message": text(change(None, found), None),
        "assertion": str(Judgement("non-conformant", "in short", found).findings[0]),
    }
    assert [name for name, shown in forms.items() if SENTENCE not in shown] == []
    assert [name for name, shown in forms.items() if "from it" in shown] == []


def test_a_refusal_of_another_form_is_a_group_of_its_own_sentence() -> None:
    (cause,) = report(status=409)["causes"]
    assert cause["group"]["headline"] == "SendEvent answers 409 where it must not: 4 limits, first facet.rule-0."
