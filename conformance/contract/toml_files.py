"""TOML files that users write."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """The document in the file at `path`.

    Raises OSError where it cannot be read, and ValueError where it is no TOML, with words that follow "it is".
    """
    try:
        return tomllib.loads(path.read_bytes().decode())
    except UnicodeDecodeError as wrong:
        raise ValueError(f"no text in UTF-8 (byte {wrong.start + 1:,})") from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise ValueError(f"no TOML ({wrong})") from wrong
