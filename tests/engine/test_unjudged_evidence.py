"""Whatever keeps a promise from being judged, the exchange that shows it stands in the ledger."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any, cast
from unittest.mock import MagicMock

import pytest

from conformance.checks.violation import ContractViolation, Inconclusive
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operation
from conformance.contract.requirements import Constraint, Requirement
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.probe import Finding, Standing
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.edge_checks import check_edge
from conformance.engine.search import CounterexampleSearch
from conformance.engine.verifier import NotVerified, Verifier
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario
from conformance.verification import constraints, identifier_lengths, malformed_requests

RID, TOPIC = "SendMessage.Content.length-max", "LifeCycle.order.dead-stays-dead"
LOST = Exchange(Request("SendMessage", "POST", "/participant/message", (), b"{}"), None, failure="it was reset")
LAST = Exchange(Request("SendEvent", "POST", "/participant/event", (), b"{}"), Response(200, (), b"{}"))
OBSTACLES = [Inconclusive("no answer", LOST), SetupFailed("SendMessage got no answer", LOST)]


@pytest.fixture
def verifier() -> Verifier:
    made = Verifier(cast("Conversations", MagicMock()), Recorder(Ledger(io.StringIO())), DEPTHS["smoke"], seed=1)
    for name in ("SendMessage", "SendEvent"):
        made.profile.plain_calls[name] = Finding(Standing.WORKS)
    return made


def failures(verifier: Verifier) -> list[Any]:
    """What the exchange behind each inconclusive observation came to."""
    verifier.recorder.ledger.flush()
    file = cast("io.StringIO", verifier.recorder.ledger.file)
    entries = [json.loads(line) for line in file.getvalue().splitlines()]
    return [
        [exchange["failure"] or exchange["operation"] for exchange in entry["exchanges"]]
        for entry in entries
        if entry["entry"] == "observation" and entry["outcome"] in ("inconclusive", "unsupported")
    ]


def raising(error: Exception) -> Callable[..., None]:
    def check(*_: object) -> None:
        raise error

    return check


@pytest.mark.parametrize("error", OBSTACLES, ids=["inconclusive", "set-up"])
def test_behind_a_fixed_edge(verifier: Verifier, error: Exception) -> None:
    check_edge(verifier, RID, operation("SendMessage"), "16384", raising(error), spends=0)
    assert failures(verifier) == [["it was reset"]]


@pytest.mark.parametrize("error", OBSTACLES, ids=["inconclusive", "set-up"])
def test_behind_a_drawn_example(verifier: Verifier, error: Exception) -> None:
    CounterexampleSearch(verifier, RID, raising(error)).breaks("a")
    assert failures(verifier) == [["it was reset"]]


def test_behind_a_malformed_request_that_would_be_recorded(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(malformed_requests, "_send", raising(SetupFailed("SendMessage got no answer", LOST)))
    with suppress(NotVerified):
        malformed_requests.verify_malformed_requests(verifier, catalogue()["SendMessage.request.duplicate-keys"])
    assert failures(verifier)[0] == ["it was reset"]


@pytest.mark.parametrize(
    ("module", "verify", "rid"),
    [
        (constraints, constraints.verify_repeated_refusal, "SendMessage.refusal.again"),
        (identifier_lengths, identifier_lengths.verify_identifier_lengths, "GetTranscript.refusal.before-lookup"),
    ],
    ids=["again", "before-lookup"],
)
def test_behind_a_refusal_that_never_came(
    verifier: Verifier,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    verify: Callable[[Verifier, Requirement], None],
    rid: str,
) -> None:
    """Where the endpoint accepts all bad input, what it accepted shows why nothing is known of its refusals."""

    def accept(verifier: Verifier, constraint: Constraint, edge: object) -> None:
        verifier.recorder.record_broken(
            ContractViolation(constraint.id, "a refusal", "200", (LAST,)), "edge", str(edge)
        )

    monkeypatch.setattr(module, "check_constraint_edge", accept)
    verifier.profile.plain_calls["GetTranscript"] = Finding(Standing.WORKS)
    with pytest.raises(NotVerified, match="the endpoint refused no") as unseen:
        verify(verifier, catalogue()[rid])
    assert unseen.value.outcome is Outcome.INCONCLUSIVE
    assert failures(verifier) == [["SendEvent"]]


@pytest.mark.parametrize("standing", [Standing.UNANSWERED, Standing.REFUSED, Standing.UNSUPPORTED])
def test_behind_an_operation_that_never_works(verifier: Verifier, standing: Standing) -> None:
    verifier.profile.plain_calls["SendMessage"] = Finding(standing, "so it is", LOST)
    with pytest.raises(NotVerified):
        verifier.require_working(RID, operation("SendMessage"))
    assert failures(verifier) == [["it was reset"]]


@pytest.mark.parametrize("error", OBSTACLES, ids=["inconclusive", "set-up"])
def test_behind_what_a_scenario_did_not_reach(verifier: Verifier, error: Exception) -> None:
    scenario = Scenario(verifier, (TOPIC,))
    with pytest.raises(NotVerified):
        run_scenario(verifier, raising_scenario(error), {"scenario": scenario}, (TOPIC,))
    assert failures(verifier) == [["it was reset"]]


def raising_scenario(error: Exception) -> Callable[..., None]:
    def test(scenario: Scenario) -> None:
        scenario.exchanges.append(LAST)
        raise error

    return test


def test_the_last_exchange_stands_behind_a_scenario_that_something_missing_ended(verifier: Verifier) -> None:
    scenario, test = Scenario(verifier, (TOPIC,)), raising_scenario(SetupFailed("it did not appear"))
    with pytest.raises(NotVerified):
        run_scenario(verifier, test, {"scenario": scenario}, (TOPIC,))
    assert failures(verifier) == [["SendEvent"]]


def test_behind_a_claim_that_got_no_answer(verifier: Verifier) -> None:
    scenario = Scenario(verifier, (TOPIC,))
    with scenario.claim() as claim:
        claim.success(LOST, "a message")
    assert failures(verifier) == [["it was reset"]]


@pytest.mark.parametrize("error", OBSTACLES, ids=["inconclusive", "set-up"])
def test_behind_an_optional_part(verifier: Verifier, error: Exception) -> None:
    with Scenario(verifier, (TOPIC,)).optional():
        raise error
    assert failures(verifier) == [["it was reset"]]


def test_a_reply_that_lacks_what_a_conversation_needs_is_shown() -> None:
    calls = MagicMock()
    calls.given_chat.return_value = None
    calls.send.side_effect = lambda request, **_: Exchange(request, Response(200, (), b'{"ContactId": "c"}'))
    calls.joins = False
    given = {"instance_id": "i", "contact_flow_id": "f"}
    run = Conversations(calls, MagicMock(), given, MagicMock())
    with pytest.raises(SetupFailed, match="StartChatContact has no ParticipantId") as failed:
        ChatResources(run)["participant_token"]
    assert failed.value.exchange is not None
    assert failed.value.exchange.request.operation == "StartChatContact"
