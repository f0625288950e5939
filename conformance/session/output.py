"""Standard output that cannot be written any more: its reader has gone, as with ``| head``, or its disk is full."""

from __future__ import annotations

import os

STANDARD_OUTPUT = 1


def discard_output() -> None:
    """Let all that is still written go nowhere. Python would fail once more when it flushes what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STANDARD_OUTPUT)
    os.close(nowhere)


def takes_nothing(wrong: OSError) -> bool:
    """Whether `wrong` came from standard output, which is shown by writing one line's end more."""
    if isinstance(wrong, BrokenPipeError):
        return False
    try:
        os.write(STANDARD_OUTPUT, b"\n")
    except OSError:
        return True
    return False
