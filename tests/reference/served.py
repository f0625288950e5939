"""The reference endpoint behind its server, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from conformance.contract.model import operation
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context
from conformance.reference.server import HOST, Server, application, listening_socket, origin_of
from conformance.reference.service import ReferenceService
from conformance.reference.serving import Wrap
from tests.reference.account import BOTH, FLOW


class Served:
    """A served endpoint: its address, its service to reach behind it, and `handle`, which a test may replace."""

    def __init__(self, host: str = HOST, wrap: Wrap | None = None) -> None:
        self.listener = listening_socket(host=host)
        self.origin = origin_of(self.listener)
        self.service = ReferenceService(Context(self.origin))
        self.handle = wrap(self.service) if wrap else self.service.handle
        self.server = Server(application(self._answer, lambda: self.service.sockets), leaves_signals=True)
        self.session = requests.Session()

    def _answer(self, request: Request) -> Response:
        return self.service.cross_origin.answer(request, self.handle)

    @classmethod
    @contextmanager
    def running(cls, host: str = HOST, wrap: Wrap | None = None) -> Iterator[Served]:
        """An endpoint that is served by a thread of its own until the block ends; `wrap` may put a fault into it."""
        served = cls(host, wrap)
        thread = threading.Thread(target=served.server.run, args=([served.listener],))
        thread.start()
        try:
            yield served
        finally:
            served.session.close()
            served.server.should_exit = True
            thread.join(timeout=10)
            served.listener.close()

    def post(self, path: str, token: str, document: object, **headers: str) -> requests.Response:
        """The reply to a POST over HTTP."""
        return self.session.post(
            self.origin + path, json=document, headers={"X-Amz-Bearer": token, **headers}, timeout=5
        )

    def start(self) -> dict[str, Any]:
        """A chat with a connection, made behind the server."""
        return self.service.perform(Call(operation("StartChatContact"), {**FLOW, "ConnectionTypes": BOTH}))
