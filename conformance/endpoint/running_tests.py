"""The test of the suite that a thread runs; other tests may run in threads of their own.

What belongs to one test alone asks here which test that is: the recorder names it in each observation, contacts belong
to it, and it has its own shared conversation. Threads that a test starts belong to it too, by `bind_context`.
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
    """No other test runs."""
    return False


@dataclass(eq=False, slots=True, weakref_slot=True)
class RunningTest:
    """One test that is run. `test` is its pytest id; `at_work` says that it has begun and not ended.

    `broken` are the requirements that it saw broken, its own and those that any reply has to keep. `others_run` says
    whether other tests are at work at this moment.
    """

    test: str | None = None
    others_run: Callable[[], bool] = alone
    at_work: bool = field(default=False, init=False)
    broken: set[str] = field(default_factory=set, init=False)


_NONE = RunningTest()
_CURRENT: ContextVar[RunningTest] = ContextVar("running test", default=_NONE)


def current() -> RunningTest:
    """The test that this thread works for; between tests one without a test, which is never at work."""
    return _CURRENT.get()


@contextmanager
def running(test: RunningTest) -> Iterator[None]:
    """What this thread does inside belongs to `test`."""
    before = _CURRENT.set(test)
    test.at_work = True
    try:
        yield
    finally:
        test.at_work = False
        _CURRENT.reset(before)


def bind_context(call: Callable[[], Result]) -> Callable[[], Result]:
    """`call` as a part of what goes on here, whichever thread makes it."""
    return partial(copy_context().run, call)


class PerTest(Generic[Value]):
    """One value for each test, made when it first asks, and gone with it."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._values: WeakKeyDictionary[RunningTest, Value] = WeakKeyDictionary()

    @property
    def own(self) -> Value:
        """The value of the test at work."""
        found = self._values.get(current())
        return self._values.setdefault(current(), self._make()) if found is None else found
