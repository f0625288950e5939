"""comparison.html: several runs side by side, one file that needs no network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from reports.comparison import heading
from reports.page import RUN_SYMBOLS, SYMBOLS, content_hash, part
from reports.rendering import environment
from reports.side_by_side import told
from reports.writing import write_together

NO_LINKS: Mapping[str, str] = {}


def render(comparison: Mapping[str, Any], links: Mapping[str, str] = NO_LINKS) -> str:
    """The page of `comparison`, a value as comparison.compare makes it; `links` lead to the reports of its runs."""
    rows = comparison["requirements"]
    style = part("compliance.css")
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            comparison=comparison,
            heading=heading(comparison),
            links=links,
            told=told,
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
    page = render(comparison, _links(comparison, directory))
    forms = {"comparison.json": json.dumps(comparison, indent=1) + "\n", "comparison.html": page}
    write_together(directory, forms)
    return directory / "comparison.html"


def _links(comparison: Mapping[str, Any], directory: Path) -> dict[str, str]:
    """From `directory` to the page of each run that is named by its place; they may be moved together."""
    names = (run["name"] for run in comparison["runs"])
    places = {name: Path(name) if Path(name).is_dir() else Path(name).parent for name in names}
    pages = {name: place / "compliance.html" for name, place in places.items()}
    return {name: quote(os.path.relpath(page, directory)) for name, page in pages.items() if page.is_file()}
