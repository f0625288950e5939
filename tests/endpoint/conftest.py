"""Endpoints that do what a test tells them, and the target that meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance.contract.wire import Exchange
from conformance.endpoint.budget import Budget
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.journal import ContactJournal
from conformance.endpoint.settings import build_settings
from conformance.endpoint.throttling import Patience
from tests.endpoint.raw_endpoint import Endpoint, MakeTarget, Script, StartEndpoint

TIMEOUT = 0.5  # seconds, where a test waits for its end
AMPLE = 5.0  # seconds, where none does: a busy machine is not to end a call


@pytest.fixture
def endpoint() -> Iterator[StartEndpoint]:
    """Starts an endpoint with the script that it is given."""
    started = []

    def start(script: Script, base: str = "") -> Endpoint:
        one = Endpoint(script, base=base)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def target_at() -> Iterator[MakeTarget]:
    """Makes a target for an address; options are those of build_settings, `on_exchange` and `budget` the target's."""
    made = []

    def make(
        url: str,
        *,
        on_exchange: Callable[[Exchange], None] | None = None,
        budget: Budget | None = None,
        journal: ContactJournal | None = None,
        **changes: Any,
    ) -> HttpTarget:
        chosen = {"instance_id": "instance-1", "contact_flow_id": "flow-1", "timeout": AMPLE, **changes}
        patience = Patience(first_wait=0.02, longest_wait=0.1)
        settings = build_settings(url, **chosen)
        made.append(HttpTarget(settings, on_exchange=on_exchange, budget=budget, patience=patience, journal=journal))
        return made[-1]

    yield make
    for target in made:
        target.close()
