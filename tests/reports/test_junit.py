"""junit.xml names the causes that the report knows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from reports import compliance
from reports.junit import name_causes
from tests.reports.ledgers import Catalogue, entries_of, kept_promise, requirement, violate

A, B = "SendEvent.facet.a", "SendEvent.facet.b"
WRITTEN = f"""<testsuites><testsuite name="pytest">
<testcase name="one"><properties><property name="requirements" value="{B}"/></properties><failure/></testcase>
<testcase name="two"><properties><property name="requirements" value="{A} {B}"/></properties></testcase>
<testcase name="three"><skipped/></testcase>
</testsuite></testsuites>"""


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(A), requirement(B))


def test_a_failed_test_names_the_cause_and_the_suite_the_verdict(tmp_path: Path) -> None:
    (path := tmp_path / "junit.xml").write_text(WRITTEN)
    name_causes(path, compliance.build(entries_of([violate(A), violate(B)])))
    tree = ET.parse(path)  # noqa: S314 - our own file
    named = {case.get("name"): [p.get("value") for p in case.iter("property")] for case in tree.iter("testcase")}
    assert named == {"one": [B, f"{A}: {A} holds."], "two": [f"{A} {B}"], "three": []}
    assert tree.find("testsuite/properties/property").attrib == {  # type: ignore[union-attr]
        "name": "verdict",
        "value": "non-conformant: 1 cause, 2 of 2 musts broken",
    }


def test_what_is_no_xml_stays_as_it_is(tmp_path: Path) -> None:
    (path := tmp_path / "junit.xml").write_text("<a>")
    name_causes(path, compliance.build(entries_of([kept_promise(A)])))
    assert path.read_text() == "<a>"
