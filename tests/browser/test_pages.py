"""What holds for each page: it works offline and in silence, fits a phone, and can be used by everyone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Open

PAGES = ("conformant", "non-conformant", "incomplete", "comparison", "endpoints")
PHONE = 375  # CSS pixels
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_says_nothing(name: str, visit: Open, reports: dict[str, Path]) -> None:
    visited = visit(reports[name])
    assert visited.asked == [reports[name].as_uri()]
    assert visited.said == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(name: str, visit: Open, reports: dict[str, Path], small_reports: dict[str, Path]) -> None:
    """The first one with every requirement: one of their words may be too wide."""
    page = visit((reports if name == PAGES[0] else small_reports)[name], width=PHONE).page
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    for table in page.locator(".numbers").all():
        box = table.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE


@pytest.mark.parametrize(
    ("name", "scheme"),
    [*((name, "light") for name in PAGES), ("non-conformant", "dark"), ("comparison", "dark"), ("endpoints", "dark")],
)
def test_axe_finds_nothing(name: str, scheme: str, visit: Open, small_reports: dict[str, Path]) -> None:
    """Dark pages differ from light ones in colours alone."""
    page = visit(small_reports[name], color_scheme=scheme, bypass_csp=True).page
    page.evaluate("""for (const part of document.querySelectorAll(
      '.operation:nth-of-type(-n+2), .q[data-v=fail], .call, .program, .group, .ends details')) part.open = true""")
    found = Axe().run(page, options=COLOURS if scheme == "dark" else EVERYTHING).response["violations"]
    assert [(rule["id"], rule["impact"], rule["nodes"][0]["html"][:200]) for rule in found] == []


def test_dark_is_dark(visit: Open, reports: dict[str, Path]) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = visit(reports["conformant"], color_scheme="light").page.evaluate(colour)
    dark = visit(reports["conformant"], color_scheme="dark").page.evaluate(colour)
    assert light == "rgb(255, 255, 255)"
    assert sum(int(part) for part in dark.removeprefix("rgb(").removesuffix(")").split(",")) < 3 * 64


def test_a_printed_page_shows_the_failures_and_no_controls(visit: Open, reports: dict[str, Path]) -> None:
    visited = visit(reports["non-conformant"])
    visited.page.emulate_media(media="print")
    visited.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert visited.count("#filter") == 0
    assert visited.count(".q[data-v=fail] .pair") > 0
    assert visited.count(".q[data-v=pass]") == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_screen_shows_verdict_and_causes_and_the_matrix_is_whole(
    width: int, visit: Open, reports: dict[str, Path]
) -> None:
    page = visit(reports["non-conformant"], width=width).page
    for first in (".banner .summary", ".causes li >> nth=0"):
        box = page.locator(first).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 844, first
    matrix = page.locator(".matrix").bounding_box()
    assert matrix is not None
    assert matrix["x"] >= 0
    assert matrix["x"] + matrix["width"] <= width
    last = page.locator(".matrix a.fail").last.bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_no_endpoint_s_column_is_cut(width: int, visit: Open, reports: dict[str, Path]) -> None:
    page = visit(reports["endpoints"], width=width).page
    for summary in page.locator(".ends summary").all()[:3]:
        box = summary.locator("> span").last.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
    assert page.locator(".ends .whose").first.is_visible() == (width == 390)


def test_a_page_prints_on_few_sheets(visit: Open, reports: dict[str, Path]) -> None:
    sheets = visit(reports["conformant"]).page.pdf(format="A4").count(b"/Type /Page\n")
    assert 1 <= sheets <= 3


def test_of_what_was_broken_causes_print_with_their_evidence(visit: Open, reports: dict[str, Path]) -> None:
    page = visit(reports["non-conformant"]).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened = page.evaluate("[...document.querySelectorAll('.q[open]')].map((entry) => entry.id)")
    heads = page.evaluate("[...document.querySelectorAll('.cause h3 a')].map((link) => link.hash.slice(1))")
    assert 0 < len(opened) <= 10
    assert set(opened) <= set(heads)
