"""Jobs begin in their order, several at once; one that needs quiet has nothing beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Lock

import pytest

from conformance.session.in_flight.dispatcher import Dispatcher, Job, is_in_flight

PATIENCE = 10.0  # seconds after which a test that waits for what never comes has failed


class Log:
    """What began and ended, in its order, and how many jobs were at work at most."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.at_work: set[str] = set()
        self.beside: dict[str, set[str]] = {}
        self.lock = Lock()

    def job(self, name: str, inside: Callable[[], object] = lambda: None, *, alone: bool = False) -> Job:
        def do() -> None:
            with self.lock:
                self.began.append(name)
                self.at_work.add(name)
                for each in self.at_work:
                    self.beside.setdefault(each, set()).update(self.at_work - {each})
                    self.beside.setdefault(name, set())
            inside()
            with self.lock:
                self.at_work.discard(name)

        return Job(do, alone)


def run_all(jobs: list[Job], most: int, ahead: int | None = None) -> Dispatcher:
    dispatcher = Dispatcher(jobs, most, ahead)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs)
    dispatcher.stop()
    return dispatcher


def test_one_thread_does_all_jobs_in_their_order() -> None:
    log = Log()
    run_all([log.job(name) for name in "abcdef"], 1)
    assert "".join(log.began) == "abcdef"


def test_as_many_jobs_as_allowed_are_at_work_at_once_and_know_it() -> None:
    """Each of three waits for the other two, so they end only where all are at work."""
    log, meeting = Log(), Barrier(3)
    jobs = [log.job(name, lambda: meeting.wait(PATIENCE)) for name in "abc"]
    run_all(jobs, 3)
    assert all(job.beside_others for job in jobs)


def test_a_job_that_is_alone_waits_for_those_before_and_those_behind_wait_for_it() -> None:
    log, meeting = Log(), Barrier(2)
    jobs = [log.job(name, lambda: meeting.wait(PATIENCE)) for name in "ab"]
    jobs += [log.job("Q", alone=True)]
    jobs += [log.job(name, lambda: meeting.wait(PATIENCE)) for name in "cd"]
    run_all(jobs, 4)
    assert log.beside["Q"] == set()
    assert set(log.began[:2]) == {"a", "b"}
    assert log.began[2] == "Q"
    assert not jobs[2].beside_others


def test_a_job_with_a_turn_waits_for_lower_turns_while_the_others_go_on() -> None:
    """The second turn begins when both of the first have ended; what has no turn begins before it."""
    log, meeting, go_on = Log(), Barrier(2), Event()
    jobs = [log.job("a", lambda: go_on.wait(PATIENCE)), log.job("b"), log.job("c", lambda: meeting.wait(PATIENCE))]
    jobs += [log.job("d", lambda: meeting.wait(PATIENCE)), log.job("e", go_on.set)]
    for job, turn in zip(jobs, (1, 1, 2, 2, 0), strict=True):
        job.turn = turn
    run_all(jobs, 3)
    assert log.began.index("e") < min(log.began.index("c"), log.began.index("d"))
    assert not {"c", "d"} & log.beside["a"]
    assert "d" in log.beside["c"]


def test_of_single_jobs_one_is_at_work_at_once_beside_others() -> None:
    log, meeting = Log(), Barrier(2)
    jobs = [log.job(name) for name in "abc"] + [log.job("d", lambda: meeting.wait(PATIENCE))]
    jobs[2] = log.job("c", lambda: meeting.wait(PATIENCE))
    for job in jobs[:3]:
        job.single = True
    run_all(jobs, 4)
    assert all(not {"a", "b", "c"} & log.beside[name] for name in "abc")
    assert "d" in log.beside["c"]


def test_no_job_is_passed_over_where_they_are_taken_in_their_order() -> None:
    """Else those behind it would be begun and not taken, and it would wait for that for ever."""
    log, go_on = Log(), Event()
    jobs = [log.job("a", lambda: go_on.wait(0.05)), log.job("b"), log.job("c")]
    jobs[0].turn, jobs[1].turn = 1, 2
    dispatcher = Dispatcher(jobs, 2, ahead=2)
    dispatcher.start()
    for job in jobs:
        assert job.ended.wait(PATIENCE)
        dispatcher.took()
    dispatcher.stop()
    assert "".join(log.began) == "abc"


def test_alone_and_quiet_are_measured() -> None:
    entered: list[str] = []

    @contextmanager
    def measure() -> Iterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    def quiet() -> None:
        with dispatcher.quiet(jobs[1]):
            entered.append("quiet")

    jobs = [Job(lambda: entered.append("beside")), Job(quiet), Job(lambda: entered.append("alone"), alone=True)]
    dispatcher = Dispatcher(jobs, 1, measured=measure)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs)
    dispatcher.stop()
    assert entered == ["beside", "in", "quiet", "out", "in", "alone", "out"]


def test_a_job_at_work_beside_others_can_go_on_alone() -> None:
    """Both ask for it at once: they get it one after the other, and nothing new begins before."""
    log, meeting = Log(), Barrier(2)
    seen: list[tuple[set[str], list[str]]] = []
    jobs: list[Job] = []

    def ask(number: int, name: str) -> None:
        meeting.wait(PATIENCE)
        with log.lock:
            log.at_work.discard(name)
        with dispatcher.quiet(jobs[number]):
            seen.append((set(log.at_work), list(log.began)))

    jobs += [log.job("a", lambda: ask(0, "a")), log.job("b", lambda: ask(1, "b")), log.job("c")]
    dispatcher = Dispatcher(jobs, 2)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs)
    dispatcher.stop()
    assert [at_work for at_work, _ in seen] == [set(), set()]
    assert all("c" not in began for _, began in seen)


def test_no_more_jobs_begin_ahead_than_allowed_until_some_are_taken() -> None:
    log = Log()
    jobs = [log.job(name) for name in "abcd"]
    dispatcher = Dispatcher(jobs, 2, ahead=2)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs[:2])
    assert sorted(log.began) == ["a", "b"]
    dispatcher.took()
    assert jobs[2].ended.wait(PATIENCE)
    assert sorted(log.began) == ["a", "b", "c"]
    dispatcher.stop()
    assert not jobs[3].ended.is_set()


@pytest.mark.parametrize("most", [1, 3])
def test_a_thread_knows_whether_it_does_jobs(most: int) -> None:
    known: list[bool] = []
    run_all([Job(lambda: known.append(is_in_flight()))], most)
    assert known == [True]
    assert not is_in_flight()


def test_half_as_many_are_at_work_after_halving_and_never_none() -> None:
    """Of four that may be at work, the first halves that twice: no other is beside it any more, nor beside the next."""
    log, known = Log(), list[bool]()

    def first() -> None:
        for _ in range(3):
            dispatcher.halve()
        known.append(dispatcher.others_run())

    jobs = [log.job("a", first, alone=True), *(log.job(name, lambda: time.sleep(0.01)) for name in "bcd")]
    dispatcher = Dispatcher(jobs, 4)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs)
    dispatcher.stop()
    assert known == [False]
    assert log.beside == {name: set() for name in "abcd"}


def test_a_job_knows_whether_another_is_at_work() -> None:
    meeting, known = Barrier(2), list[bool]()

    def look() -> None:
        meeting.wait(PATIENCE)
        known.append(dispatcher.others_run())
        meeting.wait(PATIENCE)

    jobs = [Job(look), Job(look)]
    dispatcher = Dispatcher(jobs, 2)
    dispatcher.start()
    assert all(job.ended.wait(PATIENCE) for job in jobs)
    dispatcher.stop()
    assert known == [True, True]
