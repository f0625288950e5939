"""What a scenario may judge where the plain call of an operation never worked."""

from __future__ import annotations

import pytest

from conformance.checks.diagnosis.replies import cause_of
from conformance.checks.violation import ContractViolation
from conformance.contract.model import operation, operations
from conformance.contract.wire import Exchange, Response
from conformance.endpoint.preconditions import MissingOption, SetupFailed
from conformance.endpoint.probe import Finding, Standing, finding
from conformance.engine.plain_call_rule import PlainCallRule, Unjudged
from conformance.engine.profile import EndpointProfile
from conformance.results.verdicts import Outcome
from tests.checks.exchanges import call_with_reply, error_reply, reply

OK, LACKING, PAGE = reply(200, {}), Response(501), Response(403, (("Content-Type", "text/html"),), b"<h1>no</h1>")
REFUSED = error_reply(400, "ValidationException")
OF_EVENTS, OF_MESSAGES, OF_LIFE = "SendEvent.Id.unique", "SendMessage.Id.unique", "LifeCycle.order.dead-stays-dead"
BY_501 = "the plainest call got 501"
BY_400 = "the plainest valid call got 400 ValidationException"
BY_403 = f"the plainest valid call got {cause_of(call_with_reply('SendEvent', PAGE))}"


def rule_where(**replies: Response) -> PlainCallRule:
    """The rule on an endpoint whose plain calls all succeed but for `replies`."""
    found = {name: finding(operation(name), call_with_reply(name, response)) for name, response in replies.items()}
    profile = EndpointProfile(lambda asked: found.get(asked.name, Finding(Standing.WORKS)), lambda *_: None)
    profile.fill(operations())
    return PlainCallRule(profile)


def violation(requirement: str, *replies: tuple[str, Response]) -> ContractViolation:
    return ContractViolation(requirement, "so", "not so", tuple(call_with_reply(*one) for one in replies))


EVENT_THEN_READ = (("SendEvent", LACKING), ("GetTranscript", OK))


@pytest.mark.parametrize(
    ("requirement", "reply_to_events", "expected"),
    [
        (OF_EVENTS, LACKING, Unjudged(Outcome.UNSUPPORTED, BY_501)),
        (OF_EVENTS, REFUSED, Unjudged(Outcome.INCONCLUSIVE, BY_400)),
        (OF_EVENTS, PAGE, Unjudged(Outcome.INCONCLUSIVE, BY_403)),
        (OF_MESSAGES, LACKING, Unjudged(Outcome.INCONCLUSIVE, f"it takes SendEvent: {BY_501}", "SendEvent")),
        (OF_LIFE, LACKING, Unjudged(Outcome.INCONCLUSIVE, f"it takes SendEvent: {BY_501}", "SendEvent")),
        (OF_LIFE, REFUSED, Unjudged(Outcome.INCONCLUSIVE, f"it takes SendEvent: {BY_400}")),
        ("SendEvent.success.valid-request", REFUSED, None),
    ],
)
def test_a_violation_that_rests_on_an_operation_that_never_works_is_none(
    requirement: str, reply_to_events: Response, expected: Unjudged | None
) -> None:
    """Only an operation can be unsupported, and it is the one that the promise is about."""
    rule = rule_where(SendEvent=reply_to_events)
    calls = (("SendEvent", reply_to_events), ("GetTranscript", OK))
    assert rule.of_violation(violation(requirement, *calls)) == expected


def test_a_violation_of_operations_that_work_is_one() -> None:
    rule = rule_where(SendEvent=LACKING)
    assert rule.of_violation(violation(OF_MESSAGES, ("SendMessage", REFUSED), ("GetTranscript", OK))) is None


