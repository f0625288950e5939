"""junit.xml, as pytest writes it, with what the report knows: the verdict, and the cause behind each test's failure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.cause_entries import title
from reports.safe_text import one_line

_NOT_PASSED = ("failure", "error", "skipped")


def name_causes(path: Path, report: Mapping[str, Any]) -> None:
    """Add properties to the file at `path`: ``verdict`` of the run, ``cause`` of each test that did not pass.

    The cause is the promise that was broken most directly; tests that fail because of one promise name the same one.
    Raises OSError; a file that is no XML stays as it is.
    """
    try:
        tree = ET.parse(path)  # noqa: S314 - pytest wrote it
    except ET.ParseError:
        return
    causes = {rid: cause for cause in report["causes"] for rid in (cause["requirement"], *cause["follows"])}
    for suite in tree.iter("testsuite"):
        _add(suite, "verdict", report["summary"])
    for case in tree.iter("testcase"):
        if any(case.find(outcome) is not None for outcome in _NOT_PASSED):
            for cause in {causes[rid]["requirement"]: causes[rid] for rid in _claims(case) if rid in causes}.values():
                _add(case, "cause", f"{cause['requirement']}: {title(cause)}")
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _claims(case: ET.Element) -> list[str]:
    """The requirements of a test."""
    named = (one for one in case.iter("property") if one.get("name") == "requirements")
    return [rid for one in named for rid in (one.get("value") or "").split()]


def _add(element: ET.Element, name: str, value: str) -> None:
    properties = element.find("properties")
    if properties is None:
        properties = ET.Element("properties")
        element.insert(0, properties)
    ET.SubElement(properties, "property", {"name": name, "value": one_line(value)})
