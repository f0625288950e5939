"""Which violations are worth more requests."""

from __future__ import annotations

from conformance.checks.violation import ContractViolation
from conformance.contract.wire import Exchange, Request, Response
from conformance.engine.kinds_of_failure import LOOKED_INTO, STEADY, KindsOfFailure, kind_of
from conformance.results.observation import Repetitions


def violation_of(requirement: str, actual: str, operation: str = "SendEvent") -> ContractViolation:
    exchange = Exchange(Request(operation, "POST", "/"), Response(200, (), b"{}"))
    return ContractViolation(requirement, "a refusal", actual, (exchange,))


def test_the_same_wrong_answer_of_an_operation_is_one_kind() -> None:
    first = violation_of("SendEvent.Content.length-max", "200 OK")
    assert kind_of(first) == kind_of(violation_of("SendEvent.ContentType.length-max", "200 OK"))
    assert kind_of(first) != kind_of(violation_of("SendEvent.Content.length-max", "500"))
    assert kind_of(first) != kind_of(violation_of("SendMessage.Content.length-max", "200 OK", "SendMessage"))


def test_a_wrong_value_is_a_kind_of_its_requirement() -> None:
    one, other = "GetTranscript.Transcript.id-unique", "GetTranscript.Transcript.order-of-sending"
    assert kind_of(violation_of(one, "no such item")) != kind_of(violation_of(other, "another item"))


def test_the_first_few_of_a_kind_deserve_more_requests() -> None:
    failures = KindsOfFailure()
    number = LOOKED_INTO + 2
    answers = [failures.deserves_more(violation_of("SendEvent.Content.length-max", "200 OK")) for _ in range(number)]
    assert answers == [True] * LOOKED_INTO + [False, False]
    assert failures.deserves_more(violation_of("SendEvent.Content.length-max", "500"))


def test_an_endpoint_that_shows_each_violation_again_is_asked_no_more() -> None:
    failures, new = KindsOfFailure(), violation_of("SendEvent.Content.length-max", "200 OK")
    for _ in range(STEADY):
        failures.note_repetitions("edge", Repetitions(2, 2))
    assert not failures.deserves_repetition(new, "edge")
    assert failures.deserves_repetition(new, "scenario")


def test_one_that_once_did_not_is_asked_each_time() -> None:
    failures = KindsOfFailure()
    for times in (2,) * STEADY + (1,):
        failures.note_repetitions("edge", Repetitions(times, 2))
    assert failures.deserves_repetition(violation_of("SendEvent.Content.length-max", "200 OK"), "edge")
