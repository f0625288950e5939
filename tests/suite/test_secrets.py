"""No secret of a run reaches anything that it writes, not even where the endpoint repeats what it was sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite.conftest import Judge
from tests.suite.served import SECRETS

GATEWAY_KEY = "gateway-key-that-nobody-may-see"
NEEDLE = 24  # code points; the beginning of a secret is one as well
WITH_REPLIES = {"compliance.html", "compliance.json", "ledger.jsonl"}
EVERY_FORM = {*WITH_REPLIES, "badge.json", "badge.svg", "compliance.md", "junit.xml", "run.html"}


def needles(secrets: Path) -> set[str]:
    """What must not be found: the end of every secret, for beginnings may be alike (AWS4-HMAC-SHA256 ...).

    A token of one letter over and over, which a test of its length sends, is none.
    """
    ends = {line[-NEEDLE:] for line in secrets.read_text().splitlines() if len(line) >= 2 * NEEDLE}
    return {end for end in ends if len(set(end)) > 1} | {GATEWAY_KEY}


def test_nothing_that_a_run_writes_holds_a_secret(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    monkeypatch.setenv(SECRETS, str(secrets))
    finished = judge("talkative", options=("--depth", "smoke", "--header", f"X-Gateway-Key: {GATEWAY_KEY}"))
    assert len(needles(secrets)) > 100
    assert list(finished.verdicts().values()).count("fail") > 100
    written = {path.name: path.read_text() for path in finished.directory.iterdir() if path.is_file()}
    assert written.keys() >= EVERY_FORM
    for name, text in {**written, "output": finished.output}.items():
        assert "418" in text or name not in WITH_REPLIES, f"{name} holds no evidence"
        assert [needle for needle in needles(secrets) if needle in text] == [], name
