"""Scripts are run as they stand, in a process of their own, and all that they send and get is told."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from conformance.contract.wire import Exchange, Request
from conformance.reproduction import script_runner as subject
from conformance.reproduction.script_runner import ScriptRunner
from tests.reports.stub import Stub, running_stub

pytestmark = pytest.mark.slow

CALL = """
import atexit, os, requests
def say(word):
    where = os.environ["WHERE"] + "/participant/message"
    return requests.post(where, data=word.encode(), headers={"X-Amz-Bearer": "t"})
"""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub() as found:
        yield found


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def runner(stub: Stub, exchanges: list[Exchange]) -> Iterator[ScriptRunner]:
    environment = {**os.environ, "WHERE": stub.url, "NO_PROXY": "*"}
    with ScriptRunner(environment, (("X-Gateway-Key", "k"),), admit_all, exchanges.append) as found:
        yield found


def admit_all(request: Request, *, closing: bool) -> None:
    """A run that may send as much as it wants."""


def test_what_a_script_sends_and_gets_is_told(runner: ScriptRunner, stub: Stub) -> None:
    done = runner.run(CALL + "say('h\\u00e9')")
    assert done.gave_up is None
    (exchange,) = done.exchanges
    assert (exchange.request.operation, exchange.request.method) == ("SendMessage", "POST")
    assert exchange.request.body == "h\u00e9".encode()
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert stub.asked[-1].header("X-Gateway-Key") == "k"


def test_what_a_script_leaves_for_its_end_is_done_and_told_apart(
    runner: ScriptRunner, exchanges: list[Exchange]
) -> None:
    done = runner.run(CALL + "atexit.register(say, 'last')\natexit.register(say, 'first')\nsay('own')")
    assert [exchange.request.body for exchange in done.exchanges] == [b"own"]
    assert [exchange.request.body for exchange in exchanges] == [b"own", b"first", b"last"]


@pytest.mark.parametrize(
    ("end", "words"),
    [("raise SystemExit('gave no Id')", "gave no Id"), ("print(1 / 0)", "ZeroDivisionError"), ("1 +", "Syntax")],
)
def test_a_script_that_gives_up_says_so_and_the_next_is_run(runner: ScriptRunner, end: str, words: str) -> None:
    assert words in (runner.run(CALL + f"atexit.register(say, 'x')\n{end}").gave_up or "")
    assert runner.run(CALL + "say('next')").gave_up is None


def test_one_script_knows_nothing_of_another(runner: ScriptRunner) -> None:
    assert runner.run("left = 1").gave_up is None
    assert "NameError" in (runner.run("print(left)").gave_up or "")


def test_a_script_that_does_not_end_is_ended(runner: ScriptRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "SCRIPT_SECONDS", 1.5)
    done = runner.run(CALL + "say('once')\nwhile True: pass")
    assert "did not end within" in (done.gave_up or "")
    assert [exchange.request.body for exchange in done.exchanges] == [b"once"]
    monkeypatch.undo()  # the next process may take longer than that to start
    assert runner.run(CALL + "say('next')").gave_up is None


def test_a_process_that_dies_takes_only_its_script_with_it(runner: ScriptRunner) -> None:
    assert runner.run("import os; os._exit(3)").gave_up is not None
    assert runner.run(CALL + "say('next')").gave_up is None


def test_what_the_run_may_not_send_is_not_sent_but_what_ends_a_script_is(stub: Stub) -> None:
    asked: list[tuple[bytes, bool]] = []

    def admit(request: Request, *, closing: bool) -> str | None:
        asked.append((request.body, closing))
        return "nothing is left" if not closing and len(asked) > 1 else None

    with ScriptRunner({**os.environ, "WHERE": stub.url}, (), admit, lambda _: None) as runner:
        done = runner.run(CALL + "atexit.register(say, 'last')\nsay('one')\nsay('two')")
    assert done.gave_up == "nothing is left"
    assert asked == [(b"one", False), (b"two", False), (b"last", True)]
    assert [received.body for received in stub.asked] == ["one", "last"]


def test_the_time_that_a_script_waits_for_the_rate_is_not_its_own(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "SCRIPT_SECONDS", 3.0)

    def admit(request: Request, *, closing: bool) -> None:  # noqa: ARG001 - the form that is asked
        time.sleep(1.2)

    with ScriptRunner({**os.environ, "WHERE": stub.url}, (), admit, lambda _: None) as runner:
        assert runner.run(CALL + "\n".join(["say('x')"] * 4)).gave_up is None
