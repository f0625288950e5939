"""What a search through sequences says of promises that no sequence came to."""

from __future__ import annotations

from typing import cast

import pytest

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.wire import Exchange, Request, Response
from conformance.engine.verifier import Verifier
from conformance.scenario.exploration import Exploration
from conformance.scenario.state_machine import CHATS, DEAD, LAWFUL

REFUSED = Exchange(Request("StartChatContact", "PUT", "/contact/chat"), Response(400, (), b"{}"))


@pytest.fixture
def exploration() -> Exploration:
    return Exploration(cast("Verifier", None))


def test_what_no_sequence_came_to_is_not_kept_where_a_violation_ended_them_all(exploration: Exploration) -> None:
    exploration.judged |= {LAWFUL, CHATS}
    exploration.note(ContractViolation(LAWFUL, "a chat is started", "400", (REFUSED,)))
    with pytest.raises(ContractViolation):
        exploration.check(LAWFUL)
    exploration.check(CHATS)
    with pytest.raises(Inconclusive, match=f"ended before it, at {LAWFUL}") as unjudged:
        exploration.check(DEAD)
    assert unjudged.value.exchange is REFUSED


def test_sequences_that_broke_nothing_kept_all(exploration: Exploration) -> None:
    exploration.check(DEAD)
