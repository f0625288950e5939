"""A pytest plugin that counts by test what a run sends: `-p tests.benchmarks.traffic_by_test`, to RECORD_TO.

`requests` are all requests, web sockets and signed URLs. `contacts` are those that the endpoint opened. `preparation`
are the requests that only make a chat, connect to it or stop it, and so could be saved by sharing it. `prepared` are
the contacts that such requests opened.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

COUNTED: dict[str, Counter[str]] = defaultdict(Counter)


class _Now:
    """The test at work, and how many calls of a preparation are under way."""

    test = "before the tests"
    preparing = 0


@contextmanager
def _preparation() -> Iterator[None]:
    _Now.preparing += 1
    try:
        yield
    finally:
        _Now.preparing -= 1


def _around(owner: type, name: str, only: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Count what method `name` of `owner` sends as preparation, where its arguments satisfy `only`."""
    method = getattr(owner, name)

    def wrap(*arguments: Any, **named: Any) -> Any:
        if not only(*arguments, **named):
            return method(*arguments, **named)
        with _preparation():
            return method(*arguments, **named)

    setattr(owner, name, wrap)


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Listen to what the run sends."""
    from conformance.endpoint.budget import Budget
    from conformance.endpoint.chat_member import ChatMember
    from conformance.endpoint.chat_resources import ChatResources
    from conformance.endpoint.contacts import Contacts
    from conformance.scenario.scenario import Scenario

    _around(Contacts, "stop")
    _around(ChatResources, "__getitem__")
    _around(ChatMember, "reconnect")
    _around(ChatMember, "_connect_plainly")
    _around(Scenario, "chat", lambda *_, **members: not members)
    spend, note = Budget.spend, Contacts._note

    def count(self: Budget, operation: str) -> None:
        COUNTED[_Now.test]["requests"] += 1
        COUNTED[_Now.test]["preparation"] += bool(_Now.preparing)
        spend(self, operation)

    def note_contact(self: Contacts, contact: str, instance: str) -> None:
        before = self.opened
        note(self, contact, instance)
        COUNTED[_Now.test]["contacts"] += self.opened - before
        COUNTED[_Now.test]["prepared"] += (self.opened - before) * bool(_Now.preparing)

    Budget.spend = count  # type: ignore[method-assign]
    Contacts._note = note_contact  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """What is sent from now on is for `item`."""
    _Now.test = item.nodeid
    COUNTED[_Now.test].update(requests=0, contacts=0)  # one that sends nothing is counted too


def pytest_unconfigure() -> None:
    """Write the counts down."""
    Path(os.environ["RECORD_TO"]).write_text(json.dumps(COUNTED))
