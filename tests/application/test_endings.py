"""A run from another program ends whatever the application or the user does."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path
from threading import Event, Timer, main_thread
from typing import Any

import pytest

from conformance.api import NotJudged, judge
from conformance.application import hosting, judging
from conformance.application.hosting import Host
from conformance.application.judging import Job, run
from conformance.application.messages import REQUEST, Message

ASKED = Message(REQUEST, 1, {"method": "GET", "origin": "http://127.0.0.1", "target": "/", "headers": []})


def blocks(_environ: Any, _start_response: Any) -> list[bytes]:
    time.sleep(30)
    return []


async def never_ends(scope: Any, _receive: Any, _send: Any) -> None:
    """An application that goes on when it is cancelled, a few times."""
    if scope["type"] == "lifespan":
        raise NotImplementedError
    for _ in range(2):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            continue


@pytest.mark.parametrize("application", [blocks, never_ends])
def test_an_application_that_does_not_end_is_left_alone(application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "_ENDING", 0.05)

    async def host() -> float:
        hosted = Host(application)
        await hosted.start()
        hosted.take(ASKED, lambda _: None)
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await hosted.stop()
        return time.monotonic() - began

    assert asyncio.run(host()) < 5


@pytest.mark.slow
def test_ctrl_c_ends_the_judge_before_it_reaches_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()

    async def conduct(_job: Job, _host: Host | None) -> int:
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0.2)
            ended.set()
        return 0

    monkeypatch.setattr(judging, "_conduct", conduct)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    Timer(0.2, lambda: signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        run(Job((), tmp_path / "log"), None)
    signal.signal(signal.SIGINT, before)
    assert ended.is_set()


def test_what_the_judge_raises_reaches_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def conduct(_job: Job, _host: Host | None) -> int:
        raise LookupError("gone")

    monkeypatch.setattr(judging, "_conduct", conduct)
    with pytest.raises(LookupError, match="gone"):
        run(Job((), tmp_path / "log"), None)


def test_a_judge_that_dies_is_said_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "command_of", lambda _: ["/bin/sh", "-c", "echo no memory >&2; exit 9"])
    with pytest.raises(NotJudged, match="no memory"):
        judge("http://127.0.0.1:9", report_dir=tmp_path)
