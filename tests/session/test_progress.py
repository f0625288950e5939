"""What a run shows while it lasts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, cast

import pytest

from conformance.session.progress import FAILURES_SHOWN, Progress, subject

CASE = "conformance/protocol/test_limits.py::test_a_limit[SendMessage.Content.length-max]"


@dataclass
class Screen:
    """Remembers what was written."""

    fullwidth: int = 60
    said: list[str] = field(default_factory=list)

    def write(self, msg: str, *, flush: bool = False) -> None:
        assert flush
        self.said.append(msg)


@dataclass
class Hands:
    """A clock that goes a fixed step with each look."""

    step: float
    now: float = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def run(progress: Progress, tests: int) -> None:
    for _ in range(tests):
        progress.pytest_runtest_logstart(CASE)
        progress.pytest_runtest_logfinish()


def test_a_terminal_shows_one_line_that_is_written_over_and_cleared() -> None:
    screen = Screen()
    progress = Progress(screen, over=True, clock=Hands(0.1))
    progress.begin(10)
    run(progress, 10)
    assert all(line.startswith("\r") and "\n" not in line and len(line.rstrip("\r")) <= 60 for line in screen.said)
    assert any("SendMessage" in line and "left" in line for line in screen.said)
    assert not screen.said[-1].strip()


def test_a_log_gets_a_line_every_half_minute_and_none_of_a_short_run() -> None:
    short, long = Screen(), Screen()
    for screen, seconds in ((short, 0.01), (long, 10.0)):
        progress = Progress(screen, over=False, clock=Hands(seconds))
        progress.begin(20)
        run(progress, 20)
    assert short.said == []
    assert 4 <= len(long.said) <= 10
    assert all(line.endswith("left\n") or " 0 of 20" in line for line in long.said)


@pytest.mark.parametrize(("seconds", "left"), [(9.0, "9 s"), (900.0, "15 min")])
def test_half_of_the_tests_leave_as_much_time_as_they_took(seconds: float, left: str) -> None:
    times = iter((0.0, 0.0, 0.0, seconds))
    progress = Progress(Screen(), over=True, clock=lambda: next(times))
    progress.begin(10)
    progress.done, progress.at_work = 5, "SendMessage"
    assert progress.line == f"[ 50%] 5 of 10 tests, SendMessage, about {left} left"


@pytest.mark.parametrize(
    ("nodeid", "about"),
    [
        (CASE, "SendMessage"),
        ("conformance/journeys/test_x.py::test_a_chat_ends", "a chat ends"),
        ("conformance/journeys/test_x.py::test_a_chat_ends[late]", "a chat ends"),
    ],
)
def test_a_test_is_about_its_operation_or_its_own_words(nodeid: str, about: str) -> None:
    assert subject(nodeid) == about


def test_pytest_can_leave_out_hooks_of_another_folder() -> None:
    class Conftest:
        """That of a folder which a test does not stand in."""

        def pytest_runtest_logfinish(self) -> None: ...

    manager, elsewhere, progress = pytest.PytestPluginManager(), Conftest(), Progress(Screen(), over=False)
    for plugin in (elsewhere, progress):
        manager.register(plugin)
    hook = manager.subset_hook_caller("pytest_runtest_logfinish", [elsewhere])
    assert elsewhere not in [found.plugin for found in hook.get_hookimpls()]
    assert progress in [found.plugin for found in hook.get_hookimpls()]


def report(outcome: Literal["passed", "failed"], words: object) -> pytest.TestReport:
    return pytest.TestReport(CASE, ("", None, ""), {}, outcome, cast("str", words), "call")


def test_broken_promises_are_shown_when_they_are_seen() -> None:
    screen = Screen()
    progress = Progress(screen, over=False)
    progress.pytest_runtest_logreport(report("passed", None))
    for number in range(FAILURES_SHOWN + 5):
        progress.pytest_runtest_logreport(report("failed", f"SendMessage.{number}: expected this; got that"))
    assert screen.said[0] == "FAIL SendMessage.0: expected this; got that\n"
    assert len(screen.said) == FAILURES_SHOWN + 1
    assert "in the report" in screen.said[-1]


def test_a_failure_is_shown_when_it_was_seen_and_not_again_by_its_own_test() -> None:
    seen = iter([["SendMessage.Id: expected this; got that"], [], []])
    screen = Screen()
    progress = Progress(screen, over=False, seen=lambda: next(seen))
    progress.pytest_runtest_logstart(CASE)
    progress.pytest_runtest_logreport(report("failed", "SendMessage.Id: expected this; got that, once more"))
    progress.show_failures()
    assert screen.said == ["FAIL SendMessage.Id: expected this; got that\n"]


def test_a_long_sentence_is_cut_between_words_at_the_width_of_the_terminal() -> None:
    words = "SendMessage.Id: expected each message in the transcript, but the third one is not there"
    for over, shown in ((True, "FAIL SendMessage.Id: expected each message in the …\n"), (False, f"FAIL {words}\n")):
        screen = Screen(fullwidth=52)
        Progress(screen, over=over).pytest_runtest_logreport(report("failed", words))
        assert screen.said[-1] == shown
