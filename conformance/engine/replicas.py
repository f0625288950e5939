"""Whether transcripts come from replicas of which one may lag behind another.

A message that one read of a transcript shows may then be missing from the next one. Nothing is judged by such a read.
Reads in a row show it, where the messages are so new that a replica may lack them: on a slow machine they are not.
"""

from __future__ import annotations

from dataclasses import dataclass

_READS = 3  # times; replicas usually answer in turn or at random
_IN_A_ROW = 4  # complete reads after which no replica lags any more, where some do


@dataclass(slots=True)
class Replicas:
    """What repeated reads have shown. `lag` says that a read lacked what an earlier one had.

    `caught_up` is after how many seconds all reads of a trial held all messages; there has been none before the first.
    """

    lag: bool = False
    caught_up: float = float("inf")

    def reads(self, age: float) -> int:
        """How often a complete transcript, whose newest message is `age` seconds old, is to be read once more."""
        if self.lag:
            return _IN_A_ROW
        return _READS if age < self.caught_up else 0

    def learn(self, age: float, *, complete: bool) -> None:
        """Take note of a trial of messages that were `age` seconds old when it began, and whether it was complete."""
        self.lag = self.lag or not complete
        self.caught_up = min(self.caught_up, age)
