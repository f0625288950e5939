"""The disturbances as a command: plan, plays, and documents that hold all that is known when it is stopped."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, suppress
from fnmatch import fnmatchcase
from itertools import cycle
from pathlib import Path
from queue import SimpleQueue

from conformance.contract.suggestions import did_you_mean, unmatched
from conformance.power.command import WORK
from conformance.power.disturbances.collection import DISTURBANCES
from conformance.power.disturbances.disturbance import Disturbance
from conformance.power.disturbances.judgement import Document, document, totals
from conformance.power.disturbances.playing import Ended, Play, Scene
from conformance.power.evidence import Evidence
from conformance.power.judgement import document as rest_of_document
from conformance.power.plan import NothingChosen, Plan
from conformance.reference.faults import find
from conformance.session.interrupts import Interrupts
from conformance.session.reference_process import ReferenceProcess, start_reference
from conformance.session.report_directory import ReportDirectory, held
from reports import power

Say = Callable[[str], None]
# One of each kind of what a fault can be about. Of a quick plan each disturbance has another one of them.
FAULTS = (
    "SendEvent.Content.length-max.too-lax",
    "loses-each-seventh-message",
    "counts-characters-of-messages",
    "SendMessage.ClientToken.has-its-effect-again",
    "lets-who-left-connect-again",
    "start-chat-contact-needs-no-signature",
    "loses-long-messages-on-the-socket",
    "writes-names-in-ascii",
    "loses-an-item-going-forward",
    "SendMessage.success.status.created",
)
# What a quick play of the reference looks at: limits, a scenario, a web socket, a page of a transcript.
QUICK_SCOPE = ("SendMessage.Content.*", "GetTranscript.MaxResults.*", "WebSocket.delivery.*")


def plan(globs: Sequence[str] = (), *, quick: bool = False) -> list[Play]:
    """The plays of all disturbances whose name matches any glob (all without one); `quick` for those of a push.

    Raises NothingChosen for a glob that matches no disturbance.
    """
    for glob in unmatched(globs, DISTURBANCES):
        hint = did_you_mean(glob, DISTURBANCES) or f"choose from {', '.join(DISTURBANCES)}."
        raise NothingChosen(f"no disturbance has a name like {glob}: {hint}")
    chosen = [one for one in DISTURBANCES.values() if one.quick or not quick]
    chosen = [one for one in chosen if not globs or any(fnmatchcase(one.name, glob) for glob in globs)]
    found = [Play(one, scope=QUICK_SCOPE if quick else ()) for one in chosen]
    judged = [one for one in chosen if not one.expected.refused]
    return [*found, *(_of_faults(judged, FAULTS) if not quick else _of_one_fault_each(judged))]


def _of_faults(disturbances: Iterable[Disturbance], names: Iterable[str]) -> Iterator[Play]:
    faults = [find(name) for name in names]
    return (Play(one, fault, fault.red) for one in disturbances for fault in faults)


def _of_one_fault_each(disturbances: Iterable[Disturbance]) -> Iterator[Play]:
    return (play for one, name in zip(disturbances, cycle(FAULTS), strict=False) for play in _of_faults([one], [name]))


def measure(plays: Sequence[Play], directory: Path, jobs: int, say: Say) -> Document:
    """Make all `plays`, write power.json and power.html into `directory`, and return what power.json says.

    `say` is told of each play, `jobs` is how many are made at once. Ctrl-C ends it early: the documents then hold what
    had been played and say that they are not finished. Raises SettingsError with one sentence where `directory` cannot
    be written.
    """
    with held(ReportDirectory(directory, work_name=WORK)) as place, Interrupts():
        measured = _measured(plays, jobs, say)
        place.make_room()
        say(summary(measured, power.write(measured, directory)))
    return measured


def _measured(plays: Sequence[Play], jobs: int, say: Say) -> Document:
    began, results, finished = time.monotonic(), dict[Play, Ended](), False
    with suppress(KeyboardInterrupt):
        for play, ended in _played(plays, jobs):
            results[play] = ended
            say(
                f"{len(results)} of {len(plays)}: {play.disturbance.name} before {play.endpoint}, {ended.seconds:.0f} s"
            )
        finished = True
    known = {play: results[play] for play in plays if play in results}
    return document_of(known, time.monotonic() - began, finished=finished)


def _played(plays: Sequence[Play], jobs: int) -> Iterator[tuple[Play, Ended]]:
    """Make each play, `jobs` at once, each with a reference endpoint that is nobody else's meanwhile."""
    free: SimpleQueue[ReferenceProcess] = SimpleQueue()
    with ThreadPoolExecutor(jobs) as pool, closing(_Endpoints(jobs, free)):
        waiting = {pool.submit(_play, play, free): play for play in plays}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _play(play: Play, free: SimpleQueue[ReferenceProcess]) -> Ended:
    embedded = free.get()
    try:
        with tempfile.TemporaryDirectory(prefix="disturbance-") as directory:
            return Scene(Path(directory), embedded).play(play)
    finally:
        free.put(embedded)


class _Endpoints:
    """Reference endpoints, started and put into a queue; ended when closed."""

    def __init__(self, count: int, free: SimpleQueue[ReferenceProcess]) -> None:
        self._started = [start_reference() for _ in range(count)]
        for one in self._started:
            free.put(one)

    def close(self) -> None:
        for one in self._started:
            one.stop()


def document_of(results: Mapping[Play, Ended], seconds: float, *, finished: bool) -> Document:
    """power.json of a command that judged disturbances and nothing else."""
    rest = rest_of_document(Evidence(Plan({}, {}, "smoke", whole=False), {}), seconds, finished=finished)
    disturbances = document(results)
    return {**rest, "disturbances": disturbances, "totals": {**rest["totals"], "disturbances": totals(disturbances)}}


def summary(measured: Document, html: Path) -> str:
    """The last line: figures about all that was played."""
    found = measured["totals"]["disturbances"]
    return (
        f"{found['disturbances']} disturbances in {found['plays']} runs: {found['false_alarms']} false alarms,"
        f" {found['lost']} faults lost, {found['troubled']} runs in trouble; {measured['seconds']:g} s; report: {html}"
    )
