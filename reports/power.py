"""power.json and power.html: the kill matrix as data and as a page. power.schema.json describes the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.rendering import environment
from reports.writing import write_together


def write(power: Mapping[str, Any], directory: Path) -> Path:
    """Write both files into `directory`, which is made if it is not there. Returns the page's path.

    Raises OSError when the directory cannot be written.
    """
    forms = {"power.json": json.dumps(power, indent=1, ensure_ascii=True) + "\n", "power.html": render(power)}
    write_together(directory, forms)
    return directory / "power.html"


def render(power: Mapping[str, Any]) -> str:
    """The page of a kill matrix, one file that needs no network. It holds no script, only this project's own texts."""
    flawed = [one for one in power["faults"] if one["missed"] or one["undeclared"] or one["errors"]]
    return environment().get_template("power.html.j2").render(power=power, flawed=flawed)
