"""However much an endpoint says, a run and everything that it starts stay below 300 MiB each."""

from __future__ import annotations

import os
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.endpoint.raw_endpoint import Endpoint, Peer, Script
from tests.suite.conftest import IDS, environment, suite_command

MOST = 300 * 2**10  # KiB of resident memory, the unit of getrusage on Linux
QUICK = ("--depth", "smoke", "--timeout", "3", "--poll-seconds", "0.2")
WIDE = {"an endless body", "nested beyond reading"}  # these took their room over many tests
DEEP = b'{"a":' * 200_000 + b"1" + b"}" * 200_000
JSON = "Content-Type: application/json\r\n"


def bomb() -> bytes:
    """0.5 MB of gzip for 512 MiB of blanks. It is made in pieces: a child's peak begins with what its parent has."""
    compressor, piece = zlib.compressobj(9, wbits=31), b" " * 2**20
    return b"".join(compressor.compress(piece) for _ in range(512)) + compressor.flush()


def replying(head: str, body: bytes) -> Script:
    whole = f"HTTP/1.1 {head}{JSON}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(whole)

    return script


def endless(head: bytes, piece: bytes) -> Script:
    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(head)
            while not peer.wait(0):
                peer.send(piece)

    return script


ENDPOINTS = {
    "a bomb": replying("200 OK\r\nContent-Encoding: gzip\r\n", bomb()),
    "a bomb as error": replying("400 No\r\nContent-Encoding: gzip\r\n", bomb()),
    "an endless body": endless(f"HTTP/1.1 200 OK\r\n{JSON}\r\n{{".encode(), b" " * 2**16),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"y" * 60_000 + b"\r\n"),
    "nested beyond reading": replying("200 OK\r\n", DEEP),
    "a long text with wide characters": replying(
        "200 OK\r\n", b'{"ContactId":"c","Note":"\xf0\x9f\x98\x80' + b"x" * 1_400_000 + b'"}'
    ),
}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the resource usage of one child")
@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_run_stays_small(name: str, tmp_path: Path, endpoint: Callable[[Script], Endpoint]) -> None:
    scope = ("--requirement", "Start*" if name in WIDE else "StartChatContact.C*")
    target = ("--target", endpoint(ENDPOINTS[name]).url, *IDS)
    command = suite_command(*target, *QUICK, *scope, directory=tmp_path / "report")
    with (
        (tmp_path / "output").open("w") as output,
        subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=output, stderr=output) as process,
    ):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert "verdict: " in (tmp_path / "output").read_text(), (tmp_path / "output").read_text()
    assert usage.ru_maxrss < MOST
