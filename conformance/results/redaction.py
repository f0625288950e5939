"""Keeps secrets out of everything that is written down.

Tokens, keys and signed URLs are replaced by a short mark that still shows which of two secrets are the
same, so that a scenario with two tokens stays readable.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from conformance.contract.wire import Exchange, Headers, Request, Response

SECRET_HEADERS = frozenset(
    {"authorization", "x-amz-bearer", "x-amz-security-token", "cookie", "set-cookie", "x-api-key"}
)
# Headers of the user's that say nothing which the endpoint may not repeat.
PUBLIC_HEADERS = frozenset({"accept", "accept-language", "content-type", "host", "origin", "referer", "user-agent"})
_SECRET_MEMBERS = (
    "ParticipantToken|ConnectionToken|JoinToken|Url|AuthenticationUrl|AudioHostUrl|AudioFallbackUrl|SignalingUrl"
    "|TurnControlUrl|EventIngestionUrl|ViewToken"
)
# A reply that was cut off can end inside a secret, so the end of the text closes one too.
_SECRET_VALUE = re.compile(rf'("(?:{_SECRET_MEMBERS})"\s*:\s*")((?:[^"\\]|\\.)*)("|\\?\Z)', re.IGNORECASE | re.DOTALL)
# JSON inside a JSON text, as in the content of a web socket frame: its quotes are escaped.
_NESTED_VALUE = re.compile(rf'(\\"(?:{_SECRET_MEMBERS})\\"\s*:\s*\\")([^"\\]*)(\\"|\\?\Z)', re.IGNORECASE)
_SIGNED_URL = re.compile(r"""(?:https?|wss?)://[^\s"'\\<>]+\?[^\s"'\\<>]+""")
_SIGNATURE = re.compile(r"(Signature=)([0-9a-f]{64})")
_VIEW_PATH = re.compile(r"(/participant/views/)([^/?]+)")
_QUERY = re.compile(r"(?<=\?).+", re.DOTALL)
BEARER_SCHEME = "Bearer "
ECHOED_LENGTH = 12  # code points; a shorter bearer value is a test's own, and would be found in ordinary words


def mark(secret: str) -> str:
    """The replacement of `secret`: its length in code points and the start of its sha256."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"<redacted {len(secret)} characters #{digest}>"


def redact_text(text: str) -> str:
    """`text` with the secrets of JSON bodies, signatures and signed URLs replaced."""
    for secret in (_SECRET_VALUE, _NESTED_VALUE):
        text = secret.sub(lambda m: m[1] + mark(m[2]) + m[3] if m[2] else m[0], text)
    text = _SIGNATURE.sub(lambda m: m[1] + mark(m[2]), text)
    return _SIGNED_URL.sub(lambda m: mark(m[0]), text)


def redact_headers(headers: Headers) -> Headers:
    """`headers` with the values of secret ones replaced; an empty value stays, it is evidence, and so does a scheme."""
    return tuple((k, _mark_value(v) if v and k.lower() in SECRET_HEADERS else redact_text(v)) for k, v in headers)


def _mark_value(value: str) -> str:
    """The mark of a header's value; a bearer token that stands in an Authorization keeps the mark that it has alone."""
    token = value.removeprefix(BEARER_SCHEME)
    return value.removesuffix(token) + mark(token)


def redact_request(request: Request) -> Request:
    """`request` without secrets. A query is one as a whole: only signed URLs have any; and so is a whole URL."""
    path = _VIEW_PATH.sub(lambda m: m[1] + mark(m[2]), _QUERY.sub(lambda m: mark(m[0]), request.path))
    path = path if request.path.startswith("/") else mark(request.path)
    return replace(request, path=path, headers=redact_headers(request.headers), body=_redact_body(request.body))


def redact_response(response: Response) -> Response:
    """`response` without secrets."""
    return replace(response, headers=redact_headers(response.headers), body=_redact_body(response.body))


def _redact_body(body: bytes) -> bytes:
    text = body.decode("utf-8", "surrogateescape")
    return redact_text(text).encode("utf-8", "surrogateescape")


def redact(exchange: Exchange, secrets: tuple[str, ...] = ()) -> Exchange:
    """`exchange` without secrets: bearer tokens, signatures, token members, signed URLs.

    The bearer that was sent, and `secrets`, are also hidden where the endpoint repeats them.
    """
    echoed = bearer_of(exchange)
    response = exchange.response
    for secret in (*secrets, *filter(None, (echoed,))):
        response = _without(response, secret) if response else None
    return replace(
        exchange,
        request=redact_request(exchange.request),
        response=redact_response(response) if response else None,
        failure=redact_text(hide(exchange.failure, echoed)) if exchange.failure else None,
    )


def bearer_of(exchange: Exchange) -> str | None:
    """The bearer that was sent, if it is long enough to differ from ordinary words."""
    bearer = exchange.request.header("x-amz-bearer") or ""
    return bearer if len(bearer) >= ECHOED_LENGTH else None


def hide(text: str, *secrets: str | None) -> str:
    """`text` without the given `secrets`, wherever it contains them."""
    for secret in filter(None, secrets):
        text = text.replace(secret, mark(secret))
    return text


def _without(response: Response, secret: str) -> Response:
    headers = tuple((name, hide(value, secret)) for name, value in response.headers)
    text = hide(response.body.decode("utf-8", "surrogateescape"), secret)
    if response.truncated:
        text = _without_beginning(text, secret)
    return replace(response, headers=headers, body=text.encode("utf-8", "surrogateescape"))


def _without_beginning(text: str, secret: str) -> str:
    """`text`, which was cut off, without as much of `secret` as stands at its end."""
    sizes = range(len(secret) - 1, ECHOED_LENGTH - 1, -1)
    size = next((size for size in sizes if text.endswith(secret[:size])), 0)
    return text[:-size] + mark(secret) if size else text
