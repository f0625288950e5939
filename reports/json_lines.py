"""JSON that begins a new line for each member of a document and for each entry of its lists.

Python's fast encoder knows no indentation; with it, a report takes as long to be written as hundreds of requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def json_lines(document: Mapping[str, Any]) -> str:
    """`document` as JSON, which ends with a line feed."""
    members = (f"{json.dumps(name)}: {_value(value)}" for name, value in document.items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def _value(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
