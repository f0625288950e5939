"""What a run leaves to the interpreter's collector, and what it has collected itself."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from conformance.session.garbage import GarbageCollection


class Cycle:
    """Holds itself, so that a collection alone can end it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collection_on_demand() -> Iterator[None]:
    """Nothing is collected by itself, and nothing is frozen before (tests/conftest.py freezes what was collected)."""
    gc.disable()
    gc.unfreeze()
    yield
    gc.freeze()
    gc.enable()


def test_what_was_there_before_a_run_is_looked_at_no_more() -> None:
    last = weakref.ref(Cycle())
    GarbageCollection().begin()
    gc.collect()
    assert last() is not None


def test_what_a_run_left_is_collected_when_the_next_begins() -> None:
    cycle = Cycle()
    last = weakref.ref(cycle)
    GarbageCollection().begin()
    del cycle
    GarbageCollection().begin()
    assert last() is None
