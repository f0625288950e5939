"""The list of requirements: searched, narrowed, opened, linked into."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from tests.browser.conftest import BROKEN, Open, Visit
from tests.reports.ledgers import CLEAN

SHOWN = ".q:not([hidden])"


@pytest.fixture
def failing(visit: Open, reports: dict[str, Path]) -> Visit:
    """The page of a run with failures."""
    return visit(reports["non-conformant"])


def visible_ids(visited: Visit) -> list[str]:
    """The ids of the requirements that the filter lets through."""
    listed = f"[...document.querySelectorAll('.operation:not([hidden]) {SHOWN}')].map(entry => entry.id)"
    return list(visited.page.evaluate(listed))


def test_at_first_everything_is_listed(failing: Visit) -> None:
    assert sorted(visible_ids(failing)) == sorted(catalogue())
    assert failing.page.inner_text("#shown") == f"{len(catalogue())} of {len(catalogue())} requirements shown"


def test_words_are_looked_for_in_id_and_promise_all_of_them(failing: Visit) -> None:
    failing.page.fill("#words", "sendevent CONTENT length")
    found = visible_ids(failing)
    assert CLEAN in found
    for rid in found:
        text = f"{rid} {catalogue()[rid].statement}".lower()
        assert all(word in text for word in ("sendevent", "content", "length"))
    assert failing.page.inner_text("#shown").startswith(f"{len(found)} of ")


def test_levels_and_verdicts_narrow_the_list(failing: Visit) -> None:
    failing.page.uncheck("input[name=level][value=must]")
    assert {catalogue()[rid].level for rid in visible_ids(failing)} == {Level.SHOULD, Level.RECORD}
    failing.page.uncheck("input[name=verdict][value=recorded]")
    assert {catalogue()[rid].level for rid in visible_ids(failing)} == {Level.SHOULD}


def test_findings_only_shows_the_failures_and_reset_shows_all(failing: Visit) -> None:
    failing.page.click("#only")
    assert len(visible_ids(failing)) == BROKEN
    assert failing.count(".q > summary") == BROKEN
    failing.page.click("#reset")
    assert len(visible_ids(failing)) == len(catalogue())


def test_all_that_is_shown_can_be_opened_and_closed_at_once(failing: Visit) -> None:
    failing.page.click("#only")
    failing.page.click("#open")
    assert failing.count(".q[open] > dl") == BROKEN
    failing.page.click("#shut")
    assert failing.count(".q > summary") == 0


def test_a_cell_of_the_matrix_shows_its_requirements(failing: Visit) -> None:
    cell = failing.page.locator(".matrix a.fail[data-area]").first
    number = int("".join(filter(str.isdigit, cell.inner_text())))
    cell.click()
    failing.page.wait_for_function("document.getElementById('shown').textContent.indexOf('of') > 0")
    verdicts = "[...document.querySelectorAll('.operation:not([hidden]) .q:not([hidden])[data-v=fail]')].length"
    assert failing.page.evaluate(verdicts) == number
    assert len(visible_ids(failing)) < len(catalogue())


def test_a_link_opens_its_requirement_and_all_around_it(visit: Open, reports: dict[str, Path]) -> None:
    visited = visit(reports["conformant"], f"#{CLEAN}")
    entry = visited.page.locator(f"[id='{CLEAN}']")
    assert entry.evaluate("part => part.open && part.parentElement.open")
    assert entry.is_visible()
    assert 0 <= entry.bounding_box()["y"] < 900  # type: ignore[index]


def test_a_link_inside_the_page_shows_what_a_filter_hides(failing: Visit) -> None:
    failing.page.fill("#words", "nothing is called this")
    assert visible_ids(failing) == []
    failing.page.evaluate(f"location.hash = '#{CLEAN}'")
    failing.page.wait_for_function(f"document.getElementById('{CLEAN}').open")
    assert failing.page.locator(f"[id='{CLEAN}']").is_visible()
    assert not failing.page.input_value("#words")


def test_the_keyboard_alone_reaches_and_opens_a_requirement(failing: Visit) -> None:
    failing.page.keyboard.press("Tab")
    assert failing.page.evaluate("document.activeElement.className") == "skip"
    failing.page.keyboard.press("Enter")
    failing.page.focus(".operation > summary")
    failing.page.keyboard.press("Enter")
    assert failing.page.evaluate("document.activeElement.parentElement.open")
    failing.page.keyboard.press("Tab")
    failing.page.keyboard.press("Space")
    assert failing.count(".q[open]") == 1


def test_a_failure_opens_to_its_evidence_and_a_program_that_can_be_copied(failing: Visit) -> None:
    failing.page.click("#only")
    entry = failing.page.locator(f"{SHOWN}:has(.program)").first
    entry.locator("> summary").click()
    text = entry.inner_text()
    assert all(word in text for word in ("Expected", "Actual", "curl", "Python"))
    entry.locator(".program > summary").first.click()
    copy = entry.locator(".program button").first
    copy.click()
    failing.page.wait_for_function("button => /Copied|Selected/.test(button.textContent)", arg=copy.element_handle())


def test_without_script_everything_can_still_be_read(visit: Open, reports: dict[str, Path]) -> None:
    visited = visit(reports["non-conformant"], java_script_enabled=False)
    assert visited.count("#filter") == 0
    assert visited.count(".operation > summary") > 0


def test_filters_and_open_parts_survive_a_reload(failing: Visit) -> None:
    failing.page.fill("#words", "sendevent")
    failing.page.uncheck("input[name=level][value=record]")
    failing.page.locator(f".operation:not([hidden]) {SHOWN} > summary").first.click()
    failing.page.wait_for_function("location.hash.includes('open=') && location.hash.includes('words=sendevent')")
    before = visible_ids(failing)
    failing.page.reload()
    assert (failing.page.input_value("#words"), visible_ids(failing)) == ("sendevent", before)
    assert not failing.page.is_checked("input[name=level][value=record]")
    assert failing.count(".q[open]") == 1
    assert failing.said == []


def test_a_page_that_nobody_filtered_has_a_plain_address(failing: Visit) -> None:
    assert "#" not in failing.page.url
