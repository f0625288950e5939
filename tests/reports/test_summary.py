from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from conformance.contract.requirements import Level
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import compliance, summary
from tests.reports.ledgers import (
    Catalogue,
    answer,
    entries_of,
    exchange,
    kept_promise,
    repetition,
    requirement,
    violate,
)

RID = "SendEvent.facet.rule"
HOSTILE = "<b>|`x`\u202e\x1b[31m\n# heading"


def report(*observations: Observation, **more: Any) -> dict[str, Any]:
    return compliance.build(entries_of(observations, **more))


def test_a_failure_is_a_short_block(only: Catalogue) -> None:
    only(requirement(RID))
    calls = (exchange("SendMessage", {}, answer(200)), exchange("SendEvent", {"Content": "b" * 500}, answer(200)))
    seen = violate(RID, exchanges=calls)
    text = summary.terminal(compliance.build([*entries_of([seen]), repetition(seen, 1, 2)]))
    assert text.splitlines() == [
        f"FAIL {RID}",
        f"  promise   {RID} holds.",
        "  expected  400 ValidationException",
        "  actual    200",
        '  input     POST /participant/event {"Content": "b…["b" 500 times]"} after SendMessage',
        "  again     1 of 2 times: intermittent",
    ]


def test_a_block_ends_with_its_place_in_the_page(only: Catalogue, tmp_path: Path) -> None:
    only(requirement(RID))
    text = summary.terminal(report(violate(RID)), tmp_path / "compliance.html")
    assert text.endswith(f"\n  see       {tmp_path.as_uri()}/compliance.html#{RID}")


def test_ten_different_failures_are_shown_and_the_rest_counted(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(13)]
    only(*rules)
    calls = [(exchange("SendEvent", {"Content": rule.id}, answer(200)),) for rule in rules]
    seen = (violate(r.id, actual=f"{400 + n}", exchanges=calls[n]) for n, r in enumerate(rules))
    text = summary.terminal(report(*seen))
    assert text.count("FAIL ") == 10
    assert text.endswith("and 3 more in the report")


def test_failures_with_one_and_the_same_answer_are_one_cause(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(6)]
    only(*rules)
    statuses = {rule: 204 if rule is rules[1] else 200 for rule in rules}
    calls = {rule: (exchange("SendEvent", {"Content": rule.id}, answer(statuses[rule])),) for rule in rules}
    seen = (violate(rule.id, actual=str(statuses[rule]), exchanges=calls[rule]) for rule in rules)
    text = summary.terminal(report(*seen))
    assert [line for line in text.splitlines() if line.startswith("FAIL")] == [f"FAIL {r.id}" for r in rules[:2]]
    assert "  group     SendEvent accepts what it must refuse: 5 limits, first facet.rule-0." in text
    assert f"  alike     {rules[2].id}, {rules[3].id}, {rules[4].id} and 1 more" in text


def test_nothing_is_said_when_all_is_well(only: Catalogue) -> None:
    only(requirement(RID))
    assert summary.terminal(report(kept_promise(RID))) == ""


def test_a_warning_is_no_failure(only: Catalogue) -> None:
    only(requirement(RID, Level.SHOULD))
    assert "FAIL" not in summary.terminal(report(violate(RID)))


def test_what_kept_a_run_from_being_complete_is_said_once_per_reason(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(3)]
    only(*rules, requirement(RID, untested="excused"))
    doubts = [Observation(r.id, Outcome.INCONCLUSIVE, "edge", "t", "e", reason="time-out") for r in rules]
    assert summary.terminal(report(*doubts)).split("\n\n")[0] == "INCONCLUSIVE 3 musts: time-out"


def test_musts_that_follow_from_a_cause_are_counted_beside_the_others(only: Catalogue) -> None:
    """What is told here and what the closing line counts is one number."""
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(3)]
    only(*rules)
    doubts = [Observation(r.id, Outcome.INCONCLUSIVE, "edge", "t", "e", reason="time-out") for r in rules[:2]]
    doubtful = {**report(*doubts, violate(rules[2].id))}
    doubtful["causes"] = [{**doubtful["causes"][0], "follows": [rules[0].id]}]
    assert "INCONCLUSIVE 1 must, beside 1 that follows from a cause: time-out" in summary.terminal(doubtful)


