"""A server on loopback that speaks as much of GitHub's issues API as a notification needs, and takes webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY, TOKEN, HOOK = "acme/gateway", "token-that-is-secret", "/hooks/path-that-is-secret"
BY_NUMBER = "/repositories/4711/"  # how GitHub names a repository in the links between its pages
Issue = dict[str, Any]


class Services(ThreadingHTTPServer):
    """What arrived: `hooked` are the webhook's messages, `issues` are those of REPOSITORY.

    Every request is answered with `broken` where that is a status. A page of issues holds `page` of them at most.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hooked: list[dict[str, Any]] = []
        self.issues: list[Issue] = []
        self.requests: list[str] = []
        self.broken: int | None = None
        self.page = 100

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, body: str, *labels: str) -> Issue:
        """An issue, as POST makes one."""
        number = len(self.issues) + 1
        issue = {"number": number, "state": "open", "title": "", "body": body, "comments": []}
        self.issues.append(issue | {"labels": [{"name": name} for name in labels]})
        return self.issues[-1]

    def answer(self, method: str, path: str, token: str | None, sent: Any) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers."""
        self.requests.append(f"{method} {path}")
        if self.broken is not None:
            return self.broken, {"message": "broken"}, {"Location": self.url}
        if path == HOOK:
            self.hooked.append(sent)
            return 200, "ok", {}
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}, {}
        return self._issues(method, urlsplit(path), sent)

    def _issues(self, method: str, path: Any, sent: Any) -> tuple[int, Any, dict[str, str]]:
        for place in (f"/repos/{REPOSITORY}/", BY_NUMBER):
            path = path._replace(path=path.path.removeprefix(place))
        match method, path.path.split("/"):
            case "GET", ["issues"]:
                return self._list(path)
            case "POST", ["issues"]:
                made = self.add(sent["body"], *sent["labels"])
                made.update(title=sent["title"])
                return 201, made, {}
            case "POST", ["issues", number, "comments"]:
                self.issues[int(number) - 1]["comments"].append(sent["body"])
                return 201, sent, {}
            case "PATCH", ["issues", number]:
                self.issues[int(number) - 1].update(sent)
                return 200, self.issues[int(number) - 1], {}
        return 404, {"message": "Not Found"}, {}

    def _list(self, path: Any) -> tuple[int, Any, dict[str, str]]:
        asked = {name: values[0] for name, values in parse_qs(path.query).items()}
        found = [i for i in self.issues if i["state"] == asked["state"] and {"name": asked["labels"]} in i["labels"]]
        page = int(asked.get("page", "1"))
        after = f'<{self.url}{BY_NUMBER}issues?{path.query}&page={page + 1}>; rel="next"'
        more = {"Link": after} if len(found) > page * self.page else {}
        return 200, found[(page - 1) * self.page : page * self.page], more


class _Handler(BaseHTTPRequestHandler):
    server: Services
    wbufsize = -1  # one packet: two would wait for each other

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, reply, headers = self.server.answer(
            self.command, self.path, self.headers.get("Authorization"), json.loads(body or "null")
        )
        text = json.dumps(reply).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that the base class looks for

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def serving() -> Iterator[Services]:
    with Services() as services:
        thread = threading.Thread(target=services.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield services
        services.shutdown()
        thread.join()
