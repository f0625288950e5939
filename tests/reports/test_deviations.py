"""Known deviations: what is expected, what did not happen, what has expired, and what is more than was listed."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import compliance, page
from tests.reports.ledgers import CLEAN, FAILED, HEADER, Catalogue, entries_of, kept_promise, requirement, violate

ALSO = "SendEvent.ContentType.enum"


def list_deviation(requirement: str | None = FAILED, **more: Any) -> dict[str, Any]:
    """A deviation as the header of a ledger holds it."""
    facts = {"operation": None, "edge": None, "target": None, "reason": "waits for a new gateway", "owner": "chat team"}
    dates = {"since": "2026-11-01", "expires": "2026-11-21"}
    return {"requirement": requirement, **facts, **dates, **more}


def report(*observations: Observation, deviation: dict[str, Any], **header: Any) -> dict[str, Any]:
    """The report of a run with one listed deviation."""
    return compliance.build(entries_of(observations, deviations=[deviation], **header))


def verdicts(built: dict[str, Any]) -> dict[str, str]:
    """Verdicts by requirement id."""
    return {found["id"]: found["verdict"] for found in built["requirements"]}


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(FAILED), requirement(CLEAN), requirement(ALSO))


def test_a_listed_failure_is_expected_on_its_last_day() -> None:
    built = report(violate(), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation())
    assert verdicts(built)[FAILED] == "expected-deviation"
    assert built["verdict"] == "conformant"
    assert built["deviations"][0]["state"] == "expected"
    assert "1 are broken and listed" in built["reason"]


def test_a_listed_failure_fails_once_its_time_is_over() -> None:
    built = report(violate(), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation(expires="2026-11-20"))
    assert verdicts(built)[FAILED] == "fail"
    assert built["verdict"] == "non-conformant"
    assert built["deviations"][0]["state"] == "expired"


def test_a_listed_failure_that_does_not_happen_fails_the_run() -> None:
    built = report(kept_promise(FAILED), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation())
    assert verdicts(built)[FAILED] == "unexpected-pass"
    assert built["verdict"] == "non-conformant"
    assert built["deviations"][0]["state"] == "unexpected-pass"


def test_another_failure_is_not_excused() -> None:
    built = report(violate(), violate(CLEAN), kept_promise(ALSO), deviation=list_deviation())
    assert verdicts(built)[CLEAN] == "fail"
    assert built["verdict"] == "non-conformant"


@pytest.mark.parametrize(("edge", "verdict"), [("16385 *", "expected-deviation"), ("1 code point", "fail")])
def test_only_the_listed_edge_is_excused(edge: str, verdict: str) -> None:
    built = report(violate(), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation(edge=edge))
    assert verdicts(built)[FAILED] == verdict
    assert built["deviations"][0]["state"] == ("expected" if verdict != "fail" else "more-broken")


def test_a_drawn_example_is_not_covered_by_an_edge() -> None:
    drawn = violate(edge=None, phase="search")
    built = report(violate(), drawn, kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation(edge="16385 *"))
    assert verdicts(built)[FAILED] == "fail"


@pytest.mark.parametrize(("target", "verdict"), [("http://127.*", "expected-deviation"), ("https://*", "fail")])
def test_a_deviation_of_one_target_is_none_of_another(target: str, verdict: str) -> None:
    built = report(violate(), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation(target=target))
    assert verdicts(built)[FAILED] == verdict
    assert len(built["deviations"]) == (verdict != "fail")


def test_a_requirement_that_was_not_judged_is_left_as_it_is() -> None:
    unclear = Observation(FAILED, Outcome.INCONCLUSIVE, "edge", "t::t", "an edge", reason="throttled")
    built = report(unclear, kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation())
    assert verdicts(built)[FAILED] == "inconclusive"
    assert built["verdict"] == "incomplete"
    assert built["deviations"][0]["state"] == "undecided"


def absent(rid: str) -> Observation:
    """An operation that the endpoint does not implement."""
    return Observation(rid, Outcome.UNSUPPORTED, "edge", "t::t", "an edge", reason="501")


def test_an_operation_that_is_listed_as_not_implemented_leaves_the_rest_conformant(only: Catalogue) -> None:
    only(requirement("SendEvent.Content.x"), requirement("SendMessage.Content.x"))
    known = list_deviation(None, operation="SendEvent")
    built = report(absent("SendEvent.Content.x"), kept_promise("SendMessage.Content.x"), deviation=known)
    assert built["verdict"] == "conformant"
    assert built["totals"]["musts"]["witnessed"] == 1
    assert built["deviations"][0]["state"] == "expected"


def test_an_operation_that_is_implemented_after_all_is_told_once() -> None:
    known = list_deviation(None, operation="SendEvent")
    built = report(kept_promise(FAILED), kept_promise(CLEAN), kept_promise(ALSO), deviation=known)
    assert sorted(verdicts(built).values()) == ["pass", "pass", "unexpected-pass"]
    assert built["verdict"] == "non-conformant"


def test_an_expired_excuse_for_an_operation_leaves_the_run_incomplete(only: Catalogue) -> None:
    only(requirement("SendEvent.Content.x"), requirement("SendMessage.Content.x"))
    known = list_deviation(None, operation="SendEvent", expires="2026-11-20")
    built = report(absent("SendEvent.Content.x"), kept_promise("SendMessage.Content.x"), deviation=known)
    assert built["verdict"] == "incomplete"
    assert built["deviations"][0]["state"] == "expired"


def test_the_page_lists_the_deviations() -> None:
    html = page.render(
        report(violate(), kept_promise(CLEAN), kept_promise(ALSO), deviation=list_deviation(reason="<b>waits</b>"))
    )
    assert 'id="deviations"' in html
    assert "&lt;b&gt;waits&lt;/b&gt;" in html
    assert 'id="deviations"' not in page.render(compliance.build(entries_of([kept_promise(FAILED)], **HEADER)))
