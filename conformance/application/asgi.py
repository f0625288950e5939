"""Calling an ASGI application (version 3): requests, web sockets and its lifespan, as a server does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.application.messages import CLOSE, FRAME, OPENED, Message
from conformance.application.replies import FAILED, Answered, Asked, Exceptions

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApplication = Callable[[Any, Any, Any], Awaitable[None]]
Say = Callable[[Message], None]

_VERSIONS = {"version": "3.0", "spec_version": "2.3"}
_CLIENT = ("127.0.0.1", 49_152)
_ACCEPTED, _REFUSED = 101, 403


class NotStarted(RuntimeError):
    """The application did not start. Its text is what it said about it."""


@dataclass(slots=True)
class Lifespan:
    """The events startup and shutdown, for an application that knows them. One that does not is left alone."""

    application: AsgiApplication
    state: dict[str, Any] = field(default_factory=dict)
    _to_application: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    _from_application: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Wait until the application is ready. Raises NotStarted where it says that it failed."""
        self._task = asyncio.create_task(self._run())
        answer = await self._tell("lifespan.startup")
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            raise NotStarted(answer.get("message") or "it gave no reason")

    async def stop(self) -> None:
        """Wait until the application has ended."""
        if self._task is not None and not self._task.done():
            await self._tell("lifespan.shutdown")
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _tell(self, event: str) -> Event | None:
        self._to_application.put_nowait({"type": event})
        return await self._from_application.get()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": _VERSIONS, "state": self.state}
        with suppress(Exception):  # whoever knows no lifespan raises something
            await self.application(scope, self._to_application.get, self._from_application.put)
        self._from_application.put_nowait(None)


def _scope(kind: str, asked: Asked, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": _VERSIONS,
        "http_version": "1.1",
        "scheme": asked.scheme,
        "path": asked.path.decode("utf-8", "replace"),
        "raw_path": asked.raw_path,
        "query_string": asked.query,
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers],
        "client": _CLIENT,
        "server": asked.server,
        "state": dict(state),
    }


async def call(application: AsgiApplication, asked: Asked, state: dict[str, Any], exceptions: Exceptions) -> Answered:
    """The reply of `application`. What it raises before its reply begins is a 500, as servers make of it."""
    exchange = _Exchange(asked.body)
    scope = {**_scope("http", asked, state), "method": asked.method}
    try:
        await application(scope, exchange.receive, exchange.send)
    except Exception as error:  # noqa: BLE001 - whatever an application raises
        exceptions.note(error)
    return exchange.answer()


@dataclass(slots=True)
class _Exchange:
    body: bytes
    _read: bool = False
    _start: Event | None = None
    _parts: list[bytes] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Event:
        """The whole body first; then the client leaves when it has its reply."""
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start = event
        elif event["type"] == "http.response.body":
            self._parts.append(bytes(event.get("body", b"")))
            if not event.get("more_body", False):
                self._over.set()

    def answer(self) -> Answered:
        if self._start is None:
            return FAILED
        headers = tuple(
            (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
            for name, value in self._start.get("headers", ())
        )
        return Answered(self._start["status"], headers, b"".join(self._parts))


@dataclass(slots=True)
class WebSocketCall:
    """One web socket of an application. `number` is the judge's for it, `say` sends a message to the judge."""

    number: int
    say: Say
    incoming: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    _accepted: bool = False
    _over: bool = False

    async def run(
        self, application: AsgiApplication, asked: Asked, state: dict[str, Any], exceptions: Exceptions
    ) -> None:
        """Serve the socket until one side ends it."""
        scheme = {"http": "ws", "https": "wss"}[asked.scheme]
        scope = {**_scope("websocket", asked, state), "scheme": scheme, "subprotocols": []}
        self.incoming.put_nowait({"type": "websocket.connect"})
        try:
            await application(scope, self.incoming.get, self._send)
        except Exception as error:  # noqa: BLE001 - whatever an application raises
            exceptions.note(error)
        self._end(None, "")

    async def _send(self, event: Event) -> None:
        if event["type"] == "websocket.accept":
            self._accepted = True
            self.say(Message(OPENED, self.number, {"status": _ACCEPTED}))
        elif event["type"] == "websocket.send":
            text = event.get("text")
            self.say(Message(FRAME, self.number, body=text.encode() if text is not None else event["bytes"]))
        elif event["type"] == "websocket.close":
            self._end(event.get("code", 1000), event.get("reason") or "")

    def _end(self, code: int | None, reason: str) -> None:
        if self._over:
            return
        self._over = True
        if self._accepted:
            self.say(Message(CLOSE, self.number, {"code": code, "reason": reason}))
        else:
            self.say(Message(OPENED, self.number, {"status": _REFUSED}))

    def take(self, message: Message) -> None:
        """Hand on what the judge sends: a frame, or the end."""
        if message.kind == FRAME:
            text = message.body.decode("utf-8", "surrogatepass")
            self.incoming.put_nowait({"type": "websocket.receive", "text": text})
        else:
            self._over = True
            self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
