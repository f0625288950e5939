"""A run ends contacts that nobody uses where the account holds its most, and no others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.endpoint.back_end import GivenChat
from conformance.endpoint.contacts import Contacts
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.preconditions import NoRoom
from conformance.endpoint.running_tests import RunningTest, running
from conformance.engine.conversations import Conversations
from conformance.engine.polling import Polling


def conversations(**given: str) -> Conversations:
    """A run with five open contacts: the first is leased, the others are loose."""
    contacts = Contacts(lambda _, __: True, "instance", most_open=20)
    for number in range(5):
        contacts.open[f"contact-{number}"] = "instance"
    contacts.leased.add("contact-0")
    known: dict[str, Any] = {"instance_id": "instance", "contact_flow_id": "flow", **given}
    return Conversations(cast(Endpoint, SimpleNamespace()), contacts, known, Polling(1))


def test_what_nobody_holds_is_stopped_and_fewer_stay_open_afterwards() -> None:
    run = conversations()
    assert run.make_room()
    assert list(run.contacts.open) == ["contact-0"]
    assert run.contacts.most_open == 2
    assert not run.make_room()


def test_what_a_scenario_has_started_stays() -> None:
    run = conversations()
    run.begin_scenario()
    run.contacts.open["contact-5"] = "instance"
    assert run.make_room()
    assert list(run.contacts.open) == ["contact-0", "contact-5"]
    run.end_scenario()
    assert run.make_room()
    assert list(run.contacts.open) == ["contact-0"]


def test_a_quota_that_is_looked_for_is_left_full() -> None:
    run = conversations(probe_limits="yes")
    assert not run.make_room()
    assert len(run.contacts.open) == 5


def test_a_test_beside_others_that_hold_all_the_room_ends() -> None:
    run = conversations()
    with running(RunningTest("one", others_run=lambda: True)):
        assert run.make_room()
        with pytest.raises(NoRoom):
            run.make_room()


def test_a_conversation_that_a_test_has_left_makes_room() -> None:
    run = conversations()
    run.calls = cast(Endpoint, SimpleNamespace(given_chat=lambda: GivenChat("contact-6", "participant", "token")))
    run.contacts.open["contact-6"] = "instance"
    assert run.shared_conversation()["contact_id"] == "contact-6"
    run.leave()
    assert run.make_room()
    assert "contact-6" not in run.contacts.open
