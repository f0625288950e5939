"""The caller's side of a whole run: the judge's process is started, answered and waited for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread

from conformance.application.hosting import Host
from conformance.application.messages import ADVANCE, ENDED, LONGEST_LINE, LOST, REPLY, RUN, Message, head_of
from conformance.application.threads import in_thread
from conformance.endpoint.own_process import command_of

_CLOSING = 5.0  # seconds that the event loop may take to close
_GRACE = 30.0  # seconds in which a run that is broken off stops its contacts and writes its report
# What a surrounding pytest run, a proxy or a CI job says is not meant for the judge.
_NOT_INHERITED = ("PYTEST_", "GITHUB_STEP_SUMMARY")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


@dataclass(frozen=True, slots=True)
class Job:
    """A run for the judge: `arguments` for pytest, and the `seed`.

    `advance` moves the clock of what is judged by seconds, `log` is
    the file for what pytest prints.
    """

    arguments: Sequence[str]
    log: Path
    seed: int | None = None
    advance: Callable[[int], object] | None = None


def run(job: Job, host: Host | None) -> int:
    """Have the judge's process do `job`, `host` answering for an application. Returns the exit code.

    The event loop lives in a separate thread, so that a caller may have one too.
    """
    outcome = _Outcome()
    thread = Thread(target=outcome.take, args=(job, host), name="judging", daemon=True)
    thread.start()
    try:
        outcome.done.wait()
    except BaseException:
        outcome.cancel()
        outcome.done.wait(2 * _GRACE)
        raise
    thread.join(_CLOSING)  # an application whose tasks do not end is left alone
    if outcome.error is not None:
        raise outcome.error
    return outcome.code


class _Outcome:
    """What the thread came to."""

    def __init__(self) -> None:
        self.done = Event()
        self.code = -1
        self.error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[int] | None = None

    def take(self, job: Job, host: Host | None) -> None:
        try:
            asyncio.run(self._run(job, host))
        except BaseException as error:  # noqa: BLE001 - it is raised in the caller's thread
            self.error = self.error or error
        finally:
            self.done.set()

    async def _run(self, job: Job, host: Host | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(_conduct(job, host))
        try:
            self.code = await self._task
        except BaseException as error:  # noqa: BLE001 - it is raised in the caller's thread
            self.error = error
        finally:
            self.done.set()

    def cancel(self) -> None:
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # it is over
                self._loop.call_soon_threadsafe(self._task.cancel)


async def _conduct(job: Job, host: Host | None) -> int:
    with job.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command_of("conformance.application"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            limit=LONGEST_LINE,
            env=_environment(in_process=host is not None),
        )
    try:
        if host is not None:
            await host.start()
        _writer(process).write(_beginning(job, host))
        return await _answer(process, job, host)
    finally:
        if host is not None:
            await host.stop()
        await _end(process)


def _environment(*, in_process: bool) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    if in_process:
        kept = {name: value for name, value in kept.items() if name.lower() not in _PROXIES}
    return kept


def _beginning(job: Job, host: Host | None) -> bytes:
    fields = {"arguments": list(job.arguments), "seed": job.seed, "application": host is not None}
    return Message(RUN, fields={**fields, "clock": job.advance is not None}).line()


async def _answer(process: asyncio.subprocess.Process, job: Job, host: Host | None) -> int:
    """Answer the judge until its run has ended. Returns its exit code."""
    reader, writer = process.stdout, _writer(process)

    def say(message: Message) -> None:
        if not writer.is_closing():
            writer.write(message.line())

    while reader is not None and (line := await reader.readline()):
        head, length = head_of(line)
        message = Message(head.kind, head.number, head.fields, await reader.readexactly(length))
        if message.kind == ENDED:
            return int(message.fields["code"])
        if message.kind == ADVANCE and job.advance is not None:
            await _move(job.advance, message, say)
        elif host is not None:
            host.take(message, say)
    return await process.wait()


async def _move(advance: Callable[[int], object], message: Message, say: Callable[[Message], None]) -> None:
    try:
        await in_thread(partial(advance, int(message.fields["seconds"])))
    except Exception as error:  # noqa: BLE001 - whatever the caller's function raises
        say(Message(LOST, message.number, {"why": f"{type(error).__name__}: {error}"}))
    else:
        say(Message(REPLY, message.number))


def _writer(process: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    if process.stdin is None:
        raise RuntimeError("the judge's process has no standard input")
    return process.stdin


async def _end(process: asyncio.subprocess.Process) -> None:
    """The judge ends when its input does; one that does not is ended."""
    writer = _writer(process)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    try:
        await asyncio.wait_for(process.wait(), _GRACE)
    except TimeoutError:
        process.kill()
        await process.wait()
