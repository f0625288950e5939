"""The caller's side: an application answers what the judge's process asks, in a separate event loop."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from conformance.application import asgi, wsgi
from conformance.application.messages import CLOSE, FRAME, LOST, OPEN, OPENED, REPLY, REQUEST, Message
from conformance.application.replies import Answered, Asked, Exceptions
from conformance.application.threads import in_thread

Say = Callable[[Message], None]
_ENDING = 5.0  # seconds that an application may take to end
_NO_SOCKETS = "a WSGI application has no web sockets"


class NoApplication(TypeError):
    """What was given is neither an ASGI nor a WSGI application."""


def is_asgi(application: object) -> bool:
    """Whether `application` is called as ASGI says; False for WSGI. Raises NoApplication for neither."""
    called = application if inspect.isroutine(application) else getattr(application, "__call__", application)  # noqa: B004 - its signature is wanted
    if inspect.iscoroutinefunction(called):
        return True
    try:
        inspect.signature(called).bind(None, None, None)  # type: ignore[arg-type]
    except TypeError:
        pass
    except ValueError:
        return False  # written in C, as some WSGI applications are
    else:
        return True
    try:
        inspect.signature(called).bind(None, None)  # type: ignore[arg-type]
    except TypeError as wrong:
        raise NoApplication(
            f"{application!r} is no application: ASGI takes (scope, receive, send), WSGI (environ, start_response)"
        ) from wrong
    return False


@dataclass(slots=True)
class Host:
    """Answers requests and web sockets with `application`. Lives in one event loop.

    Raises NoApplication for what is no application.
    """

    application: Any
    exceptions: Exceptions = field(default_factory=Exceptions)
    _is_asgi: bool = field(init=False)
    _lifespan: asgi.Lifespan | None = None
    _sockets: dict[int, asgi.WebSocketCall] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._is_asgi = is_asgi(self.application)

    async def start(self) -> None:
        """Get the application ready. Raises NotStarted where it does not start."""
        if self._is_asgi:
            self._lifespan = asgi.Lifespan(self.application)
            await self._lifespan.start()

    def take(self, message: Message, say: Say) -> None:
        """Do what `message` of the judge asks for; `say` sends what comes of it."""
        if message.kind == REQUEST:
            self._begin(self._answer(message, say))
        elif message.kind == OPEN:
            self._open(message, say)
        elif message.number in self._sockets and message.kind in (FRAME, CLOSE):
            self._sockets[message.number].take(message)

    async def stop(self) -> None:
        """End the application and all that it still does. What does not end in time is left alone."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_ENDING)
        if self._lifespan is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lifespan.stop(), _ENDING)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: Message, say: Say) -> None:
        try:
            asked = Asked.of(message.fields, message.body)
            answered = (await self._call(asked)).with_length()
        except Exception as error:  # noqa: BLE001 - a reply that cannot be written is the application's
            self.exceptions.note(error)
            say(Message(LOST, message.number))
            return
        say(Message(REPLY, message.number, {"status": answered.status, "headers": answered.headers}, answered.body))

    async def _call(self, asked: Asked) -> Answered:
        if self._lifespan is not None:
            return await asgi.call(self.application, asked, self._lifespan.state, self.exceptions)
        return await in_thread(partial(wsgi.call, self.application, asked, self.exceptions))

    def _open(self, message: Message, say: Say) -> None:
        if self._lifespan is None:
            say(Message(OPENED, message.number, {"failure": _NO_SOCKETS}))
            return
        socket = self._sockets[message.number] = asgi.WebSocketCall(message.number, say)
        asked = Asked.of(message.fields, b"")
        self._begin(socket.run(self.application, asked, self._lifespan.state, self.exceptions))
