"""Keeps secrets out of everything that is written down.

Tokens, keys and signed URLs are replaced by a short mark that still shows which of two secrets are the
same, so that a story with two tokens stays readable.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from conformance.wire import Exchange, Headers, Request, Response

SECRET_HEADERS = frozenset(
    {"authorization", "x-amz-bearer", "x-amz-security-token", "cookie", "set-cookie", "x-api-key"}
)
_SECRET_MEMBERS = (
    "ParticipantToken|ConnectionToken|JoinToken|Url|AuthenticationUrl|AudioHostUrl|AudioFallbackUrl|SignalingUrl"
    "|TurnControlUrl|EventIngestionUrl|ViewToken"
)
_SECRET_VALUE = re.compile(rf'("(?:{_SECRET_MEMBERS})"\s*:\s*")((?:[^"\\]|\\.)*)(")')
_SIGNED_URL = re.compile(r"""(?:https?|wss?)://[^\s"'\\<>]+\?[^\s"'\\<>]+""")
_VIEW_PATH = re.compile(r"(/participant/views/)([^/?]+)")


def mark(secret: str) -> str:
    """What stands in for `secret`: its length in code points and the start of its sha256."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"<redacted {len(secret)} characters #{digest}>"


def redact_text(text: str) -> str:
    """`text` with the secrets of JSON bodies and signed URLs replaced."""
    text = _SECRET_VALUE.sub(lambda m: m[1] + mark(m[2]) + m[3] if m[2] else m[0], text)
    return _SIGNED_URL.sub(lambda m: mark(m[0]), text)


def redact_headers(headers: Headers) -> Headers:
    """`headers` with the values of secret ones replaced; an empty value stays, it is evidence."""
    return tuple((k, mark(v) if v and k.lower() in SECRET_HEADERS else redact_text(v)) for k, v in headers)


def _redact_body(body: bytes) -> bytes:
    text = body.decode("utf-8", "surrogateescape")
    return redact_text(text).encode("utf-8", "surrogateescape")


def redact_request(request: Request) -> Request:
    """`request` without secrets."""
    path = _VIEW_PATH.sub(lambda m: m[1] + mark(m[2]), request.path)
    return replace(request, path=path, headers=redact_headers(request.headers), body=_redact_body(request.body))


def redact_response(response: Response) -> Response:
    """`response` without secrets."""
    return replace(response, headers=redact_headers(response.headers), body=_redact_body(response.body))


def redact(exchange: Exchange) -> Exchange:
    """`exchange` without secrets: bearer tokens, signatures, token members, signed URLs."""
    return replace(
        exchange,
        request=redact_request(exchange.request),
        response=redact_response(exchange.response) if exchange.response else None,
        failure=redact_text(exchange.failure) if exchange.failure else None,
    )
