"""Forms of requests and replies that clients read and the documents leave open."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from conformance.checks.errors import describe, is_json
from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.checks.violation import Inconclusive
from conformance.contract.wire import Exchange, Response
from conformance.scenario.markers import verifies
from conformance.scenario.participants import Chat, text_at
from conformance.scenario.scenario import Scenario

PLACES = ("header x-amzn-ErrorType", "__type", "code")


def _refusals(scenario: Scenario) -> list[Exchange]:
    """Refused calls of both services that work: bad input, an unknown token, an unknown contact."""
    chat = scenario.chat()
    unknown = {"InstanceId": scenario.option("instance_id"), "ContactId": str(uuid.uuid4())}
    refused = [
        chat.say(""),
        chat.say(ConnectionToken="conformance-unknown-token"),
        scenario.start(ParticipantDetails={"DisplayName": ""}),
        scenario.call("DescribeContact", unknown),
    ]
    return [exchange for exchange in refused if scenario.works(exchange.request.operation)]


def _type_names(response: Response) -> list[tuple[str, str]]:
    """Where a reply names its type, and the text at that place."""
    members = response.members
    texts = (response.header("x-amzn-ErrorType"), members.get("__type"), members.get("code"))
    return [(place, text) for place, text in zip(PLACES, texts, strict=True) if isinstance(text, str)]


def _places(response: Response) -> str:
    return " and ".join(place for place, _ in _type_names(response)) or "nowhere"


def _decorations(response: Response) -> str:
    texts = [text for _, text in _type_names(response)]
    kinds = {"with a URL behind a colon": ":", "with a namespace": "#"}
    found = [words for words, mark in kinds.items() if any(mark in text for text in texts)]
    return " and ".join(found) or "bare"


def _spellings(response: Response) -> str:
    return " and ".join(name for name in ("message", "Message") if name in response.members) or "neither"


_FORMS: dict[str, Callable[[Response], str]] = {
    "Protocol.error.type-place": _places,
    "Protocol.error.type-decoration": _decorations,
    "Protocol.error.message-member": _spellings,
}


@verifies(*_FORMS)
def test_the_form_of_errors_is_written_down(scenario: Scenario) -> None:
    """The test records where errors name their type, and whether their text is in message or Message."""
    errors = _refusals(scenario)
    for requirement, form in _FORMS.items():
        with scenario.claim(requirement) as claim:
            for error in errors:
                response = judged_reply(error)
                claim.record(f"{error.request.operation} {response.status}: {form(response)}")


@verifies("Protocol.error.message-present")
def test_an_error_has_a_message(scenario: Scenario) -> None:
    """An error has a text in the member message or Message."""
    for error in _refusals(scenario):
        with scenario.claim() as claim:
            reply = judged_reply(error)
            if reply.succeeded:
                raise Inconclusive("a call that must be refused was not", error)
            texts = [reply.members.get(name) for name in ("message", "Message")]
            explained = any(isinstance(text, str) for text in texts)
            claim.holds(explained, f"a text in message or Message of {describe(reply)}", texts)


@verifies("Protocol.success.empty-output")
def test_the_body_of_a_success_without_members_is_written_down(scenario: Scenario) -> None:
    """The test records whether a success without output members has an empty body or an empty object."""
    reply = judged_reply(scenario.chat().leave())
    with scenario.claim() as claim:
        claim.record(f"{reply.status} with the body {value_text(reply.body[:40])}")


@verifies("Protocol.success.content-type")
def test_a_success_with_a_body_says_that_it_is_json(scenario: Scenario) -> None:
    """A success with a body has the Content-Type application/json."""
    chat = scenario.chat()
    replies = [scenario.start(), chat.connect(), chat.say(), chat.signal(), chat.transcript()]
    for exchange in (one for one in replies if scenario.works(one.request.operation)):
        with scenario.claim() as claim:
            scenario.need(exchange)
            reply = judged_reply(exchange)
            claim.holds(is_json(reply), "a Content-Type that says JSON", value_text(reply.header("Content-Type")))


@verifies("Protocol.request.accept")
def test_what_an_accept_header_without_json_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether an Accept header that excludes JSON is refused or ignored."""
    plain = scenario.chat().transcript().request
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(scenario.send(plain.with_header("Accept", "text/html")))))


@pytest.mark.parametrize("types", [[None], ["CONNECTION_CREDENTIALS", None]], ids=["alone", "beside another"])
@verifies("Protocol.request.null-in-list")
def test_null_inside_a_list_is_refused(scenario: Scenario, types: list[str | None]) -> None:
    """The endpoint refuses null inside a list as bad input."""
    chat = scenario.chat()
    sent = scenario.call("CreateParticipantConnection", {"ParticipantToken": chat.participant_token, "Type": types})
    with scenario.claim() as claim:
        claim.refusal(sent, f"Type {value_text(types)}", malformed=True)


_LISTS_OF_A_START = {"SupportedMessagingContentTypes": "text/plain", "ConnectionTypes": "CONNECTION_CREDENTIALS"}


@pytest.mark.parametrize("member", _LISTS_OF_A_START)
@verifies("Protocol.request.null-in-list")
def test_null_inside_a_list_of_a_start_is_refused(scenario: Scenario, member: str) -> None:
    """The endpoint refuses null in addition to a value in a list of StartChatContact as bad input."""
    values = [_LISTS_OF_A_START[member], None]
    with scenario.claim() as claim:
        claim.refusal(scenario.start(**{member: values}), f"{member} {value_text(values)}", malformed=True)


@verifies("Protocol.request.bad-input-exception")
def test_which_exception_bad_input_gets_is_written_down(scenario: Scenario) -> None:
    """The test records which of its two exceptions for bad input a Connect operation names."""
    wrong: dict[str, dict[str, Any]] = {
        "a name that is too short": {"ParticipantDetails": {"DisplayName": ""}},
        "a duration that is too short": {"ChatDurationInMinutes": 59},
        "a list without text/plain": {"SupportedMessagingContentTypes": ["text/markdown"]},
    }
    with scenario.claim() as claim:
        for words, members in wrong.items():
            claim.record(f"{words}: {describe(judged_reply(scenario.start(**members)))}")


def _times(chat: Chat) -> list[str]:
    """Times in the replies of participant operations."""
    connected = chat.scenario.need(chat.connect())
    sent = chat.scenario.need(chat.say())
    items = [time for item in chat.items() if isinstance(time := item.get("AbsoluteTime"), str)]
    expiries = [
        text_at(connected, "ConnectionCredentials", "Expiry"),
        text_at(connected, "Websocket", "ConnectionExpiry"),
    ]
    return [text_at(sent, "AbsoluteTime"), *expiries, *items]


@verifies("Protocol.time.designator")
def test_participant_times_end_in_z(scenario: Scenario) -> None:
    """Every time in a participant operation's reply ends in Z."""
    for time in _times(scenario.chat()):
        with scenario.claim() as claim:
            claim.holds(time.endswith("Z"), "a time that ends in Z", time)
