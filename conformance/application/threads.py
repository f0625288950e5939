"""Calls that may block or never return, beside an event loop: each in a daemon thread, which keeps no program alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


async def in_thread(call: Callable[[], Result]) -> Result:
    """The result of `call`. Raises what it raises. A call that is given up goes on, and nobody waits for it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def finish(act: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(lambda: None if future.done() else act())

    def work() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - it is raised where the call was made
            raised = error
            finish(lambda: future.set_exception(raised))
        else:
            finish(lambda: future.set_result(result))

    Thread(target=work, daemon=True, name="judged application").start()
    return await future