def test_an_unsupported_operation_is_one_line(only: Catalogue) -> None:
    only(requirement(RID), requirement("SendEvent.facet.other"))
    seen = [Observation(r, Outcome.UNSUPPORTED, "edge", "t", "e", reason="501") for r in (RID, "SendEvent.facet.other")]
    assert summary.terminal(report(*seen)) == "UNSUPPORTED SendEvent (2 requirements): 501"


def test_operations_that_are_not_there_for_one_reason_are_one_line(only: Catalogue) -> None:
    rules = ("SendEvent.facet.rule", "SendMessage.facet.rule")
    only(*map(requirement, rules))
    seen = [Observation(r, Outcome.UNSUPPORTED, "edge", "t", "e", reason="501") for r in rules]
    assert summary.terminal(report(*seen)) == "UNSUPPORTED SendEvent, SendMessage (2 requirements): 501"


def test_a_run_without_an_end_says_so(only: Catalogue) -> None:
    only(requirement(RID))
    assert "did not finish" in summary.terminal(report(kept_promise(RID), footer=None))


def test_the_closing_lines_hold_verdict_causes_and_link(only: Catalogue) -> None:
    only(
        requirement(RID),
        requirement("SendEvent.facet.b", untested="a reason"),
        requirement("SendEvent.facet.c"),
        requirement("SendEvent.facet.d", Level.SHOULD),
    )
    line = summary.closing_lines(
        report(kept_promise(RID), violate("SendEvent.facet.c"), kept_promise("SendEvent.facet.d")),
        Path("out/compliance.html"),
    )
    assert line == (
        "non-conformant: 1 cause, 1 of 3 musts broken; 1 untested\n"
        "  SendEvent.facet.c: SendEvent.facet.c holds.\n"
        "contacts: 3 opened, 3 closed, 0 leaked\n"
        f"report: {Path('out/compliance.html').resolve().as_uri()}"
    )


def test_an_endpoint_cannot_command_the_terminal(only: Catalogue) -> None:
    only(requirement(RID))
    text = summary.terminal(report(violate(RID, expected=HOSTILE, actual=HOSTILE)))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "\n# heading" not in text


def test_the_markdown_counts_each_level(only: Catalogue) -> None:
    only(requirement(RID), requirement("SendEvent.facet.b"), requirement("SendEvent.facet.c", Level.SHOULD))
    text = summary.markdown(report(kept_promise(RID), violate("SendEvent.facet.b"), kept_promise("SendEvent.facet.c")))
    assert "| level | fail | pass |" in text
    assert "| must | 1 | 1 |" in text
    assert "| should | 0 | 1 |" in text
    assert "1 of 2 musts failed: SendEvent.facet.b." in text


def test_markdown_shows_what_an_endpoint_said_as_code(only: Catalogue) -> None:
    only(requirement(RID))
    text = summary.markdown(report(violate(RID, actual=HOSTILE), notes=["<i>note</i>"]))
    assert "`` <b>|`x`\u27e8U+202E\u27e9\u241b[31m # heading ``" in text
    assert "\\<i\\>note\\</i\\>" in text


def test_markdown_lists_each_reason_why_musts_were_not_witnessed(only: Catalogue) -> None:
    rules = [requirement(f"SendEvent.facet.rule-{n}") for n in range(3)]
    only(*rules)
    reasons = ("time-out", "time-out", "<late>")
    doubts = [
        Observation(rule.id, Outcome.INCONCLUSIVE, "edge", "t", "e", reason=reason)
        for rule, reason in zip(rules, reasons, strict=True)
    ]
    _, _, shown = summary.markdown(report(*doubts)).partition("### Not verified\n\n")
    assert shown.splitlines()[0] == "- INCONCLUSIVE 3 musts"
    assert [line.split() for line in shown.splitlines()[1:3]] == [["-", "2", "time-out"], ["-", "1", "\\<late\\>"]]
    assert all(line.startswith("  - ") for line in shown.splitlines()[1:3])
