from __future__ import annotations

import io

from conformance.contract.wire import Response
from conformance.results.ledger import Ledger
from conformance.results.observation import Observation
from reports.run_log import evidence, requirement_cell, sentence
from tests.reports.ledgers import FAILED, TOKEN, answer, exchange, violate


def test_each_id_links_into_the_report() -> None:
    assert requirement_cell(["SendEvent.Content.length-max"]) == (
        '<td class="col-requirements">'
        '<a href="compliance.html#SendEvent.Content.length-max">SendEvent.Content.length-max</a></td>'
    )


def test_a_test_without_requirements_has_an_empty_cell() -> None:
    assert requirement_cell([]) == '<td class="col-requirements"></td>'


def test_of_many_ids_the_first_are_shown() -> None:
    cell = requirement_cell([f"A.b.c{n}" for n in range(20)])
    assert cell.count("<a ") == 12
    assert "and 8 more" in cell


def test_markup_in_an_id_is_text() -> None:
    cell = requirement_cell(['"><script>\u202e'])
    assert "<script>" not in cell
    assert "%22%3E%3Cscript%3E" in cell
    assert "\u202e" not in cell


def show(observation: Observation) -> str:
    return evidence(Ledger(io.StringIO()).plain(observation))


def test_evidence_is_the_judged_call_with_its_reply_and_the_way_to_it() -> None:
    calls = (exchange("StartChatContact", {}, answer(200)), exchange("SendMessage", {"Content": "Hello"}, answer(418)))
    text = show(violate(FAILED, expected="a refusal", actual="a teapot", exchanges=calls))
    for word in ("a refusal", "a teapot", "StartChatContact → 200", "POST /participant/message", "Hello", "HTTP 418"):
        assert word in text
    assert f'href="compliance.html#{FAILED}"' in text


def test_evidence_of_a_call_without_an_answer_says_so() -> None:
    text = show(violate(exchanges=(exchange("SendEvent", {}, None, failure="connection reset"),)))
    assert "connection reset" in text


def test_evidence_holds_no_token() -> None:
    text = show(violate(actual=f"said {TOKEN}", exchanges=(exchange("SendEvent", {}, answer(200, {"Sent": TOKEN})),)))
    assert TOKEN not in text


def test_hostile_evidence_is_text_and_short() -> None:
    hostile = "</pre><script>caught()</script><img src=x onerror=caught()>\u202e\x00\x1b[2J" + "ab" * 1_000_000
    reply = Response(200, (("X-Said", "<script>" * 1_000),), hostile.encode())
    text = show(violate(actual=hostile, exchanges=(exchange("SendEvent", {"Content": hostile}, reply),)))
    assert "<script" not in text
    assert "<img" not in text
    assert not set(text) & set("\u202e\x00\x1b")
    assert "times]" in text
    assert len(text) < 10_000


def test_a_long_reply_is_cut_with_a_note() -> None:
    reply = Response(200, (), "".join(map(str, range(200_000))).encode())
    text = show(violate(exchanges=(exchange("SendEvent", {}, reply),)))
    assert "[cut: " in text
    assert "bytes]" in text
    assert len(text) < 5_000


def test_a_violation_in_one_line_names_its_messages() -> None:
    rid = "13caa0f5-0c6e-4c3e-9d53-0d2f6b6d6a11"
    sent = exchange("SendMessage", {"Content": "Hello", "ContentType": "text/plain"}, answer(200, {"Id": rid}))
    lost = violate(FAILED, expected="messages that are missing: []", actual=f'["{rid}"]', exchanges=(sent,))
    line = sentence(Ledger(io.StringIO()).plain(lost))
    assert (
        line == f'{FAILED}: expected messages that are missing: nothing; got the message "Hello" of call 1 (Id {rid})'
    )
