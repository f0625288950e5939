"""No secret of a run reaches anything that it writes, not even where the endpoint repeats what it was sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.suite.conftest import Judge
from tests.suite.served import SECRETS

GATEWAY_KEY = "gateway-key-that-nobody-may-see"
SCOPE = ("StartChatContact.*", "CreateParticipantConnection.*", "SendMessage.*", "GetAttachment.*", "Tokens.*")
LONG_WORD = re.compile(r"[^\s\"'<>{}\\]{24,}")
NEEDLE = 24  # code points; the beginning of a secret is one as well
WITH_REPLIES = {"compliance.html", "compliance.json", "ledger.jsonl", "run.html"}
EVERY_FORM = {*WITH_REPLIES, "badge.json", "badge.svg", "compliance.md", "findings.sarif", "junit.xml"}


def needles(secrets: Path) -> set[str]:
    """What must not be found: the end of every secret, for beginnings may be alike (AWS4-HMAC-SHA256 ...).

    A token of one letter over and over, which a test of its length sends, is none.
    """
    ends = {line[-NEEDLE:] for line in secrets.read_text().splitlines() if len(line) >= 2 * NEEDLE}
    return {end for end in ends if len(set(end)) > 1} | {GATEWAY_KEY[-NEEDLE:]}


def find_hidden(text: str, hidden: set[str]) -> set[str]:
    """Those of `hidden` that stand somewhere in `text`, in one pass: there are thousands to look for in megabytes."""
    windows = (run[at : at + NEEDLE] for run in LONG_WORD.findall(text) for at in range(len(run) - NEEDLE + 1))
    return {window for window in windows if window in hidden}


def test_a_secret_inside_a_text_is_found() -> None:
    assert find_hidden(f'{{"a": "x{GATEWAY_KEY}y"}}', {GATEWAY_KEY[-NEEDLE:]})
    assert not find_hidden(GATEWAY_KEY[:-1], {GATEWAY_KEY[-NEEDLE:]})


def test_nothing_that_a_run_writes_holds_a_secret(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    monkeypatch.setenv(SECRETS, str(secrets))
    scope = [word for glob in SCOPE for word in ("--requirement", glob)]
    options = ("--depth", "smoke", "--poll-seconds", "0.5", *scope, "--header", f"X-Gateway-Key: {GATEWAY_KEY}")
    finished = judge("talkative", options=options)
    hidden = needles(secrets)
    assert len(hidden) > 100
    assert all(LONG_WORD.fullmatch(needle) for needle in hidden)
    assert list(finished.verdicts().values()).count("fail") > 100
    written = {path.name: path.read_text() for path in finished.directory.iterdir() if path.is_file()}
    assert written.keys() >= EVERY_FORM
    for name, text in {**written, "output": finished.output}.items():
        assert "418" in text or name not in WITH_REPLIES, f"{name} holds no evidence"
        assert find_hidden(text, hidden) == set(), name
