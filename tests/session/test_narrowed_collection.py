"""Which tests a run that is narrowed to some requirements makes no items of. tests/test_selection.py collects all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.catalogue import select
from conformance.scenario.markers import verifies
from conformance.session.narrowed_collection import pytest_pycollect_makeitem
from conformance.session.state import SCOPE
from connect_conformance_pytest.activation import PACKAGE

STOPS = "StopContact.*"


def make(test: Callable[[], None], path: Path = PACKAGE / "operations/test_x.py", place: str = "conformance") -> Any:
    """What becomes of `test` in the file `path`, where `place` was named and the scope is what STOPS matches."""
    config = SimpleNamespace(stash={SCOPE: select([STOPS])}, args=[place])
    collector = cast("pytest.Collector", SimpleNamespace(config=config, path=path))
    return pytest_pycollect_makeitem(collector, "test_x", test)


@verifies("StopContact.success.valid-request", "SendMessage.success.valid-request")
def inside() -> None: ...


@verifies("SendMessage.success.valid-request")
def outside() -> None: ...


@verifies("SendMessage.no-such-requirement")
def mistyped() -> None: ...


def test_a_test_that_claims_nothing_in_scope_becomes_no_item() -> None:
    assert make(outside) == []
    assert make(inside) is None


def test_a_mistyped_claim_is_met_wherever_it_stands() -> None:
    assert make(mistyped) is None


def test_tests_of_others_are_left_to_pytest() -> None:
    assert make(outside, path=Path("elsewhere/test_x.py")) is None


def test_a_test_that_is_named_is_made_an_item_wherever_it_belongs() -> None:
    assert make(outside, place="conformance/operations/test_x.py::test_x") is None
