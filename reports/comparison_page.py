"""comparison.html: several runs side by side, one file that needs no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from reports.page import RUN_SYMBOLS, SYMBOLS, content_hash, part
from reports.rendering import environment
from reports.writing import write_together


def render(comparison: Mapping[str, Any]) -> str:
    """The page of `comparison`, a value as comparison.compare makes it."""
    rows = comparison["requirements"]
    style = part("compliance.css")
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            comparison=comparison,
            unequal=[row for row in rows if len(set(row["verdicts"])) > 1],
            equal=[row for row in rows if len(set(row["verdicts"])) == 1],
            symbols=SYMBOLS,
            run_symbols=RUN_SYMBOLS,
            style=Markup(style),  # noqa: S704 - a file of this package
            style_hash=content_hash(style),
        )
    )


def write(comparison: Mapping[str, Any], directory: Path) -> Path:
    """Write comparison.json and comparison.html below `directory` and return the path of the latter.

    Raises OSError when the directory cannot be written.
    """
    forms = {"comparison.json": json.dumps(comparison, indent=1) + "\n", "comparison.html": render(comparison)}
    write_together(directory, forms)
    return directory / "comparison.html"
