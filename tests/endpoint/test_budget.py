"""A run sends no more and no faster than it was told, and knows what it sent."""

from __future__ import annotations

import threading
import time

import pytest

from conformance.endpoint.budget import Budget, BudgetSpent


def test_requests_beyond_the_maximum_are_refused() -> None:
    budget = Budget(max_requests=2)
    budget.spend("SendMessage")
    budget.spend("SendEvent")
    with pytest.raises(BudgetSpent, match="2 requests were sent, the maximum that --max-requests allows"):
        budget.spend("SendMessage")
    assert budget.sent == 2


def test_closing_is_counted_and_never_refused() -> None:
    budget = Budget(max_requests=2)
    budget.spend("StartChatContact")
    with budget.closing():
        budget.spend("StopContact")
    with pytest.raises(BudgetSpent):
        budget.spend("StopContact")
    assert budget.take().by_operation == {"StartChatContact": 1, "StopContact": 1}


def test_no_request_is_sent_after_the_last_minute_but_those_that_stop_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = Budget(max_minutes=1.5)
    began = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began + 89)
    budget.spend("StartChatContact")
    assert budget.allows(requests=1, contacts=1)
    monkeypatch.setattr(time, "monotonic", lambda: began + 91)
    assert not budget.allows(requests=1, contacts=1)
    with pytest.raises(BudgetSpent, match=r"1\.5 minutes are over, the maximum that --max-minutes allows"):
        budget.spend("SendMessage")
    with budget.closing():
        budget.spend("StopContact")
    assert budget.sent == 2


def test_traffic_is_what_was_sent_since_it_was_last_taken() -> None:
    budget = Budget()
    budget.spend("SendMessage")
    with budget.shrinking():
        budget.spend("SendMessage")
        with budget.shrinking():
            budget.spend("SendEvent")
        budget.spend("SendEvent")
    budget.spend("SendEvent")
    traffic = budget.take()
    assert (traffic.by_operation, traffic.shrinking) == ({"SendMessage": 2, "SendEvent": 3}, 3)
    budget.spend("GetTranscript")
    traffic = budget.take()
    assert (traffic.by_operation, traffic.shrinking) == ({"GetTranscript": 1}, 0)
    assert (budget.sent, budget.sent_shrinking) == (6, 3)


def test_sixteen_threads_spend_exactly_the_maximum() -> None:
    budget = Budget(max_requests=1000)
    refused = []

    def spend() -> None:
        for _ in range(100):
            try:
                budget.spend("SendMessage")
            except BudgetSpent:
                refused.append(1)

    threads = [threading.Thread(target=spend) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (budget.sent, len(refused)) == (1000, 600)


@pytest.mark.parametrize(("rate", "requests"), [(2.5, 3), (50, 40), (400, 200)])
def test_the_rate_is_kept(rate: float, requests: int) -> None:
    budget = Budget(rate=rate)
    began = time.monotonic()
    for _ in range(requests):
        budget.spend("SendMessage")
    took = time.monotonic() - began
    burst = max(1, int(rate / 10))
    assert (requests - burst) / rate - 0.01 <= took < 1.5 * requests / rate + 0.1


def test_the_rate_holds_for_all_threads_together() -> None:
    budget = Budget(rate=50)
    began = time.monotonic()

    def spend() -> None:
        for _ in range(5):
            budget.spend("SendMessage")

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (40 - 5) / 50 - 0.01 <= time.monotonic() - began < 2


def test_contacts_beyond_the_maximum_are_not_started() -> None:
    budget = Budget(max_contacts=2)
    for contact in ("a", "b"):
        budget.spend("StartChatContact")
        budget.settle(contact)
    with pytest.raises(BudgetSpent, match="2 contacts were started, the maximum that --max-contacts allows"):
        budget.spend("StartWebRTCContact")
    budget.spend("SendMessage")
    assert budget.take().by_operation == {"StartChatContact": 2, "SendMessage": 1}


@pytest.mark.parametrize("came_to", [None, "a"])
def test_a_start_that_opens_no_further_contact_gives_its_place_back(came_to: str | None) -> None:
    budget = Budget(max_contacts=2)
    budget.spend("StartChatContact")
    budget.settle("a")
    for _ in range(3):
        budget.spend("StartChatContact")
        budget.settle(came_to)
    budget.spend("StartChatContact")
    with pytest.raises(BudgetSpent):
        budget.spend("StartChatContact")


@pytest.mark.parametrize(
    ("requests", "contacts", "allowed"), [(2, 1, True), (3, 1, False), (2, 2, False), (0, 0, True)]
)
def test_what_still_fits_is_known_beforehand(requests: int, contacts: int, *, allowed: bool) -> None:
    """Of five requests two were sent, and one is kept to stop the contact that is open."""
    budget = Budget(max_requests=5, max_contacts=2)
    budget.spend("StartChatContact")
    budget.spend("SendMessage")
    assert budget.allows(requests, contacts) is allowed
    assert Budget().allows(10**6, 10**6)


def test_a_request_is_kept_to_stop_each_contact_that_is_open() -> None:
    budget = Budget(max_requests=6)
    for contact in ("a", "b"):
        budget.spend("StartChatContact")
        budget.settle(contact)
    budget.spend("SendMessage")
    with pytest.raises(BudgetSpent, match="3 requests were sent and 3 kept to stop contacts, the maximum"):
        budget.spend("StartChatContact")
    budget.spend("SendMessage")
    with pytest.raises(BudgetSpent, match="4 requests were sent and 2 kept to stop contacts, the maximum"):
        budget.spend("SendMessage")


def test_a_contact_that_is_over_keeps_no_request() -> None:
    budget = Budget(max_requests=4)
    budget.spend("StartChatContact")
    budget.settle("a")
    budget.spend("StopContact")
    for _ in range(2):
        budget.note_end("a")
    budget.spend("SendMessage")
    budget.spend("SendMessage")
    with pytest.raises(BudgetSpent, match="4 requests were sent, the maximum"):
        budget.spend("SendMessage")


def test_a_contact_that_is_returned_once_more_when_it_is_over_is_not_open_again() -> None:
    budget = Budget(max_requests=4)
    for _ in range(2):
        budget.spend("StartChatContact")
        budget.settle("a")
        budget.note_end("a")
    budget.spend("SendMessage")
    budget.spend("SendMessage")
