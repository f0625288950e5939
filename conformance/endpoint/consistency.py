"""What an endpoint may show a moment late: a contact that was just started, and a file that was just uploaded.

A lawful endpoint stores such things in more than one place. So the refusal of a call that names one of them is not the
last word: the call is made again until it is served or the thing was as old as the polling bound when it was asked for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenacity import Retrying, retry_if_result, wait_exponential

from conformance.contract.operation_traits import names_where
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.local_time import local_time

_READING = names_where(lambda traits: traits.reads)
_UPLOADING, _COMPLETING = "StartAttachmentUpload", "CompleteAttachmentUpload"
_NOT_FOUND, _CONFLICT = "ResourceNotFoundException", "ConflictException"
_IN_VAIN = 3  # waits, none of which was rewarded, after which nothing is waited for any more


@dataclass(slots=True)
class Consistency:
    """Knows what is new: contacts with their instances, and attachments. `bound` is the polling bound in seconds.

    Lasting refusals are the endpoint's own: where the first waits were all in vain, there are no others.
    """

    bound: float
    _contacts: dict[tuple[str, str], float] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)
    _uploaded: dict[str, float] = field(default_factory=dict)
    _rewarded: int = 0
    _in_vain: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, exchange: Exchange) -> None:
        """Take note of a contact that was started, of where an attachment goes, and of one that was completed."""
        response = exchange.response
        if response is None or not response.succeeded:
            return
        contact, attachment = response.members.get("ContactId"), response.members.get("AttachmentId")
        asked = _members(exchange.request)
        if isinstance(contact, str) and exchange.request.operation.startswith("Start"):
            with self._lock:
                self._contacts.setdefault((str(asked.get("InstanceId")), contact), local_time())
        elif isinstance(attachment, str) and exchange.request.operation == _UPLOADING:
            self._urls[str(_at(response.members, "UploadMetadata", "Url"))] = attachment
        elif exchange.request.operation == _COMPLETING:
            for completed in _ids(asked):
                self._uploaded.pop(completed, None)

    def note_upload(self, url: str) -> None:
        """Take note that a file was sent to `url`."""
        if url in self._urls:
            self._uploaded.setdefault(self._urls[url], local_time())

    def settle(self, first: Exchange, again: Callable[[], Exchange]) -> Exchange:
        """`first`, or the result of `again` while what the call names may be new to a part of the endpoint."""
        if not self._is_premature(first) or (self._in_vain >= _IN_VAIN and not self._rewarded):
            return first
        waiting = Retrying(
            wait=wait_exponential(multiplier=0.02, max=0.5),
            retry=retry_if_result(self._is_premature),  # until what it names is as old as the bound
        )
        settled = waiting(again)
        served = settled.response is not None and settled.response.succeeded
        self._rewarded += served
        self._in_vain += not served
        return settled

    def _is_premature(self, exchange: Exchange) -> bool:
        response, request = exchange.response, exchange.request
        if response is None or response.error_name not in (_NOT_FOUND, _CONFLICT):
            return False
        if request.operation == _COMPLETING and response.error_name == _CONFLICT:
            return any(self._is_new(self._uploaded.get(one), exchange) for one in _ids(_members(request)))
        if request.operation in _READING and response.error_name == _NOT_FOUND:
            return any(self._is_new(since, exchange) for since in self._start_times_in(request.path))
        return False

    def _start_times_in(self, path: str) -> list[float]:
        """When the contacts were started that a path names, each with its instance."""
        parts = path.split("/")
        with self._lock:  # other tests at work start contacts meanwhile
            return [since for names, since in self._contacts.items() if set(names) <= set(parts)]

    def _is_new(self, since: float | None, exchange: Exchange) -> bool:
        """Whether it was when the call was made: its reply may be looked at long after that."""
        return since is not None and exchange.started - since < self.bound


def _members(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _ids(asked: dict[str, Any]) -> list[str]:
    ids = asked.get("AttachmentIds")
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


def _at(members: Any, *path: str) -> Any:
    for name in path:
        members = members.get(name) if isinstance(members, dict) else None
    return members
