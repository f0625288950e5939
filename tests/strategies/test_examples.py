"""Examples of members and what they go with are tables of globs, each of which is about a member that exists."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import pytest

from conformance.contract.model import operation, operations
from strategies import examples
from strategies.requests import place

MEMBERS = [f"{name}.{member.dotted}" for name, known in operations().items() for member in known.input.walk()]
TABLES = ("EXAMPLES", "COMPANIONS", "INSTEAD", "FITTING", "CONDITIONAL", "NEEDED", "CHOICES")


@pytest.mark.parametrize("table", TABLES)
def test_each_glob_is_about_a_member(table: str) -> None:
    globs: Iterable[str] = getattr(examples, table)
    assert [glob for glob in globs if not any(fnmatchcase(member, glob) for member in MEMBERS)] == []


@pytest.mark.parametrize("glob", ["GetTranscript.MaxResults", "*.MaxResults", "Get*"])
def test_companions_are_found_by_a_glob(monkeypatch: pytest.MonkeyPatch, glob: str) -> None:
    monkeypatch.setattr(examples, "COMPANIONS", {glob: {"SortOrder": "ASCENDING"}, "*": {"SortOrder": "DESCENDING"}})
    placed = place(operation("GetTranscript"), ("MaxResults",), 7)
    assert (placed["MaxResults"], placed["SortOrder"]) == (7, "ASCENDING")


def test_companions_are_copies() -> None:
    subject = operation("GetTranscript")
    examples.companions_of(subject, "ScanDirection")["StartPosition"]["MostRecent"] = 9
    assert examples.companions_of(subject, "ScanDirection") == {"StartPosition": {"MostRecent": 5}}
