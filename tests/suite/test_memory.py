"""However much an endpoint says, a run and everything that it starts stay below 300 MiB each."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.endpoint.raw_endpoint import Endpoint, Peer, Script
from tests.suite.conftest import IDS, environment, suite_command

pytestmark = pytest.mark.slow

MOST = 300 * 2**10  # KiB of resident memory, the unit of getrusage on Linux
QUICK = ("--depth", "smoke", "--timeout", "3", "--poll-seconds", "0.2")
WIDE = {"an endless body", "nested beyond reading"}  # these took their room over many tests
DEEP = b'{"a":' * 200_000 + b"1" + b"}" * 200_000
JSON = "Content-Type: application/json\r\n"
# A child's peak begins with what its parent holds, and a worker with thousands of tests behind it holds more than a
# run may: a small process of its own starts the run, and prints its peak.
MEASURE = """
import os, subprocess, sys
with open(sys.argv[1], "w") as output:
    process = subprocess.Popen(sys.argv[2:], stdout=output, stderr=output)
    print(os.wait4(process.pid, 0)[2].ru_maxrss)
"""


@cache
def bomb() -> bytes:
    """0.5 MB of gzip for 512 MiB of blanks, made in pieces: the tests' own process stays small as well."""
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


# Made by the test that runs it: a bomb takes a second.
ENDPOINTS: dict[str, Callable[[], Script]] = {
    "a bomb": lambda: replying("200 OK\r\nContent-Encoding: gzip\r\n", bomb()),
    "a bomb as error": lambda: replying("400 No\r\nContent-Encoding: gzip\r\n", bomb()),
    "an endless body": lambda: endless(f"HTTP/1.1 200 OK\r\n{JSON}\r\n{{".encode(), b" " * 2**16),
    "endless headers": lambda: endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"y" * 60_000 + b"\r\n"),
    "nested beyond reading": lambda: replying("200 OK\r\n", DEEP),
    "a long text with wide characters": lambda: replying(
        "200 OK\r\n", b'{"ContactId":"c","Note":"\xf0\x9f\x98\x80' + b"x" * 1_400_000 + b'"}'
    ),
}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the resource usage of one child")
@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_run_stays_small(name: str, tmp_path: Path, endpoint: Callable[[Script], Endpoint]) -> None:
    scope = ("--requirement", "Start*" if name in WIDE else "StartChatContact.C*")
    target = ("--target", endpoint(ENDPOINTS[name]()).url, *IDS)
    command = suite_command(*target, *QUICK, *scope, directory=tmp_path / "report")
    measure = (sys.executable, "-c", MEASURE, str(tmp_path / "output"), *command)
    peak = subprocess.run(measure, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True).stdout
    assert "report: " in (tmp_path / "output").read_text(), (tmp_path / "output").read_text()
    assert int(peak) < MOST