def test_a_promise_that_an_operation_seems_to_keep_by_refusing_everything_is_not_kept() -> None:
    rule = rule_where(SendEvent=REFUSED)
    assert rule.of_promise("SendEvent.refusal.no-effect") == Unjudged(Outcome.INCONCLUSIVE, BY_400)
    assert rule.of_promise("SendEvent.success.valid-request") is None
    assert rule.of_promise(OF_MESSAGES) is None
    assert rule.of_promise(OF_LIFE) is None


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (SetupFailed("no answer"), Unjudged(Outcome.INCONCLUSIVE, "no answer")),
        (MissingOption("--view-token"), Unjudged(Outcome.UNTESTED, "needs --view-token, which was not given")),
        (
            SetupFailed("SendEvent was refused with 501", call_with_reply("SendEvent", LACKING)),
            Unjudged(Outcome.INCONCLUSIVE, f"it takes SendEvent: {BY_501}", "SendEvent"),
        ),
        (
            SetupFailed("SendMessage was refused with 400", call_with_reply("SendMessage", REFUSED)),
            Unjudged(Outcome.INCONCLUSIVE, "SendMessage was refused with 400"),
        ),
    ],
)
def test_what_keeps_a_promise_from_being_judged_is_the_reason(wrong: SetupFailed, expected: Unjudged) -> None:
    assert rule_where(SendEvent=LACKING).of_setup_failure(OF_LIFE, wrong) == expected


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("StartChatContact.ContactId.unique", Unjudged(Outcome.UNSUPPORTED, BY_501)),
        ("LifeCycle.order.dead-stays-dead", Unjudged(Outcome.INCONCLUSIVE, "no reply", "StartChatContact")),
        ("SendMessage.Id.unique", Unjudged(Outcome.INCONCLUSIVE, "no reply")),
    ],
)
def test_where_no_test_is_played_a_topic_is_not_called_unsupported(requirement: str, expected: Unjudged) -> None:
    rule = rule_where(StartChatContact=LACKING, SendMessage=PAGE)
    assert rule.of_hopeless(requirement, "no reply") == expected


def test_what_needs_an_option_is_untested() -> None:
    missing = MissingOption("--view-token")
    found = Finding(Standing.NOT_READY, missing.reason, not_given=missing)
    rule = PlainCallRule(EndpointProfile(lambda _: found, lambda *_: None))
    assert rule.of_operation("DescribeView") == Unjudged(Outcome.UNTESTED, "needs --view-token, which was not given")


def test_a_plain_call_is_made_again_where_another_call_succeeds() -> None:
    """What kept it from working may be over; an operation that answered 2xx is never unsupported."""
    answers = iter([LACKING, LACKING, OK])
    noted: list[tuple[str, Standing]] = []

    def ask(_: object) -> Finding:
        return finding(operation("SendEvent"), call_with_reply("SendEvent", next(answers)))

    profile = EndpointProfile(ask, lambda name, found: noted.append((name, found.standing)))
    standings = []
    for _ in range(3):
        standings.append(profile.of("SendEvent").standing)
        profile.learn(call_with_reply("SendEvent", OK))
    assert standings == [Standing.UNSUPPORTED, Standing.REFUSED, Standing.WORKS]
    assert noted == [("SendEvent", standing) for standing in standings]


def test_a_plain_call_that_never_works_is_not_made_for_ever() -> None:
    asked: list[Exchange] = []

    def ask(_: object) -> Finding:
        asked.append(call_with_reply("SendEvent", REFUSED))
        return finding(operation("SendEvent"), asked[-1])

    profile = EndpointProfile(ask, lambda *_: None)
    for _ in range(9):
        profile.of("SendEvent")
        profile.learn(call_with_reply("SendEvent", OK))
    assert len(asked) == 3


UNSIGNED = error_reply(403, "MissingAuthenticationTokenException")
BARE = reply(403, {"message": "Missing Authentication Token"})
OF_API_GATEWAY = Response(403, (("x-amz-apigw-id", "abc="),), BARE.body)


@pytest.mark.parametrize(
    ("name", "response", "accepted", "standing"),
    [
        ("StartChatContact", UNSIGNED, None, Standing.BLOCKED),
        ("StartChatContact", BARE, None, Standing.BLOCKED),
        ("StartChatContact", UNSIGNED, "SendMessage", Standing.BLOCKED),  # carries no signature
        ("DescribeView", UNSIGNED, "StartChatContact", Standing.UNSUPPORTED),
        ("StartChatContact", OF_API_GATEWAY, None, Standing.UNSUPPORTED),
        ("SendMessage", UNSIGNED, None, Standing.UNSUPPORTED),
        ("StartChatContact", LACKING, None, Standing.UNSUPPORTED),
    ],
)
def test_an_operation_is_not_called_lacking_where_its_signature_may_be_lost(
    name: str, response: Response, accepted: str | None, standing: Standing
) -> None:
    """A gateway that drops Authorization brings about the words that API gateways have for unknown paths."""
    profile = EndpointProfile(lambda asked: finding(asked, call_with_reply(asked.name, response)), lambda *_: None)
    if accepted:
        profile.learn(call_with_reply(accepted, OK))
    assert profile.of(name).standing is standing


def test_an_address_is_known_by_another_operation_that_was_accepted_there() -> None:
    profile = EndpointProfile(lambda _: Finding(Standing.WORKS), lambda *_: None)
    profile.learn(call_with_reply("SendMessage", OK))
    known = {name: profile.others_answered(operation(name)) for name in ("GetTranscript", "SendMessage", "StopContact")}
    assert known == {"GetTranscript": True, "SendMessage": False, "StopContact": False}
