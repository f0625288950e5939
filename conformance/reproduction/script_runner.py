"""The parent's end of the process that printed scripts are run in."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from conformance.contract.model import operations
from conformance.contract.wire import Exchange, Headers, Request, Response
from conformance.endpoint.own_process import command_of

SCRIPT_SECONDS = 30.0  # that one script may take


class Admit(Protocol):
    """Whoever knows what a run may send."""

    def __call__(self, request: Request, *, closing: bool) -> str | None:
        """Why `request` may not be sent, or None once it may."""


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    """What a script did: the exchanges up to its end, and the words with which it gave up, or None.

    `broken` says how the script itself judged what came; None where it does not tell.
    """

    exchanges: tuple[Exchange, ...]
    gave_up: str | None
    broken: bool | None = None


@dataclass(slots=True)
class ScriptRunner:
    """Runs scripts one after the other in a separate process, which has `environment`.

    `headers` are added to each request as the run's options say. `ca_bundle` is what the run trusts. `ahead` is how
    many seconds signatures are dated later than this machine's clock. `admit` is called before each request, with
    whether the script only ends what it started. It returns why the request may not be sent, or None, and may wait.
    `on_exchange` is called with every exchange as it happens.
    """

    environment: Mapping[str, str]
    headers: Headers
    admit: Admit
    on_exchange: Callable[[Exchange], None]
    ca_bundle: str | None = None
    ahead: float = 0.0
    _process: subprocess.Popen[str] | None = None
    _lines: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def run(self, script: str) -> ScriptOutcome:
        """Run `script`. One that takes longer than SCRIPT_SECONDS is ended with its process."""
        process = self._process or self._start()
        options = {"headers": self.headers, "ca_bundle": self.ca_bundle, "ahead": self.ahead}
        asked = json.dumps({"script": script, **options})
        exchanges: list[Exchange] = []
        try:
            self._tell(process, asked)
            for message in self._until_over():
                if "ended" in message:
                    judged = None if message["judged"] is None else bool(message["judged"])
                    return ScriptOutcome(tuple(exchanges), message["ended"], judged)
                if "asks" in message:
                    refusal = self.admit(_request(message["asks"]), closing=message["closing"])
                    self._tell(process, json.dumps({"refused": refusal}))
                else:
                    self._take(message, exchanges)
        except (OSError, queue.Empty):
            self.close()
        return ScriptOutcome(tuple(exchanges), f"the script did not end within {SCRIPT_SECONDS:.0f} s")

    def _tell(self, process: subprocess.Popen[str], line: str) -> None:
        if process.stdin is not None:
            process.stdin.write(line + "\n")
            process.stdin.flush()

    def _take(self, message: Mapping[str, Any], exchanges: list[Exchange]) -> None:
        exchange = _exchange(message["exchange"])
        if not message["closing"]:
            exchanges.append(exchange)
        self.on_exchange(exchange)

    def _until_over(self) -> Iterator[Mapping[str, Any]]:
        """What the process says. Raises queue.Empty where that takes too long, OSError where the process is gone.

        What takes the run's time, such as waiting until it may send again, is not counted.
        """
        left = SCRIPT_SECONDS
        while True:
            began = time.monotonic()
            line = self._lines.get(timeout=max(0.0, left))
            left -= time.monotonic() - began
            if not line:
                raise OSError("the process of the scripts has ended")
            yield json.loads(line)

    def _start(self) -> subprocess.Popen[str]:
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lines = lines
        self._process = process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            command_of("conformance.reproduction"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=dict(self.environment),
            start_new_session=True,
        )
        threading.Thread(target=_listen, args=(process, lines), daemon=True).start()
        return process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _listen(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    """Pass on each line, and an empty one at the end."""
    try:
        for line in process.stdout or ():
            lines.put(line)
    except ValueError:  # closed while it was read
        pass
    finally:
        lines.put("")


def _request(sent: Mapping[str, Any]) -> Request:
    parts = urlsplit(sent["url"])
    return Request(
        _operation(sent["method"], parts.path),
        sent["method"],
        parts.path + (f"?{parts.query}" if parts.query else ""),
        tuple((name, value) for name, value in sent["headers"]),
        sent["body"].encode("latin-1", "replace"),
    )


def _exchange(made: Mapping[str, Any]) -> Exchange:
    got = made["response"]
    headers = tuple((name, value) for name, value in got["headers"])
    response = Response(got["status"], headers, got["body"].encode("latin-1"), got["truncated"])
    return Exchange(_request(made["request"]), response, time.time())


def _operation(method: str, path: str) -> str:
    """The operation whose whole path ends `path`; "" for what only the judged call may be, such as an upload."""
    fixed = (known for known in operations().values() if known.method == method and path.endswith(known.uri))
    return next((known.name for known in fixed), "")
