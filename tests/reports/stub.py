"""An endpoint that answers set-up calls with known values and remembers all that it is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from conformance.contract.wire import Headers, header_of


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Headers
    body: str

    def header(self, name: str) -> str | None:
        """The value of the header `name`, or None."""
        return header_of(self.headers, name)


@dataclass
class Stub:
    """A running stub: where it is, and what it was asked so far. It closes the connection of requests for `drops`.

    `answers` are other replies, by path.
    """

    url: str
    drops: str | None = None
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def last(self, path: str) -> Asked:
        """The last request for `path`."""
        return [asked for asked in self.asked if asked.path == path][-1]

    def reply_to(self, path: str) -> dict[str, Any]:
        """The members of the reply; everything it hands out is new."""
        number = sum(asked.path == path for asked in self.asked)
        replies: dict[str, dict[str, Any]] = {
            "/contact/chat": {"ContactId": f"new-contact-{number}", "ParticipantToken": f"new-participant-{number}"},
            "/participant/connection": {"ConnectionCredentials": {"ConnectionToken": f"new-connection-{number}"}},
            "/participant/message": {"Id": "new-message"},
            "/participant/transcript": {"NextToken": "new-page"},
            "/participant/start-attachment-upload": {
                "AttachmentId": "new-attachment",
                "UploadMetadata": {"Url": f"{self.url}/upload", "HeadersToInclude": {"x-amz-acl": "owner"}},
            },
            "/contact/start-streaming": {"StreamingId": "new-streaming"},
        }
        return {**replies, **self.answers}.get(path, {})


@contextmanager
def running_stub() -> Iterator[Stub]:
    """A stub on a free port of the loopback interface."""
    stub = Stub("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def answer(self) -> None:
            """Remember the request, then answer it."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            stub.asked.append(Asked(self.command, self.path, tuple(self.headers.items()), body))
            if self.path == stub.drops:
                self.close_connection = True
                return
            content = json.dumps(stub.reply_to(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
