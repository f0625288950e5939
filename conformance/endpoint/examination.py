"""The examination at work: one test of the suite that is run, maybe beside others in threads of their own.

Whatever belongs to one test alone asks here whose it is: the recorder names it in each observation, contacts belong to
it, and it has its own shared conversation. Threads that an examination starts belong to it too, by `carried`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Result = TypeVar("Result")
Value = TypeVar("Value")


def alone() -> bool:
    """No other test is at work."""
    return False


@dataclass(eq=False, slots=True, weakref_slot=True)
class Examination:
    """One test that is run. `test` is its pytest id; `at_work` says that it has begun and not ended.

    `broken` are the requirements that it saw broken, its own and those that any reply has to keep. `has_company` says
    whether other tests are at work at this moment.
    """

    test: str | None = None
    has_company: Callable[[], bool] = alone
    at_work: bool = field(default=False, init=False)
    broken: set[str] = field(default_factory=set, init=False)


_NONE = Examination()
_CURRENT: ContextVar[Examination] = ContextVar("examination", default=_NONE)


def current() -> Examination:
    """The examination that this thread works for; between tests one without a test, which is never at work."""
    return _CURRENT.get()


@contextmanager
def examining(examination: Examination) -> Iterator[None]:
    """What this thread does inside belongs to `examination`."""
    before = _CURRENT.set(examination)
    examination.at_work = True
    try:
        yield
    finally:
        examination.at_work = False
        _CURRENT.reset(before)


def carried(call: Callable[[], Result]) -> Callable[[], Result]:
    """`call` as a part of what goes on here, whichever thread makes it."""
    return partial(copy_context().run, call)


class PerExamination(Generic[Value]):
    """One value for each examination, made when it first asks, and gone with it."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[Examination, Value] = WeakKeyDictionary()

    @property
    def own(self) -> Value:
        """The value of the examination at work."""
        found = self._values.get(current())
        return self._values.setdefault(current(), self._make()) if found is None else found
