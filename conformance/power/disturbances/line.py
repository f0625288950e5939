"""Disturbances of the line: what gateways, proxies and networks between a client and an endpoint lawfully do."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from conformance.contract.wire import Headers, Request, Response
from conformance.power.disturbances.disturbance import Disturbance, Expected, Form, Line, Loss

RARELY = 0.005  # of all exchanges
INCOMPLETE = 6
_JSON = ("Content-Type", "application/json")
_BUSY = Response(503, (_JSON,), b'{"message": "Service Unavailable"}')
_THROTTLED = Response(429, (_JSON,), b'{"message": "Too Many Requests"}')
_LIMITED = Response(
    429, (("Content-Type", "text/html"), ("Retry-After", "0")), b"<html><h1>Too many requests</h1></html>"
)
_ASKS_FOR_LESS = Response(429, (_JSON, ("Retry-After", "1")), b'{"message": "Rate exceeded"}')
_BAD_GATEWAY = Response(502, (("Content-Type", "text/html"),), b"<html><h1>502 Bad Gateway</h1></html>")
# A call that the line has spoiled may leave something unseen; it is no violation.
_SEEN_OR_NOT = Expected(codes=(0, INCOMPLETE))


def _rarely(*what: Response | Loss) -> Callable[[Random], Response | Loss | None]:
    return lambda chance: chance.choice(what) if chance.random() < RARELY else None


@dataclass(slots=True)
class _Limiter:
    """Serves `rate` requests a second and as many at once, as a token bucket does."""

    rate: float = 400.0
    _left: float = 400.0
    _last: float = 0.0

    def __call__(self, _: Random) -> Response | None:
        now = time.monotonic()
        self._left = min(self.rate, self._left + self.rate * (now - self._last))
        self._last = now
        if self._left < 1:
            return _ASKS_FOR_LESS
        self._left -= 1
        return None


def _steady(seconds: float) -> Callable[[Random], float]:
    return lambda _: seconds


def _up_to(seconds: float) -> Callable[[Random], float]:
    return lambda chance: chance.uniform(0, seconds)


def _compress(request: Request, response: Response) -> Response:
    """Compressed for who takes it so."""
    if "gzip" not in (request.header("accept-encoding") or "") or not response.body:
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return replace(response, headers=headers, body=gzip.compress(response.body))


_ADDED: Headers = (
    ("Via", "1.1 gateway.example (Gateway)"),
    ("X-Cache", "Miss from gateway.example"),
    ("X-Amz-Cf-Id", "mC7d7Bm4nq0sT8wJ9Jm1d2"),
    ("Alt-Svc", 'h3=":443"; ma=86400'),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("Set-Cookie", "affinity=a1; Path=/"),
    ("Set-Cookie", "region=eu; Path=/"),
    ("Server", "gateway/1.27"),
    ("Date", "Sat, 21 Nov 2026 08:15:00 GMT"),
    ("Connection", "keep-alive"),
    ("X-Empty", ""),
)
_FORWARDED: Headers = (
    ("X-Forwarded-For", "192.0.2.7"),
    ("X-Forwarded-Proto", "https"),
    ("Via", "1.1 gateway.example"),
    ("X-Request-Start", "t=1763712900"),
)
_NEEDED = ("content-type", "content-disposition", "x-amzn-errortype", "x-amzn-requestid", "access-control-", "vary")
_UNNEEDED = frozenset({"user-agent", "accept", "accept-encoding", "connection"})  # others may be signed


def _add_headers(_: Request, response: Response) -> Response:
    return replace(response, headers=(*response.headers, *_ADDED))


def _forward(request: Request) -> Request:
    return replace(request, headers=(*request.headers, *_FORWARDED))


def _with_needed_only(_: Request, response: Response) -> Response:
    return replace(response, headers=tuple(h for h in response.headers if h[0].lower().startswith(_NEEDED)))


def _drop_headers(request: Request) -> Request:
    return replace(request, headers=tuple(h for h in request.headers if h[0].lower() not in _UNNEEDED))


def _with_one_date(_: Request, response: Response) -> Response:
    kept = tuple(h for h in response.headers if h[0].lower() != "date")
    return replace(response, headers=(*kept, ("Date", "Sat, 21 Nov 2026 08:15:00 GMT")))


def _without_request_id(_: Request, response: Response) -> Response:
    return replace(response, headers=tuple(h for h in response.headers if h[0].lower() != "x-amzn-requestid"))


def _rewritten(_: Request, response: Response) -> Response:
    """A charset that the endpoint did not write, an error type with its decoration, a request id of the gateway's."""
    return replace(response, headers=tuple(_rewrite(name, value) for name, value in response.headers))


