"""A mock as it is made from models alone: it says yes to every call, with made-up values, and keeps nothing."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from conformance.contract.model import Kind, Member, Operation, operations

_NOW = "2026-01-02T03:04:05.678Z"


def make_up(member: Member) -> Any:
    """A value of the kind and within the limits that the model states."""
    if member.kind is Kind.STRUCTURE:
        return {child.wire_name or child.name: make_up(child) for child in member.members}
    if member.kind is Kind.LIST:
        return [make_up(child) for child in member.members]
    if member.kind is Kind.MAP:
        return {}
    if member.kind is Kind.BOOLEAN:
        return True
    if member.kind is Kind.STRING:
        return _text(member)
    return time.time() if member.kind is Kind.TIMESTAMP else int(member.minimum or 1)


def _text(member: Member) -> str:
    """An id where it has room, else the shortest text; a date where the name asks for one."""
    if member.enum:
        return member.enum[0]
    if re.search("Time|Expiry", member.name):
        return _NOW
    return str(uuid.uuid4())[: int(member.maximum or 36)]


@cache
def _paths() -> list[tuple[str, re.Pattern[str], Operation]]:
    forms = ((each, re.sub(r"\{[^}]+\}", "[^/]+", each.uri.partition("?")[0])) for each in operations().values())
    return [(each.method, re.compile(form), each) for each, form in forms]


class _Yes(BaseHTTPRequestHandler):
    """Answers each call of a known path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        known = (each for method, form, each in _paths() if method == self.command and form.fullmatch(path))
        operation = next(known, None)
        status = operation.status if operation else 404
        body = json.dumps(make_up(operation.output) if operation else {}).encode()
        head = f"HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.wfile.write(f"{head}x-amzn-RequestId: {uuid.uuid4()}\r\n\r\n".encode() + body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that the server looks for


@contextmanager
def mock() -> Iterator[str]:
    """The URL of a mock that answers inside."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Yes)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
