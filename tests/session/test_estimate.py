"""What a run is said to send, cost and leave unseen before it sends anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.contract.service_rates import ServiceRate, documented_rates
from conformance.endpoint.settings import SettingsError
from conformance.session.estimate import LATENCY, Speed, estimate_of, words_of
from conformance.session.options import Options, read_options
from conformance.session.planning import check_plan, for_reference
from conformance.session.prices import Prices, read_prices
from connect_conformance_pytest.options import OPTIONS

CHATS, MUST, SHOULD = "StartChatContact", "tests::must", "tests::should"
LEDGER: list[dict[str, Any]] = [
    {"entry": "header"},
    {"entry": "traffic", "by_operation": {CHATS: 2, "SendMessage": 10}},
    {"entry": "test", "nodeid": MUST},
    {"entry": "traffic", "by_operation": {"SendMessage": 1}},
    {"entry": "traffic", "by_operation": {"SendEvent": 3}},
    {"entry": "test", "nodeid": SHOULD},
    {"entry": "traffic", "by_operation": {"StopContact": 2}},
    {"entry": "footer", "contacts": {"most_open": 2}},
]
REPORT = {
    "contacts": {"opened": 2},
    "requirements": [
        {"id": "A.seen", "level": "must", "verdict": "pass", "excused": False},
        {"id": "A.unseen", "level": "must", "verdict": "inconclusive", "excused": False},
        {"id": "A.reasoned", "level": "must", "verdict": "untested", "excused": True},
        {"id": "A.should", "level": "should", "verdict": "inconclusive", "excused": False},
    ],
}


def options(*scope: str, **given: Any) -> Options:
    values = {name: row.get("default") for name, row in OPTIONS.items()}
    named = {"--" + name.replace("_", "-"): value for name, value in given.items()}
    return read_options({**values, "--requirement": list(scope), **named}, 1)


def plan() -> dict[str, Any]:
    prices = Prices("EUR", {"SendMessage": 0.5})
    return estimate_of(LEDGER, REPORT, {MUST: Level.MUST, SHOULD: Level.SHOULD}, Speed(), prices)


def test_a_plan_counts_what_the_ledger_has() -> None:
    made = plan()
    assert made["requests"] == 18
    assert made["by_operation"] == {"SendMessage": 11, "SendEvent": 3, CHATS: 2, "StopContact": 2}
    assert made["by_level"] == {"must": 14, "should": 4, "record": 0}
    assert (made["contacts"], made["most_open"]) == (2, 2)
    assert made["cost"] == {"amount": 5.5, "currency": "EUR"}
    assert made["musts"] == {"in_scope": 3, "unseen": ["A.unseen"]}


def test_a_plan_is_told_in_a_few_lines() -> None:
    text = words_of(plan(), "aws")
    assert "nothing was sent to aws" in text
    assert "2 of 3 are judged or have a written reason; unseen: A.unseen" in text


def test_the_time_is_that_of_the_tightest_rate() -> None:
    sent = [{"SendMessage": 20}]
    assert Speed().seconds(sent) == pytest.approx(20 * LATENCY)
    assert Speed(rate=2).seconds(sent) == pytest.approx(19 / 2 + LATENCY)
    assert Speed(rates={"SendMessage": ServiceRate(1, 5)}).seconds(sent) == pytest.approx(15 + LATENCY)
    mixed = [{"SendMessage": 20, "GetTranscript": 20}]
    assert Speed(rates=documented_rates()).seconds(mixed) == pytest.approx(40 * LATENCY)


def test_musts_alone_are_in_scope_where_that_is_asked() -> None:
    musts = options(level="must").scope
    assert {catalogue()[rid].level for rid in musts} == {Level.MUST}
    assert {catalogue()[rid].level for rid in options(level="should").scope} == {Level.MUST, Level.SHOULD}
    assert options().scope == catalogue().keys()
    assert musts == {rid for rid, known in catalogue().items() if known.level is Level.MUST}


def test_a_billable_run_needs_a_word_for_it() -> None:
    with pytest.raises(SettingsError, match="--estimate, then give --allow-billable"):
        check_plan(options(target="aws"), spread=False)
    check_plan(options(target="aws", allow_billable=True), spread=True)
    check_plan(options(target="aws", estimate=True), spread=False)
    with pytest.raises(SettingsError, match="one process"):
        check_plan(options(estimate=True), spread=True)


def test_a_plan_is_made_with_the_limits_of_the_run_and_not_with_its_endpoint() -> None:
    asked = options(target="aws", depth="aws", max_contacts=9, header=["X-Key: k"], aws_profile="chat", rate=2.0)
    made = for_reference(asked)
    assert (made["--target"], made["--max-contacts"], made.depth.name) == ("reference", 9, "aws")
    assert (made["--header"], made["--aws-profile"], made["--rate"]) == ([], None, None)
    assert made.planned is asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[calls]\nSendMessage = 1", "no currency"),
        ('currency = "EUR"\n[calls]\nSendMail = 1', "SendMail is no operation"),
        ('currency = "EUR"\n[calls]\nSendMessage = -1', "the price of SendMessage"),
        ("a: b", "--prices"),
    ],
)
def test_prices_that_cannot_be_used_are_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_prices(str(path))


def test_the_list_prices_are_known() -> None:
    assert read_prices(None).calls["SendMessage"] > 0
