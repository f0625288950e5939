from __future__ import annotations

import json
from typing import Any

import pytest

from reports.json_lines import json_lines


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"a": None, "b": {"c": [1, 2]}, "d": []},
        {"requirements": [{"id": "a"}, {"id": 'two\nlines and "marks"'}, []], "text": "\u2028é"},
    ],
)
def test_what_is_read_back_is_what_was_written(document: dict[str, Any]) -> None:
    assert json.loads(json_lines(document)) == document


def test_each_member_and_each_entry_of_a_list_begins_a_line() -> None:
    text = json_lines({"verdict": "fail", "requirements": [{"id": "a"}, {"id": "b"}]})
    begun = text.splitlines()
    assert begun == [
        "{",
        '"verdict": "fail",',
        '"requirements": [',
        '{"id": "a"},',
        '{"id": "b"}',
        "]",
        "}",
    ]
