import re
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level, Requirement, prose_requirements, rules_of, sources

# Sources that say what was seen or what others rely on, not what the service promises.
NO_PROMISE = {"restjson1", "observed", "clients", "idempotent-apis", "api-gateway"}
OPTIONS = {
    "--advance-clock",
    "--auth-session-id",
    "--probe-limits",
    "--second-contact-flow-id",
    "--second-instance-id",
    "--streaming-endpoint-arn",
    "--view-token",
}
IDEMPOTENT = (
    "StartChatContact",
    "StartWebRTCContact",
    "CreateParticipant",
    "SendMessage",
    "SendEvent",
    "StartAttachmentUpload",
)
BEARER = (
    "CancelParticipantAuthentication",
    "CompleteAttachmentUpload",
    "CreateParticipantConnection",
    "DescribeView",
    "DisconnectParticipant",
    "GetAttachment",
    "GetAuthenticationUrl",
    "GetTranscript",
    "SendEvent",
    "SendMessage",
    "StartAttachmentUpload",
)
BODY = """
says = "It is good."
source = "model"
locator = "input Content"
level = "must"
"""
WELL_FORMED = f'["SendEvent.Content.is-good"]{BODY}'
ILL_NAMED = (
    "sendEvent.Content.is-good",
    "SendEvent.Content.is-good-",
    "SendEvent.Content.is--good",
    "SendEvent..is-good",
    "SendEvent.1st.is-good",
    "SendEvent.Content.is good",
    "SendEvent.Content.",
)
MISMATCH = "has readings without level record, or level record without readings"
NO_LIST = "has readings that are no list of texts"
NO_RULE = 'is no rule: a rule is a table ["Operation.facet.rule-in-kebab-case"]'


def prose() -> list[Requirement]:
    return [r for r in catalogue().values() if not r.derived]


def test_all_rules_of_all_files_are_in_the_catalogue() -> None:
    folder = resources.files("conformance.contract").joinpath("rules")
    tables = sum(line.startswith("[") for file in folder.iterdir() for line in file.read_text("utf-8").splitlines())
    assert len(prose()) == tables == len(list(prose_requirements()))
    assert tables > 250


def test_a_must_rests_on_a_document_that_promises() -> None:
    assert [r.id for r in prose() if r.level is Level.MUST and r.source in NO_PROMISE] == []


def test_no_reading_of_a_record_stands_there_twice() -> None:
    assert [rule.id for rule in prose() if len(set(rule.readings)) != len(rule.readings)] == []


def test_an_option_that_a_rule_needs_is_one_of_the_command_line() -> None:
    assert {r.needs for r in prose() if r.needs} == OPTIONS


def test_no_two_rules_of_an_operation_say_the_same() -> None:
    statements = Counter((r.operation, r.statement) for r in prose())
    assert [sentence for sentence, times in statements.items() if times > 1] == []


@pytest.mark.parametrize("name", IDEMPOTENT)
@pytest.mark.parametrize(
    "rule",
    [
        "same-token-same-result",
        "another-token",
        "case-sensitive",
        "longer-token",
        "surrounding-blanks",
        "shortest-and-longest",
        "body-layout",
        "concurrent-duplicates",
        "lost-reply",
        "replay-after-many",
        "changed-parameters-no-second-effect",
        "changed-parameters-answer",
        "refused-call-leaves-no-trace",
    ],
)
def test_every_sentence_about_client_tokens_is_a_requirement_of_its_own(name: str, rule: str) -> None:
    assert f"{name}.ClientToken.{rule}" in catalogue()


@pytest.mark.parametrize("name", BEARER)
@pytest.mark.parametrize(
    "rule",
    [
        "unknown-token",
        "altered-token",
        "truncated-token",
        "after-disconnect",
        "after-stop",
        "unsigned-accepted",
        "signature-ignored",
    ],
)
def test_every_participant_operation_has_the_lattice_of_tokens(name: str, rule: str) -> None:
    assert f"{name}.bearer.{rule}" in catalogue()


@pytest.mark.parametrize("name", BEARER)
def test_every_participant_operation_takes_one_kind_of_token_only(name: str) -> None:
    kind = "participant" if name == "CreateParticipantConnection" else "connection"
    assert catalogue()[f"{name}.bearer.{kind}-token-only"].level is Level.MUST


