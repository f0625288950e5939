"""What travels: frozen requests, responses and exchanges. No I/O, no judgement."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import quote

from conformance.contract.model import Location, Operation

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._]*\Z")
SUCCESS = range(200, 300)
WEB_SOCKET = "web socket"  # stands for an operation where a web socket was asked for
EVIDENCE_BYTES = 2**16  # of a reply's body that are kept beyond its judgement
_EVIDENCE_HEADER = 2_000  # code points of a header's value that are kept so
BODY_LIMIT = 2 * 2**20  # bytes of a reply's body that are read; 100 messages of 16,384 bytes have 1.7 million
MOST_VALUES = 50_000  # of a JSON text that is read; the parsed values may take 30 times the memory of the text
_MARKS = (b"[", b"{", b'":', b'",')  # each value but a number stands at one of these
_MOST_DIGITS = 640  # that no interpreter refuses
BACK_END = "back end"  # stands for an operation where the user's own back end started a chat
SIGNED_URL = "signed URL"  # stands for an operation where a URL that the endpoint handed out was asked
Headers = tuple[tuple[str, str], ...]


def header_of(headers: Headers, name: str) -> str | None:
    """The first value of the header `name`, whatever its letter case, or None."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it will be sent. `path` is percent-encoded and starts below the endpoint's base path.

    Where `operation` is SIGNED_URL, `path` is that URL.
    """

    operation: str
    method: str
    path: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of the header `name`, or None."""
        return header_of(self.headers, name)

    def with_header(self, name: str, value: str | None) -> Request:
        """This request with the header `name` set to `value`, or without it for None."""
        kept = tuple((k, v) for k, v in self.headers if k.lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


@dataclass(frozen=True)
class Response:
    """One reply as it arrived. `truncated` says that the body was cut at the size or time limit.

    `size` is how many bytes of a body came of which this holds only the beginning; None where it holds them all.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    truncated: bool = False
    size: int | None = None

    def header(self, name: str) -> str | None:
        """The value of the header `name`, or None."""
        return header_of(self.headers, name)

    @property
    def document(self) -> Any:
        """The body as JSON (RFC 8259: UTF-8 without a byte order mark). Raises ValueError when it is not, or was cut.

        What a long body holds may take many times its memory, so that of these only the last is remembered.
        """
        if self.truncated:
            raise ValueError("the body was cut, so that it is no JSON any more")
        return self._remembered if len(self.body) <= EVIDENCE_BYTES else _LONG.document_of(self.body)

    @cached_property
    def _remembered(self) -> Any:
        return _parse(self.body)

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of a JSON object body; empty for any other body."""
        try:
            document = self.document
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    @cached_property
    def error_names(self) -> tuple[str, ...]:
        """The exception types that a reply names, without decoration, each once.

        They stand in the header x-amzn-ErrorType or in the body's ``__type`` or ``code``; what follows a colon and
        what precedes a # is decoration (Smithy restJson1).
        """
        places = (self.header("x-amzn-ErrorType"), self.members.get("__type"), self.members.get("code"))
        names = (_bare(place) for place in places if isinstance(place, str))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def error_name(self) -> str | None:
        """The exception type of a reply, or None when it names none."""
        return next(iter(self.error_names), None)

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success (200 to 299)."""
        return self.status in SUCCESS

    @property
    def is_limiters(self) -> bool:
        """Whether a rate limiter or gateway in front says 429 or 503: it names no exception and has no request id."""
        unsigned = self.status in (429, 503) and self.header("x-amzn-RequestId") is None
        return unsigned and self.error_name is None


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_constant=_no_number, parse_int=_whole_number)
    except RecursionError as deep:
        raise ValueError("the JSON is nested too deeply to read") from deep


def _whole_number(digits: str) -> int | float:
    """JSON bounds no number; how many digits an int may have is a setting of the interpreter."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


class _LastDocument:
    """What the last long body held, which is asked for again and again while it is judged."""

    def __init__(self) -> None:
        self._last: tuple[bytes, Any] = (b"", None)

    def document_of(self, body: bytes) -> Any:
        """The JSON of `body`. Raises ValueError when it is none."""
        known, document = self._last
        if known is not body:
            document = _parse(body)
            self._last = (body, document)
        return document


_LONG = _LastDocument()


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _bare(decorated: str) -> str | None:
    name = decorated.split(":", 1)[0].rsplit("#", 1)[-1].strip()
    return name if _NAME.match(name) else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what became of it.

    `response` is None when none came; `failure` then says why in a few words. `started` is seconds since
    the epoch, `elapsed` seconds, `attempt` counts from 1 where a throttled call was repeated. `base` is the address
    of the service that was called, in front of the request's path; empty where it is unknown.
    `provisional` says that it ended in a server error or a closed connection and that the request is sent again, so
    that nothing is judged by it. `repeated` says that it came after such an end of a request without a ClientToken,
    so that the request may have had its effect twice. `dropped` says that the connection was closed in the place of a
    reply, and that the request had been sent before with no better end.
    """

    request: Request
    response: Response | None
    started: float = 0.0
    elapsed: float = 0.0
    attempt: int = 1
    failure: str | None = None
    base: str = ""
    provisional: bool = False
    repeated: bool = False
    dropped: bool = False

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the reply; none where no reply came or its body is no JSON object."""
        return self.response.members if self.response is not None else {}


def has_too_many_values(text: bytes) -> bool:
    """Whether a JSON `text` may hold more than MOST_VALUES values beside numbers."""
    return len(text) > MOST_VALUES and sum(map(text.count, _MARKS)) > MOST_VALUES


def as_evidence(exchange: Exchange, limit: int = EVIDENCE_BYTES) -> Exchange:
    """`exchange` for whoever keeps it longer than it is judged: with `limit` bytes of the reply's body."""
    response = exchange.response
    if response is None or not _is_long(response, limit):
        return exchange
    headers = tuple((name, value[:_EVIDENCE_HEADER]) for name, value in response.headers)
    size = response.size or len(response.body)
    kept = Response(response.status, headers, response.body[:limit], response.truncated or size > limit, size)
    return replace(exchange, response=kept)


def _is_long(response: Response, limit: int) -> bool:
    return len(response.body) > limit or any(len(value) > _EVIDENCE_HEADER for _, value in response.headers)


def to_request(operation: Operation, arguments: Mapping[str, Any]) -> Request:
    r"""The request that carries `arguments` (member name to value), right or wrong, as restJson1 lays it out.

    Values are not checked: a violation travels as it is. A member that is missing from `arguments` is not sent.
    Lone surrogates in texts travel as ``\udXXX`` escapes.
    """
    path, headers, body = operation.uri, [], {}
    known = {member.name: member for member in operation.input.members}
    for name, value in arguments.items():
        member = known.get(name)
        if member is None or member.location is Location.BODY:
            body[member.wire_name if member else name] = value
        elif member.location is Location.HEADER:
            headers.append((member.wire_name, str(value)))
        else:
            path = path.replace(f"{{{member.wire_name}}}", quote(str(value), safe="-_.~"))
    if not operation.has_body:
        return Request(operation.name, operation.method, path, tuple(headers))
    headers.append(("Content-Type", "application/json"))
    return Request(operation.name, operation.method, path, tuple(headers), json.dumps(body).encode())
