"""Contacts that a run has left open are told on the terminal, in the Markdown and in the verdict box."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.catalogue import catalogue
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import compliance, page, summary
from reports.caveats import CLEANUP
from tests.reports.ledgers import FAILED, FOOTER, Catalogue, entries_of, violate

STOP = "StopContact.success.valid-request"
LEFT = [{"contact": f"contact-{number}", "instance": "instance-1"} for number in range(4)]


@pytest.fixture(autouse=True)
def few(only: Catalogue) -> None:
    """These reports are about contacts, which takes no more than two requirements."""
    only(catalogue()[FAILED], catalogue()[STOP])


def report_of(
    target: str = "http://chat.example", seen: tuple[Observation, ...] = (), **contacts: Any
) -> dict[str, Any]:
    return build_report(target, {**FOOTER, "contacts": {**FOOTER["contacts"], **contacts}}, seen)


def build_report(target: str, footer: dict[str, Any] | None, seen: tuple[Observation, ...] = ()) -> dict[str, Any]:
    header, *rest = entries_of([violate(), *seen], footer=footer)
    return compliance.build([{**header, "target": target}, *rest])


def first_forms(report: dict[str, Any]) -> list[str]:
    """The forms that a reader looks at first: the terminal, the Markdown, the verdict box of the page."""
    banner = page.render(report).partition('<div class="banner')[2].partition("</div>")[0]
    return [summary.terminal(report), summary.markdown(report).replace("\\", ""), banner]


def test_each_form_names_them_and_what_to_do() -> None:
    for text in first_forms(report_of(leaked=4, left_open=LEFT)):
        assert "LEFT OPEN 4 contacts that the endpoint has not stopped" in text
        assert "contact-0 in instance instance-1" in text
        assert "and 1 more in compliance.json" in text
        assert CLEANUP in text


def test_an_endpoint_without_stop_contact_is_named_as_the_reason() -> None:
    lacking = Observation(STOP, Outcome.UNSUPPORTED, "probe", "t", reason="got 404")
    for text in first_forms(report_of(leaked=4, left_open=LEFT, seen=(lacking,))):
        assert "the endpoint does not implement StopContact" in text
        assert CLEANUP not in text


def test_a_start_without_a_reply_is_told_too() -> None:
    for text in first_forms(report_of(unanswered=1)):
        assert "NOT KNOWN whether 1 start opened a contact: no ContactId was seen" in text


def test_a_run_that_was_killed_does_not_look_as_if_all_was_stopped() -> None:
    for text in first_forms(build_report("http://chat.example", None)):
        assert "NOT KNOWN which contacts are open" in text


def test_where_all_are_stopped_nothing_is_said() -> None:
    for text in first_forms(report_of()):
        assert "LEFT OPEN" not in text
        assert "NOT KNOWN" not in text


@pytest.mark.parametrize("contacts", [{"leaked": 4, "left_open": LEFT}, {"unanswered": 2}])
def test_nobody_is_sent_to_an_embedded_endpoint_that_has_ended(contacts: dict[str, Any]) -> None:
    for text in first_forms(report_of("reference", **contacts)):
        assert "cleanup" not in text


def test_the_report_lists_them_all() -> None:
    contacts = report_of(leaked=4, left_open=LEFT)["contacts"]
    assert [one["contact_id"] for one in contacts["left_open"]] == [f"contact-{number}" for number in range(4)]
