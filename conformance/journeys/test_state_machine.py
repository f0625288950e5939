"""Any order of calls over several chats and participants, compared with a model of the documents."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import seed
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from conformance.checks.violation import ContractViolation
from conformance.scenario.exploration import Exploration
from conformance.scenario.markers import verifies
from conformance.scenario.scenario import Scenario
from conformance.scenario.state_machine import ChatStateMachine


@verifies(
    "LifeCycle.order.any-lawful-sequence",
    "LifeCycle.order.dead-stays-dead",
    "LifeCycle.order.transcript-grows",
    "LifeCycle.chats.independent",
    "LifeCycle.participants.independent",
)
def test_chats_keep_their_promises_in_any_order(scenario: Scenario) -> None:
    """Chats and participants start, end and stay separate as documented, in any order of calls."""
    exploration = Exploration(scenario.verifier)
    _explore(exploration)
    for requirement in exploration.found if exploration.blocked else scenario.claimed:
        with scenario.claim(requirement):
            exploration.check(requirement)
    if exploration.blocked:
        raise exploration.blocked


def _explore(exploration: Exploration) -> None:
    """Draw sequences; keep the violations in `exploration`, shortened while the budget lasts."""

    def sequence() -> ChatStateMachine:
        """Hypothesis keeps each class of machines for good; a new one here would keep all that it reaches."""
        return ChatStateMachine(exploration)

    factory: Any = seed(exploration.verifier.seed)(sequence)  # it may be a function, though annotated as a class
    with suppress(ContractViolation, Flaky):
        run_state_machine_as_test(factory, settings=exploration.settings)
