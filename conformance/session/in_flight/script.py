"""A test of the suite as a plain callable, which needs nothing of pytest to be run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.verifier import Verifier
from conformance.scenario.markers import ENDS_SESSION, claims_of, moves_clock, runs_alone, session_turn
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario

_GIVEN = frozenset({"verifier", "scenario", "request"})


@dataclass(frozen=True, slots=True)
class Script:
    """One test of the suite: its pytest id, the requirements it claims, its function and its parameters.

    `afresh` says that its scenario takes new chats only, `alone` that no other test is at work while it runs. Tests
    with a `turn` begin when those with a lower one have ended; of those with the highest one is at work at once.
    """

    name: str
    claims: tuple[str, ...]
    function: Callable[..., None]
    parameters: Mapping[str, Any]
    runs_scenario: bool
    afresh: bool
    alone: bool
    turn: int = 0

    @property
    def single(self) -> bool:
        """Whether no other test that is single is at work while this one is."""
        return self.turn == ENDS_SESSION

    def scenario(self, verifier: Verifier) -> Scenario:
        """A new scenario for this test."""
        return Scenario(verifier, self.claims, afresh=self.afresh)

    def run(self, verifier: Verifier, scenario: Scenario | None = None) -> None:
        """Run the test as pytest would, in `scenario` or in one of its own. Raises what it raises."""
        if not self.runs_scenario:
            self.function(verifier=verifier, **self.parameters)
            return
        scenario = scenario or self.scenario(verifier)
        try:
            given = {**self.parameters, "verifier": verifier, "scenario": scenario}
            run_scenario(verifier, self.function, given, self.claims)
        finally:
            with suppress(SetupFailed):  # where no more may be sent, the end of the run stops what is open
                scenario.close()


def script_of(item: pytest.Function, *, clock: bool = True) -> Script | None:
    """What `item` runs; None where it asks for a fixture that only pytest has. `clock` as in runs_alone."""
    names = set(item.fixturenames)
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if names - _GIVEN - parameters.keys():
        return None
    return Script(
        item.nodeid,
        claims_of(item),
        item.obj,
        parameters,
        runs_scenario="scenario" in names,
        afresh=moves_clock(item),
        alone=runs_alone(item, clock=clock),
        turn=session_turn(item),
    )
