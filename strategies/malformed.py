"""Requests that are odd as a whole: broken JSON, other content types, monstrous values. Each is one `OddRequest`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.contract.derivation import NUMBERS, free_texts
from conformance.contract.model import Kind, Location, Operation
from conformance.contract.wire import Request
from strategies.examples import plain_arguments
from strategies.requests import Arguments, add_unknown, place

MEGABYTES = 3 * 1024 * 1024  # bytes of an oversized body
KILOBYTES = 40 * 1024  # bytes of an oversized header
DEPTH = 20_000  # arrays inside each other; Python's own JSON reader gives up long before
DIGITS = 400
ODD_KEYS_TRIED = 2  # of the odd keys, in each map alone
_NOTHING = object()  # equals no value of a member
TEXTS_TRIED = 3  # free text members of an operation that odd characters are tried in


class Expected(StrEnum):
    """What must become of an odd request."""

    ACCEPTED = "accepted"
    MALFORMED = "refused as malformed"
    NO_SERVER_ERROR = "no server error"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class OddRequest:
    """A request made odd: valid `arguments`, serialised, then changed by `alter`.

    `front` says that a web server may refuse it before the operation sees it, in its own way.
    """

    name: str
    expected: Expected
    arguments: Arguments
    alter: Callable[[Request], Request]
    front: bool = False


def odd_requests(operation: Operation, rule: str) -> Iterator[OddRequest]:
    """The odd requests of one operation for `rule`, the end of a requirement id such as ``request.broken-json``."""
    yield from _ODD_REQUESTS[rule](operation)


def together(operation: Operation, requests: Iterable[OddRequest]) -> tuple[OddRequest, tuple[str, ...]]:
    """One request with what several of `requests` change in different members, and the names of these.

    Its acceptance shows that each of them would be accepted.
    """
    plain, changed, names = plain_arguments(operation), dict[str, object](), list[str]()
    for odd in requests:
        own = {name: value for name, value in odd.arguments.items() if plain.get(name, _NOTHING) != value}
        if odd.alter is _as_it_is and own and not own.keys() & changed.keys():
            changed |= own
            names.append(odd.name)
    return OddRequest(" and ".join(names), Expected.ACCEPTED, plain | changed, _as_it_is), tuple(names)


def in_both_forms(one: OddRequest, other: OddRequest) -> OddRequest:
    """A request that is altered as `one` and as `other`; its acceptance shows that each would be accepted."""
    name = f"{one.name} and {other.name}"
    return OddRequest(name, Expected.ACCEPTED, one.arguments, lambda request: other.alter(one.alter(request)))


def _as_it_is(request: Request) -> Request:
    return request


def _body(body: bytes) -> Callable[[Request], Request]:
    return lambda request: replace(request, body=body)


def _header(name: str, value: str | None) -> Callable[[Request], Request]:
    return lambda request: request.with_header(name, value)


def _bodies(expected: Expected, bodies: Mapping[str, bytes]) -> Callable[[Operation], Iterator[OddRequest]]:
    def make(operation: Operation) -> Iterator[OddRequest]:
        for name, body in bodies.items():
            yield OddRequest(name, expected, plain_arguments(operation), _body(body))

    return make


def _broken_json(operation: Operation) -> Iterator[OddRequest]:
    yield from _bodies(Expected.MALFORMED, _BROKEN)(operation)
    arguments = plain_arguments(operation)
    yield OddRequest("cut short", Expected.MALFORMED, arguments, lambda r: replace(r, body=r.body[:-1]))
    yield OddRequest("comma behind", Expected.MALFORMED, arguments, lambda r: replace(r, body=r.body[:-1] + b",}"))
    yield OddRequest("something behind", Expected.MALFORMED, arguments, lambda r: replace(r, body=r.body + b" x"))


_BROKEN = {
    "a bare word": b"hello",
    "single quotes": b"{'a': 'b'}",
    "not UTF-8": b'{"a": "\xff\xfe"}',
}
_NO_OBJECTS = {"an array": b"[]", "a text": b'"text"', "a number": b"7"}


def _empty_body(operation: Operation) -> Iterator[OddRequest]:
    needed = any(m.required for m in operation.body_members)
    expected = Expected.MALFORMED if needed else Expected.NO_SERVER_ERROR
    yield OddRequest("no bytes", expected, plain_arguments(operation), _body(b""))


def _charset(operation: Operation) -> Iterator[OddRequest]:
    for value in ("application/json; charset=utf-8", "application/json;charset=UTF-8"):
        yield OddRequest(value, Expected.ACCEPTED, plain_arguments(operation), _header("Content-Type", value))


def _change_case(change: Callable[[str], str]) -> Callable[[Request], Request]:
    return lambda request: replace(request, headers=tuple((change(k), v) for k, v in request.headers))


def _header_case(operation: Operation) -> Iterator[OddRequest]:
    for name, change in (("lower case", str.lower), ("upper case", str.upper)):
        yield OddRequest(name, Expected.ACCEPTED, plain_arguments(operation), _change_case(change))


def _content_type(operation: Operation) -> Iterator[OddRequest]:
    for value in (None, "text/plain", "application/x-www-form-urlencoded"):
        alter = _header("Content-Type", value)
        yield OddRequest(value or "none", Expected.RECORDED, plain_arguments(operation), alter, front=True)


def _duplicate_keys(operation: Operation) -> Iterator[OddRequest]:
    def double(request: Request) -> Request:
        members = json.loads(request.body)
        key, value = next(iter(members.items()), ("Unknown", "x"))
        first = f"{json.dumps(key)}: {json.dumps(value)}"
        rest = json.dumps(members)[1:-1] or first
        return replace(request, body=f"{{{first}, {rest}}}".encode())

    yield OddRequest("the first member twice", Expected.RECORDED, plain_arguments(operation), double)


def _wrong_method(operation: Operation) -> Iterator[OddRequest]:
    arguments = plain_arguments(operation)
    yield OddRequest("DELETE", Expected.RECORDED, arguments, lambda r: replace(r, method="DELETE"), front=True)


def _wrong_path(operation: Operation) -> Iterator[OddRequest]:
    arguments = plain_arguments(operation)
    longer = OddRequest(
        "a segment more", Expected.RECORDED, arguments, lambda r: replace(r, path=f"{r.path}/conformance/x"), front=True
    )
    yield longer


def _raw_unknown(name: str, text: str) -> Callable[[Operation], Iterator[OddRequest]]:
    """An odd request whose unknown member has the JSON `text`, put in by hand because no JSON writer would."""
    mark = "conformance-mark"

    def make(operation: Operation) -> Iterator[OddRequest]:
        arguments = add_unknown(operation, (), mark)
        yield OddRequest(
            name,
            Expected.NO_SERVER_ERROR,
            arguments,
            lambda r: replace(r, body=r.body.replace(json.dumps(mark).encode(), text.encode())),
        )

    return make


def _deep_nesting(operation: Operation) -> Iterator[OddRequest]:
    yield from _raw_unknown("arrays", "[" * DEPTH + "]" * DEPTH)(operation)
    yield from _raw_unknown("objects", '{"a":' * DEPTH + "1" + "}" * DEPTH)(operation)


def _huge_integer(operation: Operation) -> Iterator[OddRequest]:
    numbers = [m for m in operation.input.walk() if m.kind in NUMBERS and m.location is Location.BODY]
    for member in numbers[:TEXTS_TRIED]:
        for sign in (1, -1):
            arguments = place(operation, member.path, sign * 10**DIGITS)
            name = f"{member.dotted} {'' if sign > 0 else 'minus '}10^{DIGITS}"
            yield OddRequest(name, Expected.NO_SERVER_ERROR, arguments, _as_it_is)


def _odd_text(text: str, expected: Expected) -> Callable[[Operation], Iterator[OddRequest]]:
    def make(operation: Operation) -> Iterator[OddRequest]:
        for member in free_texts(operation)[:TEXTS_TRIED]:
            yield OddRequest(member.dotted, expected, place(operation, member.path, text), _as_it_is)

    return make


ODD_KEYS = ("a\x00b", "a\ud800b", "__proto__", "$a.b", " ", "\u202e")


def _odd_keys(operation: Operation) -> Iterator[OddRequest]:
    """The first of the odd keys in each map of the input, one at a time, and all of them as unknown members."""
    for member in (m for m in operation.input.members if m.kind is Kind.MAP):
        for key in ODD_KEYS[:ODD_KEYS_TRIED]:
            arguments = place(operation, (*member.path, "key"), key)
            yield OddRequest(f"{member.name} {key!a}", Expected.NO_SERVER_ERROR, arguments, _as_it_is)
    unknown = {**plain_arguments(operation), **dict.fromkeys(ODD_KEYS, "x")}
    yield OddRequest("unknown members", Expected.NO_SERVER_ERROR, unknown, _as_it_is)


def _oversized_body(operation: Operation) -> Iterator[OddRequest]:
    arguments = plain_arguments(operation)

    def pad(request: Request) -> Request:
        return replace(request, body=b" " * MEGABYTES + request.body)

    yield OddRequest(f"{MEGABYTES:,} blanks before", Expected.NO_SERVER_ERROR, arguments, pad, front=True)
    large = add_unknown(operation, (), "a" * MEGABYTES)
    yield OddRequest(f"a text of {MEGABYTES:,} bytes", Expected.NO_SERVER_ERROR, large, lambda r: r, front=True)


def _oversized_header(operation: Operation) -> Iterator[OddRequest]:
    alter = _header("X-Conformance", "a" * KILOBYTES)
    name = f"{KILOBYTES:,} bytes"
    yield OddRequest(name, Expected.NO_SERVER_ERROR, plain_arguments(operation), alter, front=True)


_ODD_REQUESTS: Mapping[str, Callable[[Operation], Iterator[OddRequest]]] = {
    "request.broken-json": _broken_json,
    "request.not-an-object": _bodies(Expected.MALFORMED, _NO_OBJECTS),
    "request.empty-body": _empty_body,
    "request.charset": _charset,
    "request.header-case": _header_case,
    "request.content-type": _content_type,
    "request.duplicate-keys": _duplicate_keys,
    "request.wrong-method": _wrong_method,
    "request.wrong-path": _wrong_path,
    "robustness.deep-nesting": _deep_nesting,
    "robustness.huge-integer": _huge_integer,
    "robustness.nul": _odd_text("a\x00b", Expected.NO_SERVER_ERROR),
    "robustness.odd-keys": _odd_keys,
    "robustness.non-bmp": _odd_text("\U0001f600\U0001d11e", Expected.ACCEPTED),
    "robustness.lone-surrogate": _odd_text("a\ud800b", Expected.NO_SERVER_ERROR),
    "robustness.oversized-body": _oversized_body,
    "robustness.oversized-header": _oversized_header,
}
RULES = tuple(_ODD_REQUESTS)
