"""How an operation stands by the reply to its plainest valid call, and who refused it."""

from __future__ import annotations

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Response
from conformance.endpoint.probe import Standing, finding
from tests.checks.exchanges import call_with_reply, error_reply, reply

HTML = (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    ("name", "response", "standing"),
    [
        ("SendEvent", reply(200, {}), Standing.WORKS),
        ("SendEvent", Response(501), Standing.UNSUPPORTED),
        ("SendEvent", Response(405, HTML, b"<h1>Method Not Allowed</h1>"), Standing.UNSUPPORTED),
        ("SendEvent", Response(404, HTML, b"<h1>Not Found</h1>"), Standing.UNSUPPORTED),
        ("SendEvent", error_reply(404, "UnknownOperationException"), Standing.UNSUPPORTED),
        ("SendEvent", error_reply(403, "MissingAuthenticationTokenException"), Standing.UNSUPPORTED),
        ("StopContact", reply(403, {"message": "Missing Authentication Token"}), Standing.UNSUPPORTED),
        ("SendEvent", error_reply(400, "ValidationException"), Standing.REFUSED),
        ("SendEvent", error_reply(403, "AccessDeniedException"), Standing.REFUSED),
        ("StopContact", error_reply(404, "ResourceNotFoundException"), Standing.REFUSED),
        ("SendEvent", error_reply(500, "InternalServerException"), Standing.REFUSED),
        ("SendEvent", Response(500, HTML, b"<h1>Internal Server Error</h1>"), Standing.BLOCKED),
        ("SendEvent", error_reply(418, None), Standing.REFUSED),
        ("StopContact", error_reply(403, "AccessDeniedException"), Standing.BLOCKED),
        ("StopContact", error_reply(403, "InvalidSignatureException"), Standing.BLOCKED),
        ("StopContact", error_reply(400, "UnrecognizedClientException"), Standing.BLOCKED),
        ("SendEvent", Response(403, HTML, b"<h1>Forbidden</h1>"), Standing.BLOCKED),
        ("SendEvent", error_reply(401, None), Standing.BLOCKED),
        ("SendEvent", Response(407, HTML), Standing.BLOCKED),
        ("SendEvent", Response(421), Standing.BLOCKED),
        ("SendEvent", Response(418, (("Content-Type", "text/plain"),), b"I'm a teapot"), Standing.BLOCKED),
        ("SendEvent", Response(400, HTML, b"<h1>Bad Request</h1>"), Standing.BLOCKED),
        ("SendEvent", Response(400, (("x-amzn-RequestId", "r"), *HTML), b"<h1>Bad Request</h1>"), Standing.REFUSED),
        ("SendEvent", reply(400, {"message": "no"}), Standing.REFUSED),
        ("SendEvent", Response(426, (("Upgrade", "h2c"),)), Standing.BLOCKED),
        ("SendEvent", Response(308, (("Location", "https://elsewhere.example/"),)), Standing.BLOCKED),
        ("SendEvent", Response(503, HTML, b"<h1>Service Unavailable</h1>"), Standing.UNANSWERED),
        ("SendEvent", Response(502, HTML, b"<h1>Bad Gateway</h1>"), Standing.BLOCKED),
        ("SendEvent", error_reply(429, "ThrottlingException"), Standing.UNANSWERED),
        ("SendEvent", None, Standing.UNANSWERED),
    ],
)
def test_the_reply_says_how_an_operation_stands(name: str, response: Response | None, standing: Standing) -> None:
    found = finding(operation(name), call_with_reply(name, response, failure=None if response else "it was closed"))
    assert found.standing is standing


@pytest.mark.parametrize(
    ("response", "implemented"),
    [
        (reply(200, {}), True),
        (error_reply(400, "ValidationException"), True),
        (Response(501), False),
        (Response(403, HTML, b"<h1>Forbidden</h1>"), None),
        (None, None),
    ],
)
def test_only_its_own_reply_says_that_an_operation_is_implemented(
    response: Response | None, *, implemented: bool | None
) -> None:
    assert finding(operation("SendEvent"), call_with_reply("SendEvent", response)).implemented is implemented
