"""Who has which shared conversation while several tests are at work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.endpoint.contacts import Contacts
from conformance.endpoint.running_tests import RunningTest, current, running
from conformance.engine.conversations import Conversations
from conformance.engine.polling import Polling


@pytest.fixture
def run() -> Conversations:
    known: dict[str, Any] = {"instance_id": "instance", "contact_flow_id": "flow"}
    contacts = Contacts(lambda _, __: True, "instance", most_open=2)
    return Conversations(cast(Any, SimpleNamespace()), contacts, known, Polling(1))


def test_what_one_examination_leaves_the_next_one_has_and_never_two_at_once(run: Conversations) -> None:
    with running(RunningTest("one")):
        first = run.shared_conversation()
        with running(RunningTest("two")):
            other = run.shared_conversation()
            run.leave()
        assert other is not first
        assert run.shared_conversation() is first
        run.leave()
    with running(RunningTest("three")):
        assert id(run.shared_conversation()) in (id(first), id(other))


def test_after_one_that_was_at_fault_comes_a_new_one(run: Conversations) -> None:
    """One that others have left may be at fault in the same way."""
    left = []
    for test in ("one", "two"):
        with running(RunningTest(test)):
            left.append(run.shared_conversation())
    for each in left:
        run._left.append(each)  # noqa: SLF001 - as if both had left theirs
    with running(RunningTest("three")):
        known = {id(each) for each in left}  # to compare them would have them make what they stand for
        assert id(run.shared_conversation()) in known
        run.discard()
        assert id(run.shared_conversation()) not in known


def test_what_another_examination_has_started_is_neither_stopped_nor_counted(run: Conversations) -> None:
    one, contacts = RunningTest("one"), run.contacts
    with running(one):
        for number in range(3):
            contacts.add(f"contact-{number}")
        with running(RunningTest("two")):
            assert not contacts.too_many
            run.tidy()
            contacts.sweep()
            assert len(contacts.open) == 3
        assert contacts.too_many
    contacts.sweep()
    assert not contacts.open
    assert current().test is None