@pytest.mark.parametrize(
    ("rid", "level"),
    [
        ("StartChatContact.Attributes.total-bytes-max", Level.MUST),
        ("StartChatContact.RelatedContactId.excludes-persistent-chat", Level.MUST),
        ("StartChatContact.SupportedMessagingContentTypes.text-plain-required", Level.MUST),
        ("SendMessage.Content.bytes-max", Level.MUST),
        ("StartWebRTCContact.ClientToken.seven-days", Level.MUST),
        ("StartWebRTCContact.ClientToken.changed-parameters-no-second-effect", Level.MUST),
        ("StartChatContact.ClientToken.changed-parameters-no-second-effect", Level.SHOULD),
        ("StartChatContact.ClientToken.validity", Level.RECORD),
        ("DisconnectParticipant.ClientToken.same-token-succeeds", Level.SHOULD),
        ("GetTranscript.ScanDirection.forward-needs-start", Level.SHOULD),
        ("GetTranscript.StartPosition.inclusive", Level.RECORD),
        ("GetTranscript.MaxResults.zero", Level.RECORD),
        ("WebSocket.frame.form", Level.SHOULD),
        ("WebSocket.sockets.sixth", Level.RECORD),
        ("WebSocket.url.hundred-seconds", Level.MUST),
        ("SendEvent.ContentType.connection-acknowledged", Level.RECORD),
    ],
)
def test_a_rule_has_the_level_that_its_evidence_allows(rid: str, level: Level) -> None:
    assert catalogue()[rid].level is level


def test_a_well_formed_rule_is_read() -> None:
    (rule,) = rules_of(WELL_FORMED + 'untested = "nobody can"\nneeds = "--view-token"\n', "send_event.toml")
    assert rule == Requirement(
        id="SendEvent.Content.is-good",
        operation="SendEvent",
        level=Level.MUST,
        statement="It is good.",
        source="model",
        locator="input Content",
        family="Content",
        untested="nobody can",
        needs="--view-token",
    )


def test_the_rules_of_a_folder_are_read_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "model" in sources()  # read before the package's own files are out of sight
    monkeypatch.setattr("conformance.contract.requirements.resources.files", lambda _: tmp_path)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "README.md").write_text("not a rule")
    (rules / "b.toml").write_text(WELL_FORMED)
    (rules / "a.toml").write_text(WELL_FORMED.replace("is-good", "is-better"))
    assert [r.id for r in prose_requirements()] == ["SendEvent.Content.is-better", "SendEvent.Content.is-good"]
    (rules / "b.toml").write_text("[")
    with pytest.raises(ValueError, match=r"^b\.toml is not TOML"):
        list(prose_requirements())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('["SendEvent.is-good"]\nsays = "It."\nsource = "model"\nlevel = "must"', NO_RULE),
        ('["SendEvent.Content.IsGood"]\nsays = "It."\nsource = "model"\nlevel = "must"', NO_RULE),
        ('["SendEvent.Content.is_good"]\nsays = "It."\nsource = "model"\nlevel = "must"', NO_RULE),
        ('[SendEvent.Content.is-good]\nsays = "It."\nsource = "model"\nlevel = "must"', NO_RULE),
        *((f'["{rid}"]\n{BODY}', NO_RULE) for rid in ILL_NAMED),
        ('level = "must"', NO_RULE),
        (WELL_FORMED.replace("says =", "say ="), "lacks says"),
        (WELL_FORMED.replace("source =", "#"), "lacks source"),
        (WELL_FORMED.replace("level =", "#"), "lacks level"),
        (WELL_FORMED.replace("locator =", "#"), "lacks locator"),
        (WELL_FORMED.replace("source =", "#").replace("level =", "#"), "lacks level, source"),
        (WELL_FORMED.replace('"must"', '"may"'), "'may' is not a valid Level"),
        (WELL_FORMED.replace('"model"', '"hearsay"'), "names the source 'hearsay', which sources.toml does not have"),
        (WELL_FORMED.replace('"model"', '["model"]'), "has a source that is no text"),
        (WELL_FORMED.replace('"It is good."', '" "'), "has a says that is no text"),
        (WELL_FORMED + "superseeded_by = 'x'\n", "has the unknown key superseeded_by"),
        (WELL_FORMED + "why = 'x'\nhow = 'x'\n", "has the unknown key how, why"),
        (WELL_FORMED + 'untested = ""\n', "has a untested that is no text"),
        (WELL_FORMED + 'readings = ["one", "two"]\n', MISMATCH),
        (WELL_FORMED.replace('"must"', '"record"'), MISMATCH),
        (WELL_FORMED.replace('"must"', '"record"') + 'readings = "one"\n', NO_LIST),
        (WELL_FORMED.replace('"must"', '"record"') + "readings = [1]\n", NO_LIST),
    ],
)
def test_an_ill_formed_rule_is_named_with_its_file_and_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=rf"^send_event\.toml: \[[\w. -]+\] {re.escape(problem)}$"):
        list(rules_of(text, "send_event.toml"))


@pytest.mark.parametrize("text", ["[", '["A.b.c"]\n["A.b.c"]\n', "key = "])
def test_a_file_that_is_no_toml_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"send_event\.toml is not TOML"):
        list(rules_of(text, "send_event.toml"))
