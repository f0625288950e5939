"""One bench for all tests of the kill matrix: the suite's tests are collected once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conformance.power.bench import Bench


@pytest.fixture(scope="package")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()
