"""The process that printed scripts are run in: ``python -m conformance.reproduction``.

It reads one JSON object a line, ``{"script": text, "headers": [[name, value], ...], "ca_bundle": path or null,
"ahead": seconds}``, and runs each script as it stands, its signatures dated `ahead` of this machine's clock. What a
script sends is carried as all traffic of a run is: the same way, with the same bounds. Each request is written
before it is sent, ``{"asks": request, "closing": bool}``, and waits for ``{"refused": why or null}``. Every HTTP
exchange is written as it happens, then how the script ended. Nothing is kept: tokens pass here as they are.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, TextIO
from unittest.mock import patch

import requests
from botocore import auth

from conformance.contract.wire import Response
from conformance.reproduction.carrier import Carrier, as_requests

KEPT, BROKEN, UNTOLD = 0, 1, 2  # how a script ends


@dataclass(slots=True)
class ChildRunner:
    """Runs scripts and writes to `parent` what they send and get. `headers` are added to every request."""

    parent: TextIO
    answers: TextIO
    carrier: Carrier = field(default_factory=Carrier)
    headers: dict[str, str] = field(default_factory=dict)
    closing: bool = False
    last_words: list[Callable[[], None]] = field(default_factory=list)
    judged: int | None = None

    def run(self, script: str) -> None:
        """Run `script` and, whatever became of it, what it left for its end."""
        self.closing, self.last_words, self.judged = False, [], None
        sys.stdout = io.StringIO()  # what scripts print is for people
        sys.stderr = io.StringIO()  # and here they say why they cannot go on
        own = {"__name__": "__main__"}
        ended = self._call(lambda: exec(compile(script, "<script>", "exec"), own))  # noqa: S102 - our own, as printed
        self.closing, judged = True, self.judged
        for last in reversed(self.last_words):
            self._call(last)
        self.tell({"ended": ended, "judged": judged})

    def register(self, last: Callable[..., None], *arguments: Any) -> None:
        """Stands in for atexit.register: the end of a script is not the end of this process."""
        self.last_words.append(lambda: last(*arguments))

    def _call(self, act: Callable[[], None]) -> str | None:
        try:
            act()
        except SystemExit as end:
            self.judged = end.code if end.code in (KEPT, BROKEN) else None
            return _why(end.code)
        except Exception as error:  # noqa: BLE001 - a script may fail in any way, and the next one is still to be tried
            return f"{type(error).__name__}: {error}"
        return None

    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        """Replaces Session.send: asks whether the request may be sent, sends it and writes the exchange."""
        request.headers.update(self.headers)
        self.tell({"asks": _request_entry(request), "closing": self.closing})
        if refused := json.loads(self.answers.readline())["refused"]:
            raise SystemExit(refused)
        reply = self.carrier.carry(request)
        self.tell(
            {"exchange": {"request": _request_entry(request), "response": _reply_entry(reply)}, "closing": self.closing}
        )
        return as_requests(request, reply)

    def tell(self, fields: dict[str, Any]) -> None:
        """Write one line to the parent."""
        self.parent.write(json.dumps(fields) + "\n")
        self.parent.flush()


def _why(code: object) -> str | None:
    """Why a script gave up; None for one that made all its calls, whether it can tell what they mean or not."""
    if code in (None, KEPT, BROKEN):
        return None
    printed = sys.stderr.getvalue().strip() if isinstance(sys.stderr, io.StringIO) else ""
    return printed or (None if code == UNTOLD else str(code))


def _request_entry(request: requests.PreparedRequest) -> dict[str, Any]:
    body = request.body or b""
    return {
        "method": request.method,
        "url": request.url,
        "headers": [[_text(name), _text(value)] for name, value in request.headers.items()],
        "body": _text(body.encode() if isinstance(body, str) else body),
    }


def _reply_entry(reply: Response) -> dict[str, Any]:
    headers = [[name, value] for name, value in reply.headers]
    return {"status": reply.status, "headers": headers, "body": _text(reply.body), "truncated": reply.truncated}


def _later(seconds: float) -> datetime:
    """What botocore dates a signature by."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(tzinfo=None)


def _text(value: str | bytes) -> str:
    """Bytes as text, a character each, so that they pass through JSON and back."""
    return value if isinstance(value, str) else value.decode("latin-1")


def main() -> None:
    """Run what comes on standard input until it ends."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as parent:
        runner = ChildRunner(parent, sys.stdin)

        def carry(_session: requests.Session, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
            return runner.carry(request)

        ends = {"atexit": SimpleNamespace(register=runner.register)}
        with patch.object(requests.Session, "send", carry), patch.dict(sys.modules, ends):
            while line := sys.stdin.readline():
                asked = json.loads(line)
                runner.headers = dict(asked["headers"])
                runner.carrier.trust(asked["ca_bundle"])
                with patch.object(auth, "get_current_datetime", partial(_later, asked["ahead"])):
                    runner.run(asked["script"])


if __name__ == "__main__":
    main()
