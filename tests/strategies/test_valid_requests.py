"""Optional members go together in two requests, and each in one of them."""

from __future__ import annotations

from conformance.contract.model import operation
from strategies.valid_requests import halves_of_valid_requests, valid_requests


def test_each_optional_member_of_a_start_is_in_one_of_two_requests() -> None:
    subject = operation("StartChatContact")
    halves = list(halves_of_valid_requests(subject))
    alone = [edge.name for _, edges in halves for edge in edges]
    assert len(halves) == 2
    assert sorted(alone) == sorted(edge.name for edge in list(valid_requests(subject))[1:-1])
    for half, edges in halves:
        assert all(edge.name.removeprefix("with ") in half.arguments for edge in edges)


def test_few_optional_members_are_sent_alone() -> None:
    assert list(halves_of_valid_requests(operation("CreateParticipant"))) == []
