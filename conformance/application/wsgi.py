"""Calling a WSGI application (PEP 3333), as a server with several threads does."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from conformance.application.replies import FAILED, Answered, Asked, Exceptions

WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]
_BARE = {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}


def call(application: WsgiApplication, asked: Asked, exceptions: Exceptions) -> Answered:
    """The reply of `application`. What it raises is a 500, as servers make of it."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    parts: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], None]:
        if started and exc_info is None:
            raise AssertionError("start_response was called twice")
        started[:] = [(status, list(headers))]
        return parts.append

    try:
        _read(application(_environ(asked), start_response), parts)
    except Exception as error:  # noqa: BLE001 - whatever an application raises
        exceptions.note(error)
        return FAILED
    if not started:
        return FAILED
    status, headers = started[0]
    return Answered(int(status.split(" ", 1)[0]), tuple(headers), b"".join(parts))


def _read(result: Iterable[bytes], parts: list[bytes]) -> None:
    try:
        parts.extend(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _environ(asked: Asked) -> dict[str, Any]:
    host, port = asked.server
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": asked.path.decode("latin-1"),
        "RAW_URI": asked.target,
        "REQUEST_URI": asked.target,
        "QUERY_STRING": asked.query.decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": asked.scheme,
        "wsgi.input": io.BytesIO(asked.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in asked.headers:
        key = _BARE.get(name.upper(), f"HTTP_{name.upper().replace('-', '_')}")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ
