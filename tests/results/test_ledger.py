import io
import json
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.violation import Breach
from conformance.contract.wire import Exchange, Request, Response
from conformance.results.ledger import EVIDENCE_TOTAL, SHORT_BODY, Ledger
from conformance.results.ledger_entries import BODY_LIMIT, exchange_entry
from conformance.results.ledger_files import read_ledger
from conformance.results.observation import Observation, Repetitions
from conformance.results.verdicts import Outcome

SECRET = "QVFJREFIaG1hcmtlZFNlY3JldFZhbHVl"
REQUEST = Request("SendMessage", "POST", "/participant/message", (("X-Amz-Bearer", SECRET),), b'{"Content": "x"}')


def entries_in(ledger: Ledger) -> list[dict[str, Any]]:
    assert isinstance(ledger.file, io.StringIO)
    return [json.loads(line) for line in ledger.file.getvalue().splitlines()]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(io.StringIO())


def save(tmp_path: Path, text: str, name: str = "ledger.jsonl") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_violation_is_written_at_once_with_its_exchanges(ledger: Ledger) -> None:
    exchange = Exchange(REQUEST, Response(200, (("Date", "now"),), b'{"Id": "1"}'), 12.34567, 0.25, attempt=2)
    ledger.observe(
        Observation(
            "SendMessage.Content.length-max",
            Outcome.BROKEN,
            "edge",
            test="t",
            edge="16385",
            breach=Breach("400", "200"),
            exchanges=(exchange,),
        )
    )
    (entry,) = entries_in(ledger)
    facts = {key: entry[key] for key in ("entry", "requirement", "outcome", "phase", "test", "edge")}
    assert facts == {
        "entry": "observation",
        "requirement": "SendMessage.Content.length-max",
        "outcome": "broken",
        "phase": "edge",
        "test": "t",
        "edge": "16385",
    }
    (shown,) = entry["exchanges"]
    assert (shown["operation"], shown["attempt"], shown["started"]) == ("SendMessage", 2, 12.346)
    assert shown["response"]["body"] == '{"Id": "1"}'
    assert (entry["expected"], entry["actual"]) == ("400", "200")


def test_kept_promises_are_counted_and_written_together(ledger: Ledger) -> None:
    for edge in ("1", "1", "2"):
        ledger.observe(Observation("SendMessage.Content.length-min", Outcome.KEPT, "edge", "t", edge))
    assert entries_in(ledger) == []
    ledger.flush()
    assert [(e["entry"], e["outcome"], e["edge"], e["count"]) for e in entries_in(ledger)] == [
        ("tally", "kept", "1", 2),
        ("tally", "kept", "2", 1),
    ]


def test_what_was_flushed_is_not_counted_again(ledger: Ledger) -> None:
    ledger.observe(Observation("SendMessage.Content.length-min", Outcome.KEPT, "edge"))
    ledger.flush()
    ledger.flush()
    assert len(entries_in(ledger)) == 1


def test_what_is_counted_keeps_its_outcome_and_not_its_exchanges(ledger: Ledger) -> None:
    seen = Observation("SendMessage.Id.unique", Outcome.INCONCLUSIVE, "search", exchanges=(Exchange(REQUEST, None),))
    ledger.count(seen)
    ledger.flush()
    (entry,) = entries_in(ledger)
    assert (entry["entry"], entry["outcome"], entry["count"]) == ("tally", "inconclusive", 1)
    assert "exchanges" not in entry


def test_a_repetition_says_how_often_of_how_many_and_what_came_instead(ledger: Ledger) -> None:
    ledger.repetition("SendMessage.Id.unique", "t", "one", "script", Repetitions(2, 3, "status 400"))
    assert entries_in(ledger) == [
        {
            "entry": "repetition",
            "requirement": "SendMessage.Id.unique",
            "test": "t",
            "edge": "one",
            "by": "script",
            "times": 2,
            "of": 3,
            "difference": "status 400",
        }
    ]


def test_what_is_left_out_is_named_and_nothing_else(ledger: Ledger) -> None:
    ledger.leave_out("SendMessage.Content.type", "t", ["array"])
    ledger.leave_out("SendMessage.Content.length-max", "t", [])
    assert entries_in(ledger) == [
        {"entry": "left-out", "requirement": "SendMessage.Content.type", "test": "t", "edges": ["array"]}
    ]


def test_the_footer_ends_a_ledger_with_everything_counted(ledger: Ledger) -> None:
    ledger.observe(Observation("SendMessage.Content.length-min", Outcome.KEPT, "edge"))
    ledger.footer(interrupted=False)
    assert [e["entry"] for e in entries_in(ledger)] == ["tally", "footer"]
    assert entries_in(ledger)[-1]["interrupted"] is False


def test_the_other_entries_hold_what_they_are_given(ledger: Ledger) -> None:
    ledger.header(target="reference")
    ledger.traffic({"SendMessage": 3}, shrinking=1, milliseconds={"SendMessage": [1.26]})
    ledger.test("test_x.py::test_y", "It holds.", "passed", 0.123456)
    header, traffic, test = entries_in(ledger)
    assert header == {"entry": "header", "schema_version": 1, "target": "reference"}
    assert traffic == {
        "entry": "traffic",
        "by_operation": {"SendMessage": 3},
        "shrinking": 1,
        "milliseconds": {"SendMessage": [1.3]},
    }
    assert test == {
        "entry": "test",
        "nodeid": "test_x.py::test_y",
        "title": "It holds.",
        "outcome": "passed",
        "seconds": 0.1235,
    }


def test_no_secret_enters_the_ledger(ledger: Ledger) -> None:
    exchange = Exchange(REQUEST, Response(200, (), f'{{"ParticipantToken": "{SECRET}"}}'.encode()), failure=SECRET)
    signed = f"https://s3.test/a?sig={SECRET}"
    ledger.observe(
        Observation(
            "SendMessage.Id.unique",
            Outcome.INCONCLUSIVE,
            "scenario",
            reason=f"{signed} timed out",
            breach=Breach(f'"Url": "{SECRET}"', signed),
            exchanges=(exchange,),
        )
    )
    assert isinstance(ledger.file, io.StringIO)
    assert SECRET not in ledger.file.getvalue()


def test_a_line_is_ascii_whatever_the_endpoint_said(ledger: Ledger) -> None:
    exchange = Exchange(REQUEST, Response(200, (), "\u2028 \u202e 𝄞".encode() + b"\xff"))
    ledger.observe(Observation("SendMessage.Id.unique", Outcome.BROKEN, "scenario", exchanges=(exchange,)))
    assert isinstance(ledger.file, io.StringIO)
    assert ledger.file.getvalue().isascii()
    assert entries_in(ledger)[0]["exchanges"][0]["response"]["body"] == "\u2028 \u202e 𝄞\\xff"


def test_an_exchange_that_keeps_many_requirements_from_being_judged_is_written_once(
    ledger: Ledger, tmp_path: Path
) -> None:
    lost = Exchange(REQUEST, Response(503, (), b"<html>" + b"x" * 10_000), 12.3, 0.25)
    other = Exchange(REQUEST, None, failure="it was reset")
    names = [f"SendMessage.facet.rule-{number}" for number in range(50)]
    for name in names:
        for exchange in (lost, other):
            ledger.observe(Observation(name, Outcome.INCONCLUSIVE, "edge", reason="503", exchanges=(exchange,)))
    assert isinstance(ledger.file, io.StringIO)
    text = ledger.file.getvalue()
    assert text.count("<html>") == 1
    header = json.dumps({"entry": "header", "schema_version": 1})
    entries = list(read_ledger([save(tmp_path, f"{header}\n{text}")]))[1:]
    assert [entry["requirement"] for entry in entries] == [name for name in names for _ in "ab"]
    assert [entry["exchanges"] for entry in entries] == [[exchange_entry(lost)], [exchange_entry(other)]] * 50


def test_an_exchange_whose_first_mention_was_lost_is_left_out(ledger: Ledger, tmp_path: Path) -> None:
    lost = Exchange(REQUEST, None, failure="it was reset")
    for _ in "ab":
        ledger.observe(Observation("SendMessage.a.b", Outcome.INCONCLUSIVE, "edge", reason="r", exchanges=(lost,)))
    assert isinstance(ledger.file, io.StringIO)
    second = ledger.file.getvalue().splitlines()[1]
    header = json.dumps({"entry": "header", "schema_version": 1})
    assert list(read_ledger([save(tmp_path, f"{header}\n{second}\n")]))[1]["exchanges"] == []


def test_however_much_an_endpoint_says_the_evidence_of_a_run_stays_small() -> None:
    ledger = Ledger(io.StringIO())
    long = Exchange(REQUEST, Response(200, (), b"a" * BODY_LIMIT))
    for _ in range(EVIDENCE_TOTAL // BODY_LIMIT + 50):
        ledger.observe(Observation("SendMessage.Id.unique", Outcome.BROKEN, "scenario", exchanges=(long,)))
    lines = entries_in(ledger)
    kept = [len(line["exchanges"][0]["response"]["body"]) for line in lines]
    assert (kept[0], kept[-1]) == (BODY_LIMIT, SHORT_BODY)
    assert sum(kept) < EVIDENCE_TOTAL + 60 * BODY_LIMIT
    assert lines[-1]["exchanges"][0]["response"]["body_bytes"] == BODY_LIMIT
    assert lines[-1]["exchanges"][0]["response"]["cut"] is True
