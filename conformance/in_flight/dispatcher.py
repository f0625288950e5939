"""Which jobs are at work: begun in their order, several at once, each in a thread, some of them alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event, Thread, current_thread

_NAME = "in flight"


def is_in_flight() -> bool:
    """Whether this thread does jobs."""
    return current_thread().name.startswith(_NAME)


@dataclass(eq=False, slots=True)
class Job:
    """Something to do, which raises nothing. `alone` says that nothing else is at work meanwhile.

    One that is `late` begins when no other is at work but late ones.
    `beside_others` says that something else was at work at some time of it; `ended` is set when it is done.
    """

    do: Callable[[], None]
    alone: bool = False
    late: bool = False
    beside_others: bool = field(default=False, init=False)
    ended: Event = field(default_factory=Event, init=False)


class Dispatcher:
    """Begins jobs in their order, at most `most` at once, and no more than `ahead` before they are taken."""

    def __init__(self, jobs: Iterable[Job], most: int, ahead: int | None = None) -> None:
        """`ahead` None begins each as soon as a thread is free for it."""
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
        """Begin nothing more, and wait for what is at work."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def took(self) -> None:
        """Tell that what came of one more job was taken."""
        with self._changed:
            self._untaken -= 1
            self._changed.notify_all()

    def halve(self) -> None:
        """Have half as many jobs at work from now on, at least one."""
        with self._changed:
            self._most = max(1, self._most // 2)

    def has_company(self) -> bool:
        """Whether more than one job is at work."""
        return len(self._at_work) > 1

    @contextmanager
    def quiet(self, job: Job) -> Iterator[None]:
        """Have `job`, which is at work beside others, go on alone."""
        with self._changed:
            self._leave(job)
            self._asking += 1
            self._changed.wait_for(lambda: not self._at_work)
            self._asking -= 1
            self._enter(job, quiet=True)
        try:
            yield
        finally:
            with self._changed:
                self._quiet = False
                self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job.do()
            finally:
                with self._changed:
                    self._leave(job)
                job.ended.set()

    def _next(self) -> Job | None:
        """The job to do now, waited for; None where there are no more."""
        with self._changed:
            self._changed.wait_for(self._may_begin)
            if not self._waiting:
                return None
            job = self._waiting.popleft()
            self._untaken += 1
            self._enter(job, quiet=job.alone)
            return job

    def _may_begin(self) -> bool:
        if not self._waiting:
            return True
        if self._quiet or self._asking or len(self._at_work) >= self._most:
            return False
        if self._ahead is not None and self._untaken >= self._ahead:
            return False
        first = self._waiting[0]
        return all(not first.alone and (job.late or not first.late) for job in self._at_work)

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
