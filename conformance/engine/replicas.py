"""Whether transcripts come from replicas of which one may lag behind another.

A message that one read of a transcript shows may then be missing from the next one. Nothing is judged by such a read.
Reads in a row show it, where the messages are so new that a replica may lack them: on a slow machine they are not.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from conformance.endpoint.local_time import local_time

_READS = 3  # times; replicas usually answer in turn or at random
_IN_A_ROW = 4  # complete reads after which no replica lags any more, where some do
_TRIALS = 3  # complete ones, of which each could have begun with a replica that lags
_ALIKE = 0.75  # of the age of messages that were tried: a lag just between both is of no account

Look = Callable[[], bool | None]  # whether a read shows what is looked for
Quiet = Callable[[], AbstractContextManager[None]]
Until = Callable[[Look], object]


@dataclass(slots=True)
class Replicas:
    """What repeated reads have shown. `lag` says that a read lacked what an earlier one had. Thread-safe."""

    lag: bool = False
    _began: list[float] = field(default_factory=list)  # ages at the beginning of complete trials, the least of them
    _ended: float = math.inf  # the least age at the end of one
    _trying: threading.Lock = field(default_factory=threading.Lock)  # who waits may learn what the trial before shows

    @property
    def caught_up(self) -> float:
        """After how many seconds no replica was seen to lag, infinite before the first complete trial.

        The last read of a trial may be the only one that a late replica answered: one trial speaks for its end, several
        for their beginning.
        """
        return min(self._ended, self._began[-1] if len(self._began) == _TRIALS else math.inf)

    def confirm(self, look: Look, since: float, quiet: Quiet, until: Until) -> None:
        """Wait as `settle` does where replicas may lag; where trials have shown none that does, read once more only.

        That read may still be the first one to lack what another has shown.
        """
        if not self.lag and self.caught_up < math.inf:
            if look():
                return
            self.lag = True
        self.settle(look, since, quiet, until)

    def settle(self, look: Look, since: float, quiet: Quiet, until: Until) -> None:
        """Wait until no replica lacks what `look` looks for, which one of them has shown and which was sent at `since`.

        `until` polls. `quiet` lets no call of another test come between the reads of a trial: replicas that answer in
        turn would hide behind it. Messages grow older while a trial waits for that.
        """

        def has_settled() -> bool | None:
            with self._trying:
                is_known = not self.is_due(local_time() - since)
                return is_known or self._shows_in_a_row(look, since, quiet) or None

        if self.is_due(local_time() - since):
            until(has_settled)

    def _shows_in_a_row(self, look: Look, since: float, quiet: Quiet) -> bool:
        """Whether each read of a trial shows what `look` looks for."""
        with quiet():
            began = local_time() - since
            complete = all(look() for _ in range(_IN_A_ROW if self.lag else _READS))
            ended = local_time() - since
        self.learn(began, ended, complete=complete)
        return complete

    def is_due(self, age: float) -> bool:
        """Whether a complete transcript, whose newest message is `age` seconds old, is to be read in a trial."""
        return self.lag or age < _ALIKE * self.caught_up

    def learn(self, began: float, ended: float, *, complete: bool) -> None:
        """Take note of a trial of messages that were so many seconds old at its beginning and end."""
        self.lag = self.lag or not complete
        if complete:
            self._began = sorted([*self._began, began])[:_TRIALS]
            self._ended = min(self._ended, ended)
