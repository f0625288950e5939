"""How long a run waits for what was promised and has not come yet.

The polling bound is long, so that no slow endpoint is blamed. An endpoint that never shows what it promised would cost
that bound again and again, hundreds of times in a run. So once a wait of some kind was in vain, later ones of that
kind last as long as experience with this very endpoint asks for, and so does what only repeats a scenario.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeVar

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_exponential

Found = TypeVar("Found")

SPARE = 4  # times the longest wait that was rewarded
LEAST = 0.1  # of the bound, which a wait lasts however quick the endpoint was
ENOUGH = 3  # waits, rewarded or in vain, that say something


@dataclass(slots=True)
class _Kind:
    """What is known of one kind of wait. `longest` is the longest one that was rewarded, in seconds."""

    rewarded: int = 0
    longest: float = 0.0
    in_vain: int = 0


@dataclass(slots=True)
class Polling:
    """The waits of a run. `bound` is the polling bound, in seconds.

    Looks that stand in one place of the code are of one kind: they look for the same sort of thing.
    """

    bound: float
    _kinds: defaultdict[CodeType, _Kind] = field(default_factory=lambda: defaultdict(_Kind))

    def until(
        self, look: Callable[[], Found | None], seconds: float | None = None, *, again: bool = False
    ) -> Found | None:
        """The result of `look`, called repeatedly until it is not None or the time for such a wait is over.

        That time is `seconds` where given, else what `seconds_for` says.
        """
        waiting = Retrying(
            stop=stop_after_delay(self.seconds_for(look, again=again) if seconds is None else seconds),
            wait=wait_exponential(multiplier=0.02, max=1),
            retry=retry_if_result(lambda found: found is None),
            retry_error_callback=lambda _: None,
        )
        began = time.monotonic()
        found = waiting(look)
        self.learn(look, time.monotonic() - began, found=found is not None)
        return found

    def seconds_for(self, look: Callable[[], Any], *, again: bool = False) -> float:
        """How long to wait for what `look` looks for: the bound, or less once one such wait was in vain.

        It is never less than a few times what the endpoint took when it did show such a thing, or anything where it
        never showed that. `again` says that a scenario is repeated, whose waits had the bound before.
        """
        kind = self._kinds[_place(look)]
        known = [kind] if kind.rewarded >= ENOUGH else list(self._kinds.values())
        rewarded = sum(each.rewarded for each in known)
        if not (again or kind.in_vain) or max(rewarded, kind.in_vain) < ENOUGH:
            return self.bound
        return min(self.bound, max(LEAST * self.bound, SPARE * max(each.longest for each in known)))

    def learn(self, look: Callable[[], Any], seconds: float, *, found: bool) -> None:
        """Take down that a wait took `seconds`, and whether what was looked for came."""
        kind = self._kinds[_place(look)]
        if found:
            kind.rewarded += 1
            kind.longest = max(kind.longest, seconds)
        else:
            kind.in_vain += 1


def _place(look: Callable[[], Any]) -> CodeType:
    code: CodeType = getattr(look, "func", look).__code__
    return code
