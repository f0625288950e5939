"""Which jobs are at work: begun in their order, several at once, each in a thread, some of them alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from threading import Condition, Event, Thread, current_thread

_NAME = "in flight"


def is_in_flight() -> bool:
    """Whether this thread does jobs."""
    return current_thread().name.startswith(_NAME)


@dataclass(eq=False, slots=True)
class Job:
    """Something to do, which raises nothing. `alone` says that nothing else is at work meanwhile.

    One with a `turn` begins when all before it that have a lower one have ended. Of those that are `single` one is at
    work at once. `beside_others` says that something else was at work at some time of it; `ended` is set at its end.
    """

    do: Callable[[], None]
    alone: bool = False
    turn: int = 0
    single: bool = False
    beside_others: bool = field(default=False, init=False)
    ended: Event = field(default_factory=Event, init=False)


class Dispatcher:
    """Begins jobs in their order, at most `most` at once, and no more than `ahead` before they are taken.

    A job that has to wait for others is passed over, unless it is alone, or what was begun `ahead` has to be taken in
    the same order.
    """

    def __init__(
        self,
        jobs: Iterable[Job],
        most: int,
        ahead: int | None = None,
        measured: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`ahead` None begins each as soon as a thread is free for it. Jobs are alone inside `measured`."""
        self._measured = measured
        self._waiting = deque(jobs)
        self._ahead = ahead
        self._most = most
        self._untaken = 0
        self._at_work: set[Job] = set()
        self._asking = 0  # jobs that wait until they can go on alone
        self._quiet = False
        self._changed = Condition()
        self._threads = [Thread(target=self._work, daemon=True, name=f"{_NAME} {n + 1}") for n in range(most)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin no more jobs, and wait for those at work."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def took(self) -> None:
        """Note that the result of one more job was taken."""
        with self._changed:
            self._untaken -= 1
            self._changed.notify_all()

    def halve(self) -> None:
        """Have half as many jobs at work from now on, at least one."""
        with self._changed:
            self._most = max(1, self._most // 2)

    def others_run(self) -> bool:
        """Whether more than one job is at work."""
        return len(self._at_work) > 1

    @contextmanager
    def quiet(self, job: Job) -> Iterator[None]:
        """Have `job` go on alone, while the other jobs at work wait."""
        with self._changed:
            self._leave(job)
            self._asking += 1
            self._changed.wait_for(lambda: not self._at_work)
            self._asking -= 1
            self._enter(job, quiet=True)
        try:
            with self._measured():
                yield
        finally:
            with self._changed:
                self._quiet = False
                self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                with self._measured() if job.alone else nullcontext():
                    job.do()
            finally:
                with self._changed:
                    self._leave(job)
                job.ended.set()

    def _next(self) -> Job | None:
        """The job to do now, waited for; None where there are no more."""
        with self._changed:
            job = self._changed.wait_for(lambda: self._fitting() or not self._waiting)
            if not isinstance(job, Job):
                return None
            self._waiting.remove(job)
            self._untaken += 1
            self._enter(job, quiet=job.alone)
            return job

    def _fitting(self) -> Job | None:
        """The first job that may begin now; None where none may."""
        if self._quiet or self._asking or len(self._at_work) >= self._most:
            return None
        if self._ahead is not None:
            first = [*islice(self._waiting, 1)] if self._untaken < self._ahead else []
            return next((job for job in first if self._may_begin(job, ())), None)
        passed: list[Job] = []
        for job in self._waiting:
            if self._may_begin(job, passed):
                return job
            if job.alone:
                return None
            passed.append(job)
        return None

    def _may_begin(self, job: Job, passed: Sequence[Job]) -> bool:
        """Whether `job` may begin now, before those of lower place that were `passed` over."""
        if job.alone:
            return not self._at_work and not passed
        if job.single and any(other.single for other in self._at_work):
            return False
        return not any(0 < other.turn < job.turn for other in (*self._at_work, *passed))

    def _enter(self, job: Job, *, quiet: bool) -> None:
        self._at_work.add(job)
        self._quiet = quiet
        if len(self._at_work) > 1:
            for each in self._at_work:
                each.beside_others = True

    def _leave(self, job: Job) -> None:
        self._at_work.discard(job)
        self._quiet = self._quiet and bool(self._at_work)
        self._changed.notify_all()
