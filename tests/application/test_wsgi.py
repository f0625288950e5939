"""A WSGI application is called as PEP 3333 says; wsgiref's own validator watches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.validate import validator

from conformance.application.replies import FAILED, Asked, Exceptions
from conformance.application.wsgi import call

ORIGIN = "https://chat.example"
HEADERS = (("Host", "chat.example"), ("X-Amz-Bearer", "a"), ("x-amz-bearer", "b"), ("Content-Length", "2"))


def describe(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT", "HTTP_X_AMZ_BEARER")
    start_response("201 Created", [("Content-Type", "application/json"), ("X-Two", "2")])
    return [json.dumps({**{name: environ[name] for name in names}, "body": body.decode()}).encode()]


def answer(application: Callable[..., Any], exceptions: Exceptions | None = None, target: str = "/a%20b?q=1") -> Any:
    return call(application, Asked("PUT", ORIGIN, target, HEADERS, b"{}"), exceptions or Exceptions())


def test_a_request_arrives_as_a_server_hands_it_on() -> None:
    exceptions = Exceptions()
    answered = answer(validator(describe), exceptions)
    assert not exceptions.times
    assert answered.status == 201
    assert ("X-Two", "2") in answered.headers
    assert json.loads(answered.body) == {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/a b",
        "QUERY_STRING": "q=1",
        "SERVER_NAME": "chat.example",
        "SERVER_PORT": "443",
        "HTTP_X_AMZ_BEARER": "a,b",
        "body": "{}",
    }


def test_what_an_application_raises_is_a_500_and_is_kept() -> None:
    def late(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"one"
        raise LookupError(environ["PATH_INFO"])

    exceptions = Exceptions()
    assert answer(late, exceptions, "/x") == FAILED
    assert dict(exceptions.times) == {"LookupError: /x": 1}
    assert answer(lambda _environ, _start_response: [], exceptions) == FAILED


def test_what_is_written_early_and_closed_late_counts() -> None:
    class Closing(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    parts = Closing([b"two"])

    def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])(b"one ")
        return parts

    assert answer(application).body == b"one two"
    assert parts.closed
