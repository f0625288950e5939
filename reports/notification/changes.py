"""What has changed since the last notification about an endpoint.

A cause is gone only where its promise was seen to be kept. One that today's run could not judge stays with those that
are known: no message says that it is mended, nor reports it anew the next time that it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from conformance.results.verdicts import EXIT_MEANINGS, ExitCode, Verdict
from reports.cause_entries import alike, title

NOT_JUDGED = "not judged"
_KEPT = frozenset({Verdict.PASS, Verdict.EXPECTED_DEVIATION})
_WITHOUT_VERDICT = frozenset({ExitCode.INTERRUPTED, ExitCode.USAGE, ExitCode.SUITE_ERROR})
Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause: the id at its head, its title, its level, and the ids of the others that it accounts for.

    `alike` are those of them that merely have the head's wrong answer.
    """

    requirement: str
    headline: str
    level: str
    follows: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The requirements that this cause accounts for."""
        return frozenset((self.requirement, *self.follows))


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endpoint stands: the verdict of a run with its sentence, when that run began, and the causes known.

    `fails` says that its job failed.
    """

    target: str
    verdict: str
    summary: str
    started: str | None
    fails: bool
    causes: tuple[Cause, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form that `read` takes."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Standing:
        """The standing that `as_json` gave. Raises KeyError or TypeError for anything else."""
        causes = (
            Cause(**{**cause, "follows": tuple(cause["follows"]), "alike": tuple(cause["alike"])})
            for cause in kept["causes"]
        )
        return cls(**{**kept, "causes": tuple(causes)})


@dataclass(frozen=True, slots=True)
class Change:
    """What a message is about. `before` is what the last message reported, None where there was none.

    `unseen` are known causes that today's run could not judge; they are part of `now`.
    """

    before: Standing | None
    now: Standing
    new: tuple[Cause, ...] = ()
    gone: tuple[Cause, ...] = ()
    unseen: tuple[Cause, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether a message is needed: none is about an endpoint that never failed or was never judged."""
        if self.before is None:
            return self.now.verdict != NOT_JUDGED and (self.now.fails or bool(self.new))
        turned = (self.before.verdict, self.before.fails) != (self.now.verdict, self.now.fails)
        return turned or bool(self.new or self.gone)


def change(before: Standing | None, report: Report | None, exit_code: int | None = None) -> Change:
    """What `report`, and the exit code of the run that wrote it, change in what the last message reported.

    A run may end before it writes a report, and the report of an earlier night then stands in its place. So the
    endpoint counts as not judged where the exit code is of no verdict and the report is known already, or missing.
    """
    known = None if before is None else before.started
    if report is None or (exit_code in _WITHOUT_VERDICT and report["environment"]["started"] == known):
        return Change(before, _without_judgement(before, ExitCode(exit_code or ExitCode.USAGE)))
    if before is not None and before.target != report["target"]:
        before = None
    return _change_by_report(before, report, exit_code)


def _without_judgement(before: Standing | None, exit_code: ExitCode) -> Standing:
    meaning = EXIT_MEANINGS[exit_code].replace("`", "")
    return Standing(
        target=before.target if before else "the endpoint",
        verdict=NOT_JUDGED,
        summary=f"{NOT_JUDGED}: the run ended with exit code {int(exit_code)} ({meaning})",
        started=before.started if before else None,
        fails=True,
        causes=before.causes if before else (),
    )


def _change_by_report(before: Standing | None, report: Report, exit_code: int | None) -> Change:
    causes = [
        Cause(found["requirement"], title(found), found["level"], tuple(found["follows"]), tuple(alike(found)))
        for found in report["causes"]
    ]
    earlier = before.causes if before else ()
    verdicts = {requirement["id"]: requirement["verdict"] for requirement in report["requirements"]}
    absent = _beyond(earlier, causes)
    gone = tuple(cause for cause in absent if verdicts.get(cause.requirement) in _KEPT)
    unseen = tuple(cause for cause in absent if cause not in gone)
    now = Standing(
        target=report["target"],
        verdict=report["verdict"],
        summary=report["summary"],
        started=report["environment"]["started"],
        fails=report["verdict"] != "conformant" if exit_code is None else exit_code != ExitCode.CONFORMANT,
        causes=(*causes, *unseen),
    )
    return Change(before, now, new=_beyond(causes, earlier), gone=gone, unseen=unseen)


def _beyond(causes: Iterable[Cause], others: Sequence[Cause]) -> tuple[Cause, ...]:
    """Those of `causes` that none of `others` accounts for: what became a consequence, or its head, is not new."""
    known = {rid for cause in others for rid in cause.ids}
    return tuple(cause for cause in causes if cause.requirement not in known)
