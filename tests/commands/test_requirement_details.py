"""What the project has for one requirement, with files and lines that are right."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.commands.cli import main
from conformance.commands.requirement_details import Details, Part, Place, details
from conformance.contract.catalogue import catalogue
from conformance.contract.model import operations
from conformance.reference.faults import faults
from conformance.reference.variants.registry import VARIANTS
from conformance.results.verdicts import ExitCode

pytestmark = pytest.mark.slow

BYTES = "SendMessage.Content.bytes-max"
UNTESTED = "needs a contact of Apple Messages for Business, WhatsApp or SMS"


def line_of(place: Place) -> str:
    return place.file.read_text("utf-8").splitlines()[place.line - 1]


@pytest.fixture(scope="module")
def every() -> dict[str, Details]:
    return {found.requirement.id: found for found in details(catalogue().values())}


def test_a_rule_is_shown_where_its_table_stands(every: dict[str, Details]) -> None:
    for rid, found in every.items():
        if not found.requirement.derived:
            assert found.declared is not None
            assert line_of(found.declared) == f'["{rid}"]'


def test_a_family_is_shown_where_its_table_stands(every: dict[str, Details]) -> None:
    declared = every["SendMessage.success.valid-request"].declared
    assert declared is not None
    assert (declared.file.name, line_of(declared)) == ("families.toml", '["success.valid-request"]')
    assert every["SendMessage.Content.length-max"].declared is None


def test_every_requirement_shows_its_tests_where_they_are_defined(every: dict[str, Details]) -> None:
    assert [rid for rid, found in every.items() if not found.tests and not found.requirement.untested] == []
    parts = {part for found in every.values() for part in found.tests}
    assert [part.name for part in parts if not line_of(part.place).startswith(f"def {part.name}(")] == []
    assert [part.name for part in parts if not part.says.endswith(".")] == []


def test_every_fault_is_shown_with_what_it_breaks(every: dict[str, Details]) -> None:
    shown = {(rid, part.name) for rid, found in every.items() for part in found.faults}
    assert shown == {(rid, fault.name) for fault in faults().values() for rid in fault.red}


def test_a_fault_of_a_prose_rule_is_shown_where_it_or_its_rule_is_named(every: dict[str, Details]) -> None:
    def names(part: Part, requirement: str) -> bool:
        texts = re.split('["{}]', line_of(part.place).replace("_", "-"))
        return requirement in texts or any(text in part.name for text in texts if "-" in text) or part.name in texts[0]

    assert [
        (part.name, str(part.place))
        for rid, found in every.items()
        for part in found.faults
        if not found.requirement.derived and not names(part, rid)
    ] == []


def test_a_variant_is_shown_with_the_shoulds_that_it_leaves_open(every: dict[str, Details]) -> None:
    (variant,) = every["GetTranscript.MaxResults.full-page"].variants
    assert (variant.name, variant.says) == ("short-pages", VARIANTS["short-pages"].says)
    assert '"short-pages"' in line_of(variant.place)


def test_every_requirement_of_an_operation_shows_what_performs_it(every: dict[str, Details]) -> None:
    shown = {found.requirement.operation: found.reference for found in every.values()}
    assert {name for name, reference in shown.items() if reference} == operations().keys()
    for reference in filter(None, shown.values()):
        module, _, function = reference.name.partition(":")
        assert callable(getattr(import_module(module), function))
        assert line_of(reference.place).startswith(f"def {function}(")


@pytest.mark.parametrize(
    ("requirement", "other"),
    [
        ("SendMessage.Content.length-max", BYTES),
        (BYTES, "SendMessage.Content.length-max"),
        ("SendMessage.Id.unique", "SendMessage.output.Id.present"),
    ],
)
def test_the_others_of_the_same_member_are_named(every: dict[str, Details], requirement: str, other: str) -> None:
    others = {found.id: found for found in every[requirement].others}
    assert other in others
    assert requirement not in others
    assert {found.operation for found in others.values()} == {"SendMessage"}
    assert f"  see also  {other}" in every[requirement].lines()
    assert {"id": other, "statement": others[other].statement} in every[requirement].row()["see_also"]


@pytest.mark.parametrize("requirement", ["SendMessage.bearer.unknown-token", "WebSocket.alive.ping"])
def test_a_requirement_of_no_member_has_no_others(every: dict[str, Details], requirement: str) -> None:
    assert every[requirement].others == ()
    assert (every[requirement].row()["reference"] is None) == requirement.startswith("WebSocket.")


def run(*words: str) -> str:
    done = CliRunner().invoke(main, ["requirements", *words])
    assert done.exit_code == ExitCode.CONFORMANT, done.output
    return done.output


def test_a_whole_id_shows_everything_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    shown = run(BYTES)
    assert f"{BYTES} (must)\n  The endpoint refuses a Content of more than 16,384 UTF-8 bytes" in shown
    assert 'SendMessage input Content: "The content of the message. Maximum of 16,384 bytes' in shown
    assert "declared  conformance/contract/rules/send_message.toml:" in shown
    assert re.search(r"  reference \S+/messages.py:\d+  conformance.reference.messages:send_message\n", shown)
    assert "test      conformance/operations/test_send_message_content.py:" in shown
    assert "fault     conformance/reference/faults/message_sizes.py:" in shown
    assert "takes-a-byte-more\n            The endpoint accepts a message of one byte too many." in shown
    assert "variant   none" in shown


def test_places_outside_of_the_current_directory_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (row,) = json.loads(run(BYTES, "--json"))
    assert Path(row["tests"][0]["file"]).is_absolute()


def test_json_has_the_row_of_the_list_and_the_parts() -> None:
    (row,) = json.loads(run(BYTES, "--json"))
    (listed,) = json.loads(run("SendMessage.Content.bytes-ma?", "--json"))
    assert row | listed == row
    assert "Maximum of 16,384 bytes" in row["source_text"]
    assert row["source_url"].startswith("https://")
    assert row["declared"].keys() == {"file", "line"}
    assert {frozenset(part) for kind in ("tests", "faults") for part in row[kind]} == {
        frozenset({"name", "says", "file", "line"})
    }


@pytest.mark.parametrize(
    ("requirement", "line"),
    [
        (
            "SendMessage.ContentType.lower-channels",
            "  untested  needs a contact of Apple Messages for Business, WhatsApp or SMS",
        ),
        ("DescribeView.ViewToken.gives-view", "  needs     --view-token"),
        (
            "StartChatContact.InitialMessage.limits-by-type",
            "  newer     StartChatContact.InitialMessage.bytes-at-limit",
        ),
        ("StartChatContact.InitialMessage.limits-by-type", "  open      accepted today"),
    ],
)
def test_what_else_a_rule_says_is_shown(every: dict[str, Details], requirement: str, line: str) -> None:
    assert line in every[requirement].lines()


def test_several_ids_are_shown_one_after_the_other() -> None:
    shown = run(BYTES, "SendMessage.Content.bytes-at-limit")
    assert shown.count("  declared  ") == 2


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("SendMesage.Content.bytes-max", BYTES),
        ("SendMessage.Content.byte-max", BYTES),
        ("sendmessage.content.bytes-max", BYTES),
        ("SendMessage.Contnt.*", "SendMessage.Content.*"),
        ("SendMesage", "SendMessage.*"),
    ],
)
def test_a_mistyped_id_is_answered_with_the_one_that_was_meant(given: str, meant: str) -> None:
    done = CliRunner().invoke(main, ["requirements", given])
    assert done.exit_code == ExitCode.USAGE
    assert f"no requirement matches '{given}': did you mean {meant}" in done.output


def test_an_id_that_is_like_no_other_is_answered_with_where_all_are() -> None:
    done = CliRunner().invoke(main, ["requirements", "Nothing.of.it"])
    assert "no requirement matches 'Nothing.of.it': connect-conformance requirements lists all ids." in done.output
