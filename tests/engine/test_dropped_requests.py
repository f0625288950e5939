"""A connection that is closed twice in the place of a reply breaks a promise, where a plain call is still served."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from conformance.checks.violation import ContractViolation
from conformance.contract.catalogue import catalogue
from conformance.contract.wire import Exchange, Headers, Request, Response
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.connections import Attempt
from conformance.endpoint.contacts import Contacts, StopContactCalls
from conformance.endpoint.settings import build_settings
from conformance.endpoint.transport import Address
from conformance.engine.conversations import Conversations
from conformance.engine.depth import DEPTHS
from conformance.engine.polling import Polling
from conformance.engine.verifier import NotVerified, Verifier
from conformance.power.direct import Direct, DirectEndpoint, DirectTransfers, DirectTransport
from conformance.results.ledger import Ledger
from conformance.results.recorder import Recorder
from conformance.results.verdicts import Outcome
from conformance.scenario.runner import run_scenario
from conformance.scenario.scenario import Scenario
from conformance.verification.malformed_requests import verify_malformed_requests

NUL = "SendMessage.robustness.nul"
Drops = Callable[[bytes], bool]


class DroppingTransport(DirectTransport):
    """Closes the connection in the place of a reply where `drops` holds for a body."""

    drops: Drops = staticmethod(lambda _: False)

    def carry(
        self, attempt: Attempt, address: Address, method: str, headers: Headers, body: bytes
    ) -> tuple[Response | None, str | None]:
        """The reply, or that the connection was closed."""
        if self.drops(body):
            attempt.opened = attempt.reached = True
            return None, "the connection was closed without a reply"
        return super().carry(attempt, address, method, headers, body)


@contextmanager
def judging(drops: Drops) -> Iterator[Verifier]:
    reference = Direct()
    reference.reconfigure()
    facts = reference.facts
    given: dict[str, str | None] = {name: facts[name] for name in ("instance_id", "contact_flow_id")}
    settings = build_settings(facts["url"], poll_seconds=0.1, **given)  # type: ignore[arg-type]
    transport = DroppingTransport(reference)
    transport.drops = drops

    def send(request: Request) -> Exchange:
        return endpoint.send(request)

    contacts = Contacts(StopContactCalls(send), settings.instance_id, most_open=20)
    target = HttpTarget(settings, transport=transport, on_exchange=contacts.learn)
    endpoint = DirectEndpoint(target, DirectTransfers(settings, reference, lambda: None), reference, reference)
    with target:
        conversations = Conversations(endpoint, contacts, given, Polling(0.1))
        yield Verifier(conversations, Recorder(Ledger(io.StringIO())), DEPTHS["smoke"], seed=1)


def once(drops: Drops) -> Drops:
    """Drops the first such body only."""
    seen: list[bytes] = []

    def first(body: bytes) -> bool:
        if not drops(body):
            return False
        seen.append(body)
        return len(seen) == 1

    return first


def has_nul(body: bytes) -> bool:
    return b"\\u0000" in body


@pytest.mark.parametrize(
    ("drops", "outcome"),
    [
        pytest.param(has_nul, Outcome.BROKEN, id="twice"),
        pytest.param(once(has_nul), Outcome.KEPT, id="once"),
        pytest.param(lambda body: b'"Content"' in body, None, id="plain calls as well"),
    ],
)
def test_an_edge_that_is_dropped_twice_is_a_violation(drops: Drops, outcome: Outcome | None) -> None:
    with judging(drops) as verifier, suppress(ContractViolation, NotVerified):
        verify_malformed_requests(verifier, catalogue()[NUL])
    outcomes = verifier.recorder.records[NUL].outcomes
    assert bool(outcomes[Outcome.BROKEN]) == (outcome is Outcome.BROKEN)
    assert bool(outcomes[Outcome.KEPT]) == (outcome is Outcome.KEPT)


@pytest.mark.parametrize(
    ("drops", "broken"),
    [(lambda body: b"dropped" in body, 1), (lambda body: b'"Content"' in body, 0)],
    ids=["this one", "plain calls as well"],
)
def test_a_call_of_a_scenario_that_is_dropped_twice_is_a_violation(drops: Drops, broken: int) -> None:
    rid = "SendMessage.ContentType.text-plain-always"

    def test(scenario: Scenario) -> None:
        with scenario.claim() as claim:
            claim.success(scenario.chat().say("dropped"), "a message")

    with (
        judging(drops) as verifier,
        closing(Scenario(verifier, (rid,))) as scenario,
        suppress(ContractViolation, NotVerified),
    ):
        run_scenario(verifier, test, {"scenario": scenario}, (rid,))
    assert verifier.recorder.records[rid].outcomes[Outcome.BROKEN] == broken
