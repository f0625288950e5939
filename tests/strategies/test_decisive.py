from __future__ import annotations

import pytest

from conformance.contract.catalogue import catalogue, constraints
from conformance.contract.model import operations
from conformance.contract.requirements import Direction
from strategies.boundaries import edges
from strategies.decisive import decisive_edges, decisive_odd_requests
from strategies.malformed import RULES, odd_requests

TESTED = [c for c in constraints(Direction.INPUT) if catalogue()[c.id].untested is None]


def test_each_direction_of_a_promise_keeps_an_edge() -> None:
    found = {constraint.id: (edges(constraint), decisive_edges(constraint)) for constraint in TESTED}
    directions = {rid: [{edge.accepted for edge in some} for some in both] for rid, both in found.items()}
    assert [rid for rid, (everything, decisive) in directions.items() if everything != decisive] == []
    kept = {rid: [edge for edge in everything if edge in decisive] for rid, (everything, decisive) in found.items()}
    assert [rid for rid, (_, decisive) in found.items() if kept[rid] != list(decisive)] == []


def names(requirement: str) -> list[str]:
    constraint = catalogue()[requirement].constraint
    assert constraint is not None
    return [edge.name for edge in decisive_edges(constraint)]


def test_a_wrong_type_is_one_that_lenient_readers_take() -> None:
    assert names("SendMessage.Content.type") == ["number", "true", "object", "array"]
    assert names("GetTranscript.MaxResults.type") == ["fraction", "true", "text"]


def test_a_value_that_is_none_of_the_documented_is_like_one() -> None:
    assert names("GetTranscript.SortOrder.enum")[:2] == ["ASCENDING in other case", "blank behind"]


def test_the_longest_text_is_sent_in_wide_characters() -> None:
    assert names("CreateParticipant.ParticipantDetails.DisplayName.length-max") == [
        "257 code points",
        "256 code points of 4 bytes",
    ]


@pytest.mark.parametrize("rule", RULES)
def test_one_odd_request_of_a_kind_is_sent_and_two_bodies_that_are_broken(rule: str) -> None:
    for subject in operations().values():
        found = tuple(odd_requests(subject, rule))
        most = 2 if rule == "request.broken-json" else 1
        assert len(decisive_odd_requests(rule, found)) == min(most, len(found))


def test_less_than_nine_tenths_of_the_refused_edges_decide() -> None:
    refused = [[e for e in some if not e.accepted] for c in TESTED for some in (edges(c), decisive_edges(c))]
    assert sum(map(len, refused[1::2])) < sum(map(len, refused[::2])) * 9 / 10
