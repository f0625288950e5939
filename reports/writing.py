"""Files of a report: each is complete or not there at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> Path:
    """Write `text` as UTF-8 to `path` in one step and return the path. Raises OSError where that is not possible."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    return temporary.replace(path)
