"""comparison.html: several runs side by side, one file that needs no network."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from reports.comparison import heading, title_of
from reports.page import RUN_SYMBOLS, SYMBOLS, content_hash, part
from reports.rendering import environment
from reports.side_by_side import cell_text
from reports.writing import write_together

NO_LINKS: Mapping[str, str] = {}


def render(comparison: Mapping[str, Any], links: Mapping[str, str] = NO_LINKS) -> str:
    """The page of `comparison`, a value as comparison.compare makes it; `links` lead to the reports of its runs."""
    several = comparison["endpoints"]
    style = part("compliance.css") + (part("endpoints.css") if several else "")
    return (
        environment()
        .get_template("endpoints.html.j2" if several else "comparison.html.j2")
        .render(
            comparison=comparison,
            heading=heading(comparison),
            links=links,
            names=[title_of(run) for run in comparison["runs"]],
            cell_text=cell_text,
            symbols=SYMBOLS,
            run_symbols=RUN_SYMBOLS,
            style=Markup(style),  # noqa: S704 - a file of this package
            style_hash=content_hash(style),
            **(_by_operation(comparison) if several else _by_sameness(comparison)),
        )
    )


def _by_sameness(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """The requirements that came to the same in each run, and the others."""
    rows = comparison["requirements"]
    return {
        "unequal": [row for row in rows if len(set(row["verdicts"])) > 1],
        "equal": [row for row in rows if len(set(row["verdicts"])) == 1],
    }


def _by_operation(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of operations, each with its requirements; at the end those that promise no must."""
    below = defaultdict(list)
    for row in comparison["requirements"]:
        below[row["operation"]].append(row)
    operations = [{**row, "requirements": below.pop(row["operation"])} for row in comparison["operations"]]
    rest = [{"operation": name, "cells": [], "requirements": rows} for name, rows in below.items()]
    return {"operations": operations + rest}


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
