"""Whether transcripts come from replicas of which one may lag behind another.

A message that one read of a transcript shows may then be missing from the next one. Nothing is judged by such a read.
"""

from __future__ import annotations

from dataclasses import dataclass

_TRIALS = 3  # complete transcripts of a run that are read again
_READS = 3  # times; replicas usually answer in turn or at random
_IN_A_ROW = 4  # complete reads after which no replica lags any more, where some do


@dataclass(slots=True)
class Replicas:
    """What repeated reads have shown. `lag` says that a read lacked what an earlier one had."""

    lag: bool = False
    _trials: int = _TRIALS

    def reads(self) -> int:
        """How often a transcript that was complete is to be read once more, each time complete."""
        if self.lag:
            return _IN_A_ROW
        self._trials -= 1
        return _READS if self._trials >= 0 else 0
