"""An AWS Lambda handler as a WSGI application, so that it can be judged without AWS.

The event and the reply have the form that API Gateway's HTTP APIs and Lambda function URLs use (payload format 2.0).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any

from conformance.application.wsgi import WsgiApplication

Handler = Callable[[dict[str, Any], Any], Any]
_BARE = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


def lambda_app(handler: Handler, context: Any = None) -> WsgiApplication:
    """A WSGI application that calls `handler` with an event of payload format 2.0 and `context`.

    One call is made at a time, as one instance of a function has them. A reply without ``statusCode`` is the JSON body
    of a 200, as API Gateway takes it.
    """
    lock = Lock()

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        event = _event(environ)
        with lock:
            reply = handler(event, context)
        status, headers, body = _to_reply(reply)
        start_response(f"{status} {_phrase(status)}", headers)
        return [body]

    return application


def _event(environ: Mapping[str, Any]) -> dict[str, Any]:
    body, path = environ["wsgi.input"].read(), environ["RAW_URI"].partition("?")[0]
    try:
        text, is_binary = body.decode(), False
    except UnicodeDecodeError:
        text, is_binary = base64.b64encode(body).decode(), True
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": environ["QUERY_STRING"],
        "headers": _headers(environ),
        "requestContext": {
            "stage": "$default",
            "domainName": environ["SERVER_NAME"],
            "http": {
                "method": environ["REQUEST_METHOD"],
                "path": path,
                "protocol": environ["SERVER_PROTOCOL"],
                "sourceIp": environ["REMOTE_ADDR"],
                "userAgent": environ.get("HTTP_USER_AGENT", ""),
            },
        },
        **({"body": text} if body else {}),
        "isBase64Encoded": is_binary,
    }


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    of_http = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return {**of_http, **{header: environ[name] for name, header in _BARE.items() if name in environ}}


def _to_reply(reply: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    if not isinstance(reply, Mapping) or "statusCode" not in reply:
        return 200, [("content-type", "application/json")], json.dumps(reply).encode()
    body = reply.get("body") or ""
    content = base64.b64decode(body) if reply.get("isBase64Encoded") else str(body).encode()
    headers = [(name, str(value)) for name, value in (reply.get("headers") or {}).items()]
    cookies = [("set-cookie", cookie) for cookie in reply.get("cookies") or ()]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    return int(reply["statusCode"]), [*headers, *cookies], content


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
