import re

import pytest

from conformance.contract.catalogue import _check_successors, catalogue, constraints, select
from conformance.contract.model import operation
from conformance.contract.requirements import ConstraintKind, Direction, Level, Requirement, sources
from tests.contract.service_models import ALL_OPERATIONS, CONNECT_OPERATIONS, PARTICIPANT_OPERATIONS

TOPICS = {
    "Clients",
    "Idempotency",
    "LifeCycle",
    "Protocol",
    "Signature",
    "Surfaces",
    "Throttling",
    "Tokens",
    "WebSocket",
}
RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def requirement(rid: str, superseded_by: str | None = None) -> Requirement:
    return Requirement(rid, "SendEvent", Level.MUST, "It holds.", "model", superseded_by=superseded_by)


def test_an_id_is_an_operation_or_topic_a_facet_and_a_rule_in_kebab_case() -> None:
    for rid in catalogue():
        first, *facet, rule = rid.split(".")
        assert first in {*ALL_OPERATIONS, *TOPICS}, rid
        assert facet, rid
        assert all(facet), rid
        assert RULE.fullmatch(rule), rid


def test_a_requirement_is_found_under_its_own_id() -> None:
    for rid, found in catalogue().items():
        assert found.id == rid
        assert found.operation == rid.split(".", 1)[0]


def is_about_a_contact(name: str) -> bool:
    """Whether an operation of the account is about one contact that exists."""
    required = {member.name for member in operation(name).input.members if member.required}
    return not required.isdisjoint(("ContactId", "InitialContactId"))


@pytest.mark.parametrize(
    ("names", "rules"),
    [
        (PARTICIPANT_OPERATIONS, ("bearer.unknown-token", "bearer.altered-token", "bearer.truncated-token")),
        (PARTICIPANT_OPERATIONS, ("bearer.after-disconnect", "bearer.after-stop")),
        (PARTICIPANT_OPERATIONS, ("bearer.unsigned-accepted", "bearer.signature-ignored")),
        (CONNECT_OPERATIONS, ("signature.required",)),
        (
            tuple(filter(is_about_a_contact, CONNECT_OPERATIONS)),
            ("ContactId.unknown-refused", "ContactId.unknown-not-found", "ContactId.of-another-instance"),
        ),
    ],
)
def test_each_operation_of_a_kind_has_the_prose_requirements_of_its_kind(
    names: tuple[str, ...], rules: tuple[str, ...]
) -> None:
    """Who may call it, and which contact its identifier reaches."""
    known = {rid.replace(".InitialContactId.", ".ContactId.") for rid in catalogue()}
    assert [f"{name}.{rule}" for name in names for rule in rules if f"{name}.{rule}" not in known] == []


def test_every_statement_is_one_sentence_on_one_line() -> None:
    for found in catalogue().values():
        assert found.statement.endswith("."), found.id
        assert len(found.statement) > 10, found.id
        assert "\n" not in found.statement, found.id
        assert "  " not in found.statement, found.id


def test_a_record_shows_the_answers_that_the_documents_leave_open() -> None:
    for found in catalogue().values():
        if not found.constraint:
            assert (len(found.readings) >= 2) == (found.level is Level.RECORD), found.id


def test_every_source_is_known() -> None:
    assert {r.source for r in catalogue().values()} <= set(sources())


def test_sources_are_complete_and_the_model_counts_most() -> None:
    assert min(sources().values(), key=lambda s: s.precedence).key == "model"
    for source in sources().values():
        assert source.title
        assert source.date
        assert source.url.startswith("https://")


def test_every_source_is_relied_on_or_gave_way_to_a_newer_one() -> None:
    relied_on = {r.source for r in catalogue().values()}
    # What these two pages say, the newer model says too, word for word or more.
    assert set(sources()) - relied_on <= {
        "start-chat-contact-go",
        "start-webrtc-contact-dart",
        "participant-service-java",
    }


