"""How long a run waits for what was promised and has not come yet.

The polling bound is long, so that no slow endpoint is blamed. An endpoint that never shows what it promised would cost
that bound again and again, hundreds of times in a run. So once a wait of some kind was in vain, later ones of that
kind last as long as experience with this very endpoint asks for, and so does what only repeats a scenario.

A kind is a place in the code, and also the operation that is asked there. Where an operation hardly ever showed what
was waited for, no place waits the whole bound for it again. Where several operations never did, the endpoint keeps
nothing, and no place waits the whole bound for anything.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, TypeVar

Found = TypeVar("Found")

SPARE = 4  # times the longest wait that was rewarded
LEAST = 0.1  # of the bound, which a wait lasts however quick the endpoint was
ENOUGH = 3  # waits, rewarded or in vain, that say something
TWICE = 2  # waits in vain, at any places or by one operation, after which another one is likely
SILENT = 3  # operations that showed nothing at all, which say something of the others
MOMENT = 0.01  # of the bound, which a wait lasts for what hardly ever came
HARDLY = 3  # times as many waits in vain as rewarded ones


@dataclass(slots=True)
class _Kind:
    """The waits of one kind so far. `longest` is the longest wait that ended in success, in seconds."""

    rewarded: int = 0
    longest: float = 0.0
    in_vain: int = 0

    @property
    def is_silent(self) -> bool:
        """Whether what was waited for never came."""
        return self.in_vain > 0 and not self.rewarded

    @property
    def is_hopeless(self) -> bool:
        """Whether what was waited for hardly ever came."""
        return self.in_vain >= ENOUGH and self.in_vain > HARDLY * self.rewarded

    def learn(self, seconds: float, *, found: bool) -> None:
        """Note that a wait took `seconds`, and whether what was looked for came."""
        if found:
            self.rewarded += 1
            self.longest = max(self.longest, seconds)
        else:
            self.in_vain += 1


@dataclass(slots=True)
class _Wait:
    """A wait that is not over. `asked` is the operation that its last look asked by."""

    asked: str | None = None


_WAIT: ContextVar[_Wait | None] = ContextVar("wait", default=None)


@dataclass(slots=True)
class Polling:
    """The waits of a run. `bound` is the polling bound, in seconds.

    Looks that stand in one place of the code are of one kind: they look for the same sort of thing.
    """

    bound: float
    _kinds: defaultdict[CodeType, _Kind] = field(default_factory=lambda: defaultdict(_Kind))
    _operations: defaultdict[str, _Kind] = field(default_factory=lambda: defaultdict(_Kind))

    def until(
        self, look: Callable[[], Found | None], seconds: float | None = None, *, again: bool = False
    ) -> Found | None:
        """The result of `look`, called repeatedly until it is not None or the time for such a wait is over.

        That time is `seconds` where given, else what `seconds_for` says.
        """
        began = time.monotonic()
        with self._remember_question():
            found = look()
            if found is None:
                bound = self.seconds_for(look, again=again) if seconds is None else seconds
                found = self._again(look, began + bound)
            self.learn(look, time.monotonic() - began, found=found is not None)
        return found

    @contextmanager
    def _remember_question(self) -> Iterator[None]:
        before = _WAIT.set(_Wait())
        try:
            yield
        finally:
            _WAIT.reset(before)

    def asks(self, operation: str) -> None:
        """Take note that the endpoint was asked by `operation`; a wait is about the last one that its look asks by."""
        if (wait := _WAIT.get()) is not None:
            wait.asked = operation

    def _question(self) -> str | None:
        wait = _WAIT.get()
        return None if wait is None else wait.asked

    def _again(self, look: Callable[[], Found | None], until: float) -> Found | None:
        """The result of more looks, the last of which begins when the wait is over at `until`, or later.

        When a look ends says nothing: where this process was stopped meanwhile, what it asked for was asked for long
        before.
        """
        pause, is_last = _FIRST_PAUSE, False
        while not is_last:
            time.sleep(max(0.0, min(pause, until - time.monotonic())))
            is_last = time.monotonic() >= until
            if (found := look()) is not None:
                return found
            pause = min(2 * pause, _LONGEST_PAUSE)
        return None

    def seconds_for(self, look: Callable[[], Any], *, again: bool = False, asked: str | None = None) -> float:
        """How long to wait for what `look` looks for: the bound, or less once one such wait was in vain.

        It is never less than a few times what the endpoint took when it did show such a thing, or anything where it
        never showed that. `again` says that a scenario is repeated, whose waits had the bound before. `asked` is what
        shows such things, by default the operation that the last look asked by.
        """
        kind, source = self._kinds[_place(look)], self._operations.get(asked or self._question() or "")
        if kind.is_hopeless or (source is not None and source.is_hopeless and not kind.rewarded):
            return MOMENT * self.bound
        known = [kind] if kind.rewarded >= ENOUGH else list(self._kinds.values())
        rewarded, in_vain = sum(each.rewarded for each in known), sum(each.in_vain for each in known)
        is_unlikely = again or kind.in_vain or self._is_unlikely(kind, source)
        if not is_unlikely or (rewarded < ENOUGH and in_vain < TWICE):
            return self.bound
        return min(self.bound, max(LEAST * self.bound, SPARE * max(each.longest for each in known)))

    def _is_unlikely(self, kind: _Kind, source: _Kind | None) -> bool:
        """Whether a place that was not waited at in vain may be shown nothing: its operation, or several, never did."""
        if kind.rewarded:
            return False
        if source is not None and source.is_silent and source.in_vain >= TWICE:
            return True
        return sum(each.is_silent for each in self._operations.values()) >= SILENT

    def hardly_shows(self, operation: str) -> bool:
        """Whether what was waited for by asking `operation` hardly ever came."""
        return (source := self._operations.get(operation)) is not None and source.is_hopeless

    def learn(self, look: Callable[[], Any], seconds: float, *, found: bool, asked: str | None = None) -> None:
        """Note that a wait took `seconds`, and whether what was looked for came. `asked` as in `seconds_for`."""
        self._kinds[_place(look)].learn(seconds, found=found)
        if source := asked or self._question():
            self._operations[source].learn(seconds, found=found)


_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0  # seconds between two looks, the first of a wait and later ones


def _place(look: Callable[[], Any]) -> CodeType:
    code: CodeType = getattr(look, "func", look).__code__
    return code
