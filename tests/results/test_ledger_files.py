from pathlib import Path

import pytest

from conformance.results.ledger import Ledger
from conformance.results.ledger_files import LedgerError, read_ledger
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome


def save(tmp_path: Path, text: str, name: str = "ledger.jsonl") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_ledger_is_read_back_in_order(tmp_path: Path) -> None:
    with (tmp_path / "ledger.jsonl").open("w", encoding="utf-8") as file:
        ledger = Ledger(file)
        ledger.header(target="reference")
        ledger.observe(Observation("SendMessage.Id.unique", Outcome.KEPT, "scenario"))
        ledger.footer()
    entries = list(read_ledger([tmp_path / "ledger.jsonl"]))
    assert [e["entry"] for e in entries] == ["header", "tally", "footer"]


def test_the_ledgers_of_several_processes_are_read_as_one(tmp_path: Path) -> None:
    first = save(tmp_path, '{"entry": "header", "schema_version": 1}\n', "one.jsonl")
    second = save(tmp_path, '{"entry": "footer"}\n', "two.jsonl")
    assert [e["entry"] for e in read_ledger([first, second])] == ["header", "footer"]


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = save(tmp_path, '{"entry": "header", "schema_version": 1}\n{"entry": "obser')
    assert [e["entry"] for e in read_ledger([path])] == ["header"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no header"),
        ('{"entry": "footer"}\n', "has no header"),
        ('{"entry": "header", "schema_version": 0}\n', "schema version 0, not 1"),
        ('{"entry": "header"}\n', "schema version None, not 1"),
        ('{"entry": "header", "schema_version": 1}\nnot json\n{"entry": "footer"}\n', "line 2 is not JSON"),
        ('{"entry": "header", "schema_version": 1}\n[1]\n', "line 2 is no JSON object"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_with_the_reason(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(LedgerError, match=problem):
        list(read_ledger([save(tmp_path, text)]))


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"none\.jsonl"):
        read_ledger([tmp_path / "none.jsonl"])
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(LedgerError, match=r"binary\.jsonl"):
        read_ledger([tmp_path / "binary.jsonl"])


def test_nothing_to_read_is_no_ledger() -> None:
    with pytest.raises(LedgerError, match="has no header"):
        read_ledger([])


def test_a_ledger_can_be_gone_through_several_times(tmp_path: Path) -> None:
    path = save(tmp_path, '{"entry": "header", "schema_version": 1}\n{"entry": "footer"}\n')
    entries = read_ledger([path])
    assert [e["entry"] for e in entries] == [e["entry"] for e in entries] == ["header", "footer"]


def test_the_footers_are_found_among_all_other_lines(tmp_path: Path) -> None:
    ends = []
    for number in range(2):
        path = tmp_path / f"ledger{number}.jsonl"
        with path.open("w") as file:
            ledger = Ledger(file)
            ledger.header()
            ledger.count(Observation("a", Outcome.KEPT, "edge"))
            ledger.footer(unwritable=bool(number))
        ends.append(path)
    with ends[1].open("a") as file:
        file.write('{"entry": "footer", "cut')
    assert [footer["unwritable"] for footer in read_ledger(ends).footers()] == [False, True]