def _rewrite(name: str, value: str) -> tuple[str, str]:
    new = {
        "content-type": f"{value}; charset=utf-8" if value == "application/json" else value,
        "x-amzn-errortype": f"{value}:http://internal.amazon.com/coral/com.amazonaws.connect/",
        "x-amzn-requestid": f"gateway-{value}",
    }
    return name, new.get(name.lower(), value)


LINE = (
    Disturbance("latency", "Each exchange takes 20 ms longer.", Line(delay=_steady(0.02))),
    Disturbance(
        "jitter", "Each exchange, and each piece of a web socket, comes up to 60 ms later.", Line(delay=_up_to(0.06))
    ),
    Disturbance(
        "rare-503",
        "One exchange in 200 is answered with 503 by a gateway.",
        Line(instead=_rarely(_BUSY)),
        _SEEN_OR_NOT,
        quick=True,
    ),
    Disturbance(
        "rare-502-page",
        "One exchange in 200 is answered with 502 and a web page by a gateway.",
        Line(instead=_rarely(_BAD_GATEWAY)),
        _SEEN_OR_NOT,
    ),
    Disturbance(
        "rare-429",
        "One exchange in 200 is answered with 429 by a gateway.",
        Line(instead=_rarely(_THROTTLED)),
        _SEEN_OR_NOT,
    ),
    Disturbance(
        "rare-429-page",
        "One exchange in 200 is answered with 429 and a web page by a rate limiter.",
        Line(instead=_rarely(_LIMITED)),
        _SEEN_OR_NOT,
    ),
    Disturbance(
        "rate-limiter",
        "A gateway serves 400 requests a second, and answers others with 429 and Retry-After.",
        Line(instead=_Limiter()),
        _SEEN_OR_NOT,
    ),
    Disturbance(
        "rare-drops",
        "One connection in 200 exchanges is closed in the place of a reply, before or after the endpoint has answered.",
        Line(instead=_rarely(Loss.OF_REQUEST, Loss.OF_REPLY)),
        _SEEN_OR_NOT,
        quick=True,
    ),
    Disturbance(
        "tls-gateway",
        "A gateway speaks TLS, with a certificate that --ca-bundle names.",
        Line(tls=True),
    ),
    Disturbance("gzip", "A gateway compresses replies for who takes gzip.", Line(answered=_compress)),
    Disturbance(
        "http-1.0",
        "A gateway answers in HTTP/1.0 and closes each connection.",
        Line(form=Form(version="HTTP/1.0", kept=False)),
    ),
    Disturbance("chunked", "A gateway writes each reply in chunks.", Line(form=Form(chunked=True))),
    Disturbance(
        "chunk-extensions",
        "A gateway writes each reply in chunks with extensions, and a trailer behind them.",
        Line(form=Form(chunked=True, extended=True)),
    ),
    Disturbance(
        "interim-replies", "A gateway sends a reply of the 100s before each reply.", Line(form=Form(interim=True))
    ),
    Disturbance(
        "closing", "A gateway closes each connection after one reply, and says so.", Line(form=Form(kept=False))
    ),
    Disturbance(
        "closing-unannounced",
        "A gateway closes each connection after one reply without a word.",
        Line(form=Form(kept=False, announced=False)),
    ),
    Disturbance(
        "lower-case-headers", "A gateway writes names of headers in small letters.", Line(form=Form(spelled=str.lower))
    ),
    Disturbance(
        "upper-case-headers",
        "A gateway writes names of headers in capitals.",
        Line(form=Form(spelled=str.upper)),
        quick=True,
    ),
    Disturbance(
        "added-headers",
        "A gateway adds headers of its own to requests and replies, some of them twice.",
        Line(asked=_forward, answered=_add_headers),
    ),
    Disturbance(
        "dropped-headers",
        "A gateway drops each header that the API does not need, of requests and replies.",
        Line(asked=_drop_headers, answered=_with_needed_only),
    ),
    Disturbance(
        "standing-date", "A cache gives each reply one and the same Date header.", Line(answered=_with_one_date)
    ),
    Disturbance(
        "dropped-request-id",
        "A gateway drops the request id of each reply.",
        Line(answered=_without_request_id),
        Expected(warns=("*.reply.request-id",)),
    ),
    Disturbance(
        "rewritten-headers", "A gateway rewrites media types, error types and request ids.", Line(answered=_rewritten)
    ),
    Disturbance(
        "prefix", "A gateway serves the API below /stage/v1, and signs for what is behind it.", Line(prefix="/stage/v1")
    ),
)