def test_a_superseded_promise_leads_to_one_that_stands() -> None:
    superseded = [r for r in catalogue().values() if r.superseded_by]
    assert superseded
    for found in superseded:
        newest, steps = found, 0
        while newest.superseded_by:
            newest, steps = catalogue()[newest.superseded_by], steps + 1
            assert steps < 5
        assert newest.operation == found.operation or newest.derived
        assert found.level is Level.RECORD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SendEvent.Content.length-1024", "SendEvent.Content.length-max"),
        ("CreateParticipantConnection.Type.required", "CreateParticipantConnection.ConnectParticipant.without-type"),
        ("WebSocket.subscribe.topics-as-text", "WebSocket.subscribe.delivers"),
    ],
)
def test_the_losing_edition_of_a_document_is_kept(old: str, new: str) -> None:
    assert catalogue()[old].superseded_by == new


def test_an_unknown_successor_is_named() -> None:
    with pytest.raises(ValueError, match=r"A\.b\.old is superseded by A\.b\.new, which does not exist"):
        _check_successors({"A.b.old": requirement("A.b.old", "A.b.new")})


def test_a_circle_of_successors_is_named() -> None:
    pair = {"A.b.one": requirement("A.b.one", "A.b.two"), "A.b.two": requirement("A.b.two", "A.b.one")}
    with pytest.raises(ValueError, match=r"A\.b\.one is superseded by itself"):
        _check_successors(pair)


def test_a_promise_that_leads_into_a_circle_is_named() -> None:
    way_in = {"A.b.old": requirement("A.b.old", "A.b.one"), "A.b.one": requirement("A.b.one", "A.b.one")}
    with pytest.raises(ValueError, match=r"A\.b\.old is superseded by itself, over A\.b\.one"):
        _check_successors(way_in)


def test_an_id_that_two_declare_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [requirement("SendEvent.a.b"), requirement("SendEvent.a.b")]
    monkeypatch.setattr("conformance.contract.catalogue.prose_requirements", lambda: iter(twice))
    catalogue.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"SendEvent\.a\.b is declared twice"):
            catalogue()
    finally:
        monkeypatch.undo()
        catalogue.cache_clear()


def test_without_a_glob_everything_is_selected() -> None:
    assert select([]) == frozenset(catalogue())


def test_a_glob_selects_what_it_matches() -> None:
    assert select(["SendEvent.Content.length-m??"]) == {"SendEvent.Content.length-min", "SendEvent.Content.length-max"}
    assert select(["*.ParticipantDetails.DisplayName.required"]) == {
        "StartChatContact.ParticipantDetails.DisplayName.required",
        "StartWebRTCContact.ParticipantDetails.DisplayName.required",
    }


def test_globs_are_added_up() -> None:
    assert select(["SendEvent.Content.type", "SendMessage.Content.type"]) == {
        "SendEvent.Content.type",
        "SendMessage.Content.type",
    }


def test_a_glob_tells_letter_case_apart() -> None:
    with pytest.raises(ValueError, match="sendevent"):
        select(["sendevent.*"])


def test_a_glob_that_matches_nothing_is_named_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"'Nothing\.\*'.*connect-conformance requirements"):
        select(["SendEvent.*", "Nothing.*"])


def test_constraints_are_chosen_by_direction_and_kind() -> None:
    enums = list(constraints(Direction.OUTPUT, ConstraintKind.ENUM))
    assert "GetTranscript.output.Transcript.member.Type.enum" in [c.id for c in enums]
    assert {(c.direction, c.kind) for c in enums} == {(Direction.OUTPUT, ConstraintKind.ENUM)}


def test_without_a_kind_all_constraints_of_a_direction_are_meant() -> None:
    both = len(list(constraints(Direction.INPUT))) + len(list(constraints(Direction.OUTPUT)))
    assert both == sum(r.constraint is not None for r in catalogue().values())
