"""Standard output that nobody reads any more, as behind ``| head``."""

from __future__ import annotations

import os

STANDARD_OUTPUT = 1


def discard_output() -> None:
    """Let all that is still written go nowhere. Python would fail once more when it flushes what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_OUTPUT)
    os.close(nowhere)
