"""What the first look at an endpoint tells its user."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contract.model import operation
from conformance.endpoint.probe import Finding, Standing, finding
from conformance.endpoint.settings import Settings, SettingsError
from conformance.engine.verifier import Verifier
from conformance.session.preflight import preflight
from conformance.wire import Exchange, Request, Response

START = operation("StartChatContact")
ADDRESS = "http://127.0.0.1:8000"
SETTINGS = cast(
    "Settings",
    SimpleNamespace(
        target=ADDRESS, participant_target=ADDRESS, instance_id="inst-1", contact_flow_id="flow-1", timeout=1.0
    ),
)


def told(response: Response | None, failure: str | None = None) -> str | None:
    """What is told where the plainest start gets `response`."""
    exchange = Exchange(Request("StartChatContact", "PUT", "/contact/chat"), response, failure=failure)
    return look(finding(START, exchange))


def look(found: Finding) -> str | None:
    return preflight(cast("Verifier", SimpleNamespace(probe=lambda _: found)), SETTINGS)


def reply(status: int, kind: str = "application/json", **members: Any) -> Response:
    return Response(status, (("Content-Type", kind),), json.dumps(members).encode())


def test_a_start_that_works_is_no_news() -> None:
    assert told(reply(200, ContactId="c")) is None


def test_ids_that_are_unknown_end_the_run() -> None:
    with pytest.raises(SettingsError, match="does not know --instance-id inst-1 or --contact-flow-id flow-1; give ids"):
        told(reply(404, __type="ResourceNotFoundException"))


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
        (reply(200, ContactId=""), None, ("a JSON object that has an empty ContactId", "--target")),
        (reply(200, ContactId=7), None, ("has a ContactId that is no string but a JSON number", "--target")),
    ],
)
def test_what_may_be_the_users_mistake_is_said(
    response: Response | None, failure: str | None, words: tuple[str, ...]
) -> None:
    said = told(response, failure)
    assert said is not None
    assert [word for word in words if word not in said] == []


def test_a_start_that_could_not_be_tried_is_left_to_the_tests() -> None:
    assert look(Finding(Standing.NOT_READY, "the run may send no more")) is None
