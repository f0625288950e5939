"""What the first look at an endpoint tells its user."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response
from conformance.endpoint.probe import Finding, Standing, finding
from conformance.endpoint.settings import Settings, SettingsError
from conformance.engine.profile import EndpointProfile
from conformance.engine.verifier import Verifier
from conformance.session.preflight import hopeless, preflight

START = operation("StartChatContact")
ADDRESS = "http://127.0.0.1:8000"
SETTINGS = cast(
    "Settings",
    SimpleNamespace(
        target=ADDRESS,
        participant_target=ADDRESS,
        instance_id="inst-1",
        contact_flow_id="flow-1",
        timeout=1.0,
        absent=None,
    ),
)


def sentence_of(response: Response | None, failure: str | None = None) -> str | None:
    """What is told where the plainest start gets `response`."""
    exchange = Exchange(Request("StartChatContact", "PUT", "/contact/chat"), response, failure=failure)
    return look(finding(START, exchange))


def look(found: Finding) -> str | None:
    return preflight(cast("Verifier", SimpleNamespace(probe=lambda _: found)), SETTINGS)


def reply(status: int, kind: str = "application/json", **members: Any) -> Response:
    return Response(status, (("Content-Type", kind),), json.dumps(members).encode())


def test_a_start_that_works_is_no_news() -> None:
    assert sentence_of(reply(200, ContactId="c")) is None


def test_ids_that_are_unknown_end_the_run() -> None:
    with pytest.raises(SettingsError, match="does not know --instance-id inst-1 or --contact-flow-id flow-1; give ids"):
        sentence_of(reply(404, __type="ResourceNotFoundException"))


@pytest.mark.parametrize(
    ("response", "failure", "words"),
    [
        (None, "the connection was refused", ("gave no answer", "the connection was refused", "--target")),
        (reply(501), None, ("answered StartChatContact with 501", "does not implement")),
        (reply(404, "text/html"), None, ("answered StartChatContact with 404", "nothing at PUT", "base path")),
        (
            reply(400, __type="InvalidParameterException"),
            None,
            ("400 InvalidParameterException", "--instance-id inst-1"),
        ),
        (reply(200, "text/html"), None, ("a JSON object that has no ContactId", "--target")),
        (reply(200, statusCode=200, body="{}"), None, ("but statusCode and body", "reply of a Lambda function")),
        (reply(200, ContactId=""), None, ("a JSON object that has an empty ContactId", "--target")),
        (reply(200, ContactId=7), None, ("has a ContactId that is no string but a JSON number", "--target")),
    ],
)
def test_what_may_be_the_users_mistake_is_said(
    response: Response | None, failure: str | None, words: tuple[str, ...]
) -> None:
    sentence = sentence_of(response, failure)
    assert sentence is not None
    assert [word for word in words if word not in sentence] == []


def test_a_start_that_could_not_be_tried_is_left_to_the_tests() -> None:
    assert look(Finding(Standing.NOT_READY, "the run may send no more")) is None


BEARER = (("X-Amz-Bearer", "token"),)
PAGE = Response(200, (("Content-Type", "text/html"),), b"<html><title>Log in</title></html>")
GATEWAY = Response(502, (("Content-Type", "text/html"),), b"<html><h1>Bad Gateway</h1></html>")
NO_REPLY_OF_THE_API = {
    "a page": PAGE,
    "a server error": GATEWAY,
    "an empty body": Response(200, (), b""),
    "no permission": reply(403, __type="AccessDeniedException"),
    "no such operation": reply(501),
    "throttled": reply(429),
    "nothing": None,
}


def learn(*replies: Response | None, invented: frozenset[str] = frozenset()) -> EndpointProfile:
    """The profile of an endpoint that gives one operation after the other one of `replies`."""
    profile = EndpointProfile(lambda _: Finding(Standing.WORKS), lambda *_: None, invented=set(invented))
    for name, response in zip(("StartChatContact", "SendMessage", "SendEvent"), replies, strict=False):
        called = Request(name, operation(name).method, "/", BEARER)
        profile.learn(Exchange(called, response, failure=None if response else "the connection was refused"))
    return profile


@pytest.mark.parametrize("response", NO_REPLY_OF_THE_API.values(), ids=NO_REPLY_OF_THE_API)
def test_a_run_is_hopeless_where_no_reply_is_one_of_the_api(response: Response | None) -> None:
    sentence = hopeless(learn(response, response), SETTINGS) or ""
    assert f"none of 2 plain calls to {SETTINGS.target} got a reply of this API: " in sentence


def test_a_hopeless_run_says_in_one_sentence_that_nobody_listens() -> None:
    sentence = hopeless(learn(None, None), SETTINGS)
    assert sentence is not None
    assert sentence.startswith(f"no test was run: none of 2 plain calls to {SETTINGS.target} got a reply of this API: ")
    assert sentence.partition("API: ")[2].startswith("the connection was refused; is it running")


@pytest.mark.parametrize("response", [reply(200, Id="m"), reply(400, __type="ValidationException")])
def test_one_reply_of_the_api_is_hope_enough(response: Response) -> None:
    assert hopeless(learn(PAGE, response, PAGE), SETTINGS) is None


def test_the_commonest_reply_is_what_is_told_of_a_hopeless_run() -> None:
    sentence = hopeless(learn(GATEWAY, PAGE, PAGE), SETTINGS)
    assert sentence is not None
    assert '2 of 3 operations got 200 with an HTML page titled "Log in": a login page' in sentence


def test_invented_tokens_alone_make_no_run_hopeless() -> None:
    """As in a process of a run that may start no more contacts."""
    denied = reply(403, __type="AccessDeniedException")
    assert hopeless(learn(denied, invented=frozenset({"StartChatContact"})), SETTINGS) is None


def test_what_invented_tokens_get_says_nothing_of_tokens_that_were_handed_out() -> None:
    """The start was served and its reply cannot be read: no token of it was ever sent."""
    denied, marked = reply(403, __type="AccessDeniedException"), Response(200, (), b"\xef\xbb\xbf{}")
    text = hopeless(learn(marked, denied, denied, invented=frozenset({"SendMessage", "SendEvent"})), SETTINGS) or ""
    assert (
        f"StartChatContact at {ADDRESS} got 200 with JSON behind a byte order mark; have JSON written in UTF-8" in text
    )
    assert "other operations could only be called with invented ids" in text
    assert [word for word in ("handed out", "plain calls") if word in text] == []
