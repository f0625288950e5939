"""The documents' site has every requirement on the page of its operation, and every page of docs/ in its contents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conformance.commands.requirement_pages import CONFIDENCE, DATA, confidence_of, pages
from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.results.verdicts import MEANINGS, RUN_MEANINGS

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return pages()


def test_each_requirement_has_one_section_on_the_page_of_its_operation(texts: dict[str, str]) -> None:
    for name in {requirement.operation for requirement in catalogue().values()}:
        owned = [rid for rid, requirement in catalogue().items() if requirement.operation == name]
        assert re.findall(r"^## (.*)$", texts[f"requirements/{name}.md"], re.MULTILINE) == owned


def test_a_section_says_promise_level_source_text_test_and_fault(texts: dict[str, str]) -> None:
    page = texts["requirements/SendMessage.md"]
    section = page[page.index("## SendMessage.Content.bytes-max\n") :].partition("\n(")[0]
    assert catalogue()["SendMessage.Content.bytes-max"].statement in section
    for part in ("- must, D: documented by AWS", "- tested by ` test_", "- finds the fault ` ", "\n> "):
        assert part in section
    assert "](https://docs.aws.amazon.com/goto/WebAPI/" in page


def test_links_between_requirements_lead_to_sections(texts: dict[str, str]) -> None:
    text = "".join(texts.values())
    linked = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert linked
    assert linked <= set(re.findall(r"^\((.*)\)=$", text, re.MULTILINE))


def test_the_data_has_every_requirement_with_its_tests_and_faults(texts: dict[str, str]) -> None:
    data = json.loads(texts[DATA])
    found = {row["id"]: row for row in data["requirements"]}
    assert found.keys() == catalogue().keys()
    assert all(row["tests"] or row["untested"] for row in found.values())
    assert {row["confidence"] for row in found.values()} == CONFIDENCE.keys()
    assert [len(source["sha256"]) for source in data["models"]] == [64, 64]


def test_what_documents_leave_open_is_told_as_unknown() -> None:
    for requirement in catalogue().values():
        assert (confidence_of(requirement) == "U") == (requirement.level is Level.RECORD)


def test_each_page_of_docs_stands_in_the_contents() -> None:
    contents = (DOCS / "index.md").read_text().splitlines()
    assert {path.stem for path in DOCS.glob("*.md")} - {"index"} <= set(contents)


@pytest.mark.parametrize("verdict", [*MEANINGS, *RUN_MEANINGS])
def test_each_verdict_has_a_case_that_comes_to_it_and_one_that_does_not(verdict: str) -> None:
    lines = (DOCS / "verdict-examples.md").read_text().splitlines()
    (row,) = (line for line in lines if line.startswith(f"| `{verdict}` |"))
    assert all(cell.strip() for cell in row.strip("|").split("|"))
