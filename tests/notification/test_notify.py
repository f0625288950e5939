"""People are told of a run once, where something has changed, and of nothing secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.commands.cli import main
from conformance.results.verdicts import ExitCode
from tests.notification.services import HOOK, REPOSITORY, TOKEN, Services, serving

TARGET = "https://staging.example"
BYTES = "SendMessage.Content.bytes-max"
FOLLOWS = ("SendMessage.Content.length-max", "SendMessage.ContentType.enum")
HEADLINE = "A message has at most 16,384 bytes."
SECRETS = (TOKEN, "path-that-is-secret")
Night = Callable[..., Result]
Cause = tuple[str, str, tuple[str, ...]]


def report(verdict: str, causes: tuple[Cause, ...] = (), verdicts: dict[str, str] | None = None, **more: Any) -> Any:
    """As much of a compliance.json as a notification reads."""
    broken = {rid: "fail" for head, _, follows in causes for rid in (head, *follows)}
    judged = {**dict.fromkeys((BYTES, *FOLLOWS), "pass"), **broken, **(verdicts or {})}
    return {
        "schema_version": 1,
        "target": TARGET,
        "verdict": verdict,
        "summary": f"{verdict} (so many musts)",
        "finished": True,
        "interrupted": False,
        "environment": {"started": "2026-11-01T02:17:00+00:00"},
        "causes": [{"requirement": r, "headline": h, "level": "must", "follows": list(f)} for r, h, f in causes],
        "requirements": [{"id": rid, "verdict": one} for rid, one in judged.items()],
        **more,
    }


CAUSE = (BYTES, HEADLINE, FOLLOWS)
WELL, BROKEN = report("conformant"), report("non-conformant", (CAUSE,))


@pytest.fixture(scope="module")
def server() -> Iterator[Services]:
    with serving() as services:
        yield services


@pytest.fixture
def services(server: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    server.hooked, server.issues, server.requests, server.broken, server.page = [], [], [], None, 100
    monkeypatch.setenv("GITHUB_API_URL", server.url)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("CONFORMANCE_WEBHOOK", server.url + HOOK)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("GITHUB_SERVER_URL", "CI_JOB_URL", "BUILD_URL"):
        monkeypatch.delenv(name, raising=False)
    return server


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """Puts a report where a run puts it, None for a run that wrote none, and calls notify."""

    def play(found: Any, *options: str, link: str | None = "https://ci.example/1") -> Result:
        directory = tmp_path / "report"
        directory.mkdir(exist_ok=True)
        if found is not None:
            (directory / "compliance.json").write_text(json.dumps(found))
        words = ["notify", str(directory), "--history", str(tmp_path / "history"), *options]
        done = CliRunner().invoke(main, [*words, *(["--link", link] if link else [])])
        assert not any(secret in done.output for secret in SECRETS)
        return done

    return play


def test_a_webhook_is_told_of_each_change_and_of_nothing_else(services: Services, night: Night) -> None:
    for found in (WELL, BROKEN, BROKEN, WELL, WELL):
        assert night(found).exit_code == 0
    came, went = services.hooked
    assert came["text"].splitlines() == [
        f"{TARGET}: non-conformant (so many musts)",
        "before: conformant (so many musts)",
        f"new: {HEADLINE} ({BYTES}, must; 2 follow from it)",
        "https://ci.example/1",
    ]
    assert (came["verdict_before"], came["verdict"]) == ("conformant", "non-conformant")
    assert came["new"] == [{"requirement": BYTES, "headline": HEADLINE, "level": "must", "follows": list(FOLLOWS)}]
    assert (went["verdict"], went["new"], [one["requirement"] for one in went["gone"]]) == ("conformant", [], [BYTES])


def test_nobody_is_told_of_an_endpoint_that_was_right_from_the_first(services: Services, night: Night) -> None:
    assert "nothing has changed" in night(WELL, "--github-issue", REPOSITORY).output
    assert services.requests == []


def test_what_became_a_consequence_of_another_cause_is_neither_new_nor_gone(services: Services, night: Night) -> None:
    night(BROKEN)
    night(report("non-conformant", ((FOLLOWS[0], "Another promise.", (BYTES,)),)))
    assert len(services.hooked) == 1


def test_a_cause_that_could_not_be_judged_is_not_gone(services: Services, night: Night) -> None:
    night(BROKEN)
    night(report("incomplete", verdicts={BYTES: "inconclusive"}))
    night(BROKEN)
    _, unseen, again = services.hooked
    assert (unseen["gone"], [one["requirement"] for one in unseen["unseen"]]) == ([], [BYTES])
    assert f"not judged this time: {HEADLINE}" in unseen["text"]
    assert (again["verdict"], again["new"]) == ("non-conformant", [])


def test_an_issue_is_opened_commented_on_and_closed(services: Services, night: Night) -> None:
    services.page = 1
    services.add("an issue of somebody else's", "conformance")
    also = report("non-conformant", (CAUSE, ("SendEvent.Content.required", "Content must be there.", ())))
    for found in (WELL, BROKEN, BROKEN, also, WELL, BROKEN):
        assert night(found, "--github-issue", REPOSITORY).exit_code == 0
    other, issue, second = services.issues
    assert (other["state"], other["comments"]) == ("open", [])
    assert (issue["title"], issue["state"]) == (f"Conformance of {TARGET}: non-conformant", "closed")
    assert issue["labels"] == [{"name": "conformance"}]
    worse, well = issue["comments"]
    assert "### New causes\n\n- **Content must be there.** ` SendEvent.Content.required ` must" in worse
    assert "1 known cause beside these" in worse
    assert well.count("### Causes that are gone") == 1
    assert well.count("- **") == 2
    assert (second["state"], second["comments"]) == ("open", [])
    assert "2 follow from it" in second["body"]


def test_a_message_that_did_not_arrive_is_sent_by_the_next_run(services: Services, night: Night) -> None:
    services.broken = 500
    failed = night(BROKEN, "--github-issue", REPOSITORY)
    assert failed.exit_code == ExitCode.USAGE
    assert "the webhook was not told: POST was answered 500: the next run tells it again" in failed.output
    assert "GitHub was not told: GET was answered 500" in failed.output
    services.broken = None
    assert night(BROKEN, "--github-issue", REPOSITORY).exit_code == 0
    assert (len(services.hooked), len(services.issues)) == (1, 1)


@pytest.mark.parametrize("status", [302, 401, 404])
def test_an_answer_that_is_no_success_is_told_without_the_address(
    services: Services, night: Night, status: int
) -> None:
    services.broken = status
    assert f"POST was answered {status}" in night(BROKEN).output


def test_an_address_where_nobody_listens_is_told_without_its_path(night: Night) -> None:
    failed = night(BROKEN, "--webhook", "http://127.0.0.1:1/path-that-is-secret")
    assert failed.exit_code == ExitCode.USAGE
    assert "the webhook was not told: 127.0.0.1 cannot be reached (ConnectionError)" in failed.output


@pytest.mark.parametrize("left", [BROKEN, None], ids=["the report of the night before", "no report"])
def test_a_run_that_came_to_no_verdict_is_told_once(services: Services, night: Night, left: Any) -> None:
    night(BROKEN, "--exit-code", "1")
    for _ in range(2):
        night(left, "--exit-code", "4")
    _, message = services.hooked
    assert (message["verdict"], message["gone"]) == ("not judged", [])
    assert "the run ended with exit code 4 (a wrong option" in message["text"]
    night(report("conformant", environment={"started": "2026-11-03T02:17:00+00:00"}), "--exit-code", "0")
    assert [one["requirement"] for one in services.hooked[-1]["gone"]] == [BYTES]


def test_a_run_without_a_report_is_no_news_where_nothing_was_told_before(services: Services, night: Night) -> None:
    assert night(None, "--exit-code", "4").exit_code == 0
    assert services.hooked == []


def test_an_exit_code_of_0_closes_the_issue_of_a_run_that_may_be_incomplete(services: Services, night: Night) -> None:
    night(BROKEN, "--github-issue", REPOSITORY, "--exit-code", "1")
    night(report("incomplete"), "--github-issue", REPOSITORY, "--exit-code", "0")
    assert services.issues[0]["state"] == "closed"


def test_the_message_is_printed_where_nobody_else_is_told(
    services: Services, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONFORMANCE_WEBHOOK")
    monkeypatch.setenv("BUILD_URL", "https://jenkins.example/job/7/")
    printed = [night(found, link=None).output for found in (WELL, BROKEN, BROKEN)]
    assert (printed[0], printed[2]) == ("", "")
    assert printed[1].splitlines()[-1] == "https://jenkins.example/job/7/"
    assert services.requests == []


@pytest.mark.usefixtures("services")
def test_the_last_report_is_kept_for_a_comparison(night: Night, tmp_path: Path) -> None:
    night(WELL)
    night(report("incomplete", interrupted=True))
    assert json.loads((tmp_path / "history" / "last" / "compliance.json").read_text())["verdict"] == "conformant"


def test_what_was_told_survives_a_history_that_cannot_be_read(services: Services, night: Night, tmp_path: Path) -> None:
    night(BROKEN)
    (tmp_path / "history" / "sent.json").write_text('{"form": 1, "channels": {"webhook": 7}}')
    assert night(BROKEN).exit_code == 0
    assert services.hooked[1]["text"].splitlines()[1] == "nothing was told before"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--github-issue", "gateway"), "--github-issue gateway names no repository: give it as OWNER/REPO"),
        (("--github-issue", REPOSITORY), "--github-issue needs a token: set GITHUB_TOKEN"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(
    night: Night, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], says: str
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    refused = night(BROKEN, *options)
    assert refused.exit_code == ExitCode.USAGE
    assert says in refused.output
