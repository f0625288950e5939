"""The calls a second that each operation takes, as the documents and as a user's file state them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.model import operations
from conformance.contract.service_rates import RatesError, ServiceRate, documented_rates, read_rates


def test_the_documented_rates_are_those_of_the_quotas() -> None:
    rates = documented_rates()
    assert rates["StartChatContact"] == ServiceRate(5, 8)
    assert rates["SendMessage"] == rates["SendEvent"] == ServiceRate(10, 15)
    assert rates["GetTranscript"] == ServiceRate(8, 12)
    assert rates.keys() <= operations().keys()


def test_a_row_of_an_instance_comes_before_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rates.toml"
    path.write_text("""
        [SendMessage]
        rate = 20
        burst = 30
        [instances."one".SendMessage]
        rate = 0.5
        burst = 1
    """)
    assert read_rates(path, "one") == {"SendMessage": ServiceRate(0.5, 1)}
    assert read_rates(path, "two") == {"SendMessage": ServiceRate(20, 30)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[SendMail]\nrate = 1\nburst = 1", "SendMail is no operation"),
        ("SendEvent = 3", "SendEvent has not rate and burst"),
        ("[SendEvent]\nrate = 0\nburst = 1", "the rate of SendEvent"),
        ("[SendEvent]\nrate = inf\nburst = 1", "the rate of SendEvent"),
        ("[SendEvent]\nrate = 1\nburst = true", "the burst of SendEvent"),
        ("rate: 1", "is no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rates.toml"
    path.write_text(text)
    with pytest.raises(RatesError, match=words):
        read_rates(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RatesError, match="cannot be read"):
        read_rates(tmp_path / "none.toml")
