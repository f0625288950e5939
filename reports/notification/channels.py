"""Where a message goes: a webhook, or an issue on GitHub that is opened, commented on and closed.

Addresses of webhooks and tokens are secret: no error repeats one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from reports.notification import message
from reports.notification.changes import Change

SECONDS = 30  # for one exchange
LABEL = "conformance"
PAGE = 100  # issues; GitHub gives no more at once


class NotTold(Exception):
    """A message did not arrive; the text says where it went, what came back and what to do, without any secret."""


class Channel(Protocol):
    """Where messages go."""

    @property
    def name(self) -> str:
        """The name under which the last message is remembered; no secret."""

    def tell(self, change: Change, link: str | None) -> str:
        """Send the message; returns a sentence that says what was done. Raises NotTold."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes JSON with `text`, as those of chat services do."""

    url: str = field(repr=False)
    name: str = "webhook"

    def tell(self, change: Change, link: str | None) -> str:
        """Post the message."""
        _send("the webhook", "POST", self.url, json=message.payload(change, link))
        return f"the webhook at {urlsplit(self.url).hostname} was told"


class _Bearer(AuthBase):
    """Signs with a token. Given as such, requests does not look for another one in .netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass(frozen=True, slots=True)
class GitHubIssue:
    """The one open issue about an endpoint in `repository`, an OWNER/REPO; `api` is the address of GitHub's REST API.

    It is found again by a mark in its text. It is open while the job fails.
    """

    repository: str
    token: str = field(repr=False)
    api: str

    @property
    def name(self) -> str:
        """The name under which the last message is remembered."""
        return f"issues of {self.repository}"

    def tell(self, change: Change, link: str | None) -> str:
        """Open an issue, or comment on the one that is open, bring its text up to date, and close it when all is well.

        Where nothing fails and none is open, nothing is sent.
        """
        issue = self._open_issue(change.now.target)
        if issue is None:
            return self._open(change, link) if change.now.fails else f"no issue is open in {self.repository}"
        self._call("POST", self._address(f"issues/{issue}/comments"), {"body": message.markdown(change, link)})
        self._call("PATCH", self._address(f"issues/{issue}"), {"body": self._text(change, link), **_state(change)})
        done = "commented on" if change.now.fails else "closed"
        return f"issue {issue} of {self.repository} was {done}"

    def _open(self, change: Change, link: str | None) -> str:
        title = f"Conformance of {change.now.target}: {change.now.verdict}"
        issue = {"title": title, "body": self._text(change, link), "labels": [LABEL]}
        made = self._call("POST", self._address("issues"), issue).json()
        return f"issue {made['number']} of {self.repository} was opened"

    def _text(self, change: Change, link: str | None) -> str:
        return f"{_mark(change.now.target)}\n{message.standing(change, link)}"

    def _open_issue(self, target: str) -> int | None:
        """The number of the open issue about `target`."""
        found = (each["number"] for each in self._issues() if _mark(target) in (each["body"] or ""))
        return next(found, None)

    def _issues(self) -> Iterator[Mapping[str, Any]]:
        """The open issues with our label; GitHub hands them out in pages."""
        address: str | None = self._address(f"issues?state=open&labels={LABEL}&per_page={PAGE}")
        while address and address.startswith(f"{self.api}/"):  # the token goes nowhere else
            reply = self._call("GET", address)
            yield from reply.json()
            address = reply.links.get("next", {}).get("url")

    def _address(self, place: str) -> str:
        return f"{self.api}/repos/{self.repository}/{place}"

    def _call(self, method: str, address: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        return _send("GitHub", method, address, json=body, headers=headers, auth=_Bearer(self.token))


def _state(change: Change) -> dict[str, str]:
    return {} if change.now.fails else {"state": "closed", "state_reason": "completed"}


def _mark(target: str) -> str:
    """What an issue about `target` is known by; it is not shown."""
    return f"<!-- connect-conformance {target.replace('--', '- -')} -->"


_ADVICE = {
    401: "check the token",
    403: "the token may not do that: a job needs the permission issues: write",
    404: "check the name, and whether the token may see it",
    410: "issues are turned off there",
}


def _send(whom: str, method: str, url: str, **more: Any) -> requests.Response:
    """One exchange. A redirect is not followed: it would carry the message, and a token, elsewhere."""
    try:
        reply = requests.request(method, url, timeout=SECONDS, allow_redirects=False, **more)
    except (requests.RequestException, ValueError) as wrong:
        host = urlsplit(url).hostname or "its address"
        raise NotTold(f"{whom} was not told: {host} cannot be reached ({type(wrong).__name__})") from None
    if not reply.ok or reply.is_redirect:
        advice = _ADVICE.get(reply.status_code, "the next run tells it again")
        raise NotTold(f"{whom} was not told: {reply.request.method} was answered {reply.status_code}: {advice}")
    return reply
