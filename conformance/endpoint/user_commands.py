"""Commands of the user's own, given by an option and run without a shell."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from conformance.endpoint.preconditions import SetupFailed


class NotRun(SetupFailed):
    """The command could not be run, or said by its exit code that it has failed."""


def output_of(option: str, words: Sequence[str], seconds: float, *, late: str) -> str:
    """What the command `words`, given by `option`, prints; it may take `seconds`, and `late` is the advice else.

    Raises SetupFailed with one sentence that repeats nothing of what it printed, NotRun where it did nothing.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the user's own, without a shell
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise SetupFailed(f"the {option} command did not end within {seconds:.0f} s: {late}") from slow
    except (OSError, ValueError) as wrong:
        reason = getattr(wrong, "strerror", None) or wrong
        raise NotRun(f"the {option} command cannot be run ({reason}): correct it") from wrong
    if done.returncode:
        raise NotRun(f"the {option} command ended with exit code {done.returncode}: run it by hand to see why")
    return done.stdout.decode("utf-8", "replace")
