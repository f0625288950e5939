"""A pytest plugin that keeps every request of a run: `-p tests.benchmarks.recorder`, to the file named by RECORD_TO."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from conformance.contract.wire import Exchange, Request

KEPT: list[Request] = []


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Listen to what the run takes down."""
    from conformance.session.session import Run

    take = Run._take

    def listen(self: Run, exchange: Exchange) -> None:
        KEPT.append(exchange.request)
        take(self, exchange)

    Run._take = listen  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    """Write the requests down."""
    Path(os.environ["RECORD_TO"]).write_bytes(pickle.dumps(KEPT))
