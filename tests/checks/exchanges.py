"""Calls and the replies to them, as plain as a judge needs them."""

from __future__ import annotations

import json
from typing import Any

from conformance.contract.wire import Exchange, Request, Response

JSON = ("Content-Type", "application/json")
REQUEST_ID = ("x-amzn-RequestId", "0f2a")


def call_with_reply(
    name: str, response: Response | None, *, method: str = "POST", failure: str | None = None
) -> Exchange:
    """A call of the operation `name` and its reply."""
    return Exchange(Request(name, method, "/"), response, failure=failure)


def reply(status: int, document: Any = None, *headers: tuple[str, str]) -> Response:
    """A reply with `document` as its JSON body, none for None, and with the usual two headers."""
    return Response(status, (JSON, REQUEST_ID, *headers), b"" if document is None else json.dumps(document).encode())


def error_reply(status: int, name: str | None) -> Response:
    """An error that names its exception type in the body, or none."""
    return reply(status, {"message": "no"} if name is None else {"__type": name, "message": "no"})
