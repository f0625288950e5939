"""What came out of the runs under disturbances, held against what must come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.disturbances.disturbance import Disturbance
from conformance.power.disturbances.playing import LONGEST, Ended, Play
from conformance.results.verdicts import ExitCode

FEW_LINES = 12  # what a run may say that ends before it began: one sentence, broken into lines, beside pytest's own
_SIGNS_OF_A_CRASH = ("Traceback (most recent call last)", "INTERNALERROR", "Segmentation fault", "Fatal Python error")
Document = dict[str, Any]


def document(results: Mapping[Play, Ended]) -> list[Document]:
    """The disturbances that were played with what came out, as power.schema.json describes them."""
    by_disturbance: dict[str, dict[Play, Ended]] = {}
    for play, ended in results.items():
        by_disturbance.setdefault(play.disturbance.name, {})[play] = ended
    return [_disturbance(plays) for plays in by_disturbance.values()]


def _disturbance(plays: Mapping[Play, Ended]) -> Document:
    disturbance = next(iter(plays)).disturbance
    return {
        "name": disturbance.name,
        "kind": disturbance.kind.value,
        "says": disturbance.says,
        "expected": {
            "exit_codes": list(disturbance.expected.codes),
            "refused": disturbance.expected.refused,
            "warnings": list(disturbance.expected.warns),
        },
        "plays": [_play(play, ended) for play, ended in plays.items()],
    }


def _play(play: Play, ended: Ended) -> Document:
    report = ended.report or {}
    return {
        "endpoint": play.endpoint,
        "exit_code": ended.code,
        "verdict": report.get("verdict"),
        "requests": report["requests"]["total"] if report else 0,
        "seconds": round(ended.seconds, 1),
        "false_alarms": _false_alarms(play, ended),
        "lost": [] if play.fault is None else _lost(play.fault.red, ended),
        "unseen": ended.with_verdict("inconclusive", "unsupported"),
        "troubles": list(_troubles(play, ended)),
    }


def _false_alarms(play: Play, ended: Ended) -> list[str]:
    """What was told to be broken and is not: on the endpoint, or, for shoulds that the line breaks, as it is seen."""
    lawful = [*play.disturbance.expected.warns, *((*play.fault.red, *play.fault.may) if play.fault else ())]
    return [rid for rid in _reds(ended) if not any(fnmatchcase(rid, glob) for glob in lawful)]


def _lost(red: Sequence[str], ended: Ended) -> list[str]:
    found = set(_reds(ended))
    return [rid for rid in red if rid not in found]


def _reds(ended: Ended) -> list[str]:
    return ended.with_verdict("fail", "warning")


def _troubles(play: Play, ended: Ended) -> Iterator[str]:
    """What went wrong with the run itself, each in a sentence."""
    if ended.code is None:
        yield f"it did not end within {LONGEST:g} s"
        return
    right = _codes(play)
    if ended.code not in right:
        yield f"it ended with exit code {ended.code} in place of {_either(right)}: {_last_line(ended)}"
    yield from (f"it said {sign!r}" for sign in _SIGNS_OF_A_CRASH if sign in ended.output)
    yield from (f"the suite itself went wrong about {rid}" for rid in ended.with_verdict("error"))
    if play.disturbance.expected.refused:
        yield from _poor_refusal(play.disturbance, ended)


def _codes(play: Play) -> tuple[int, ...]:
    if play.fault is None:
        return play.disturbance.expected.codes
    breaks_a_must = any(catalogue()[rid].level is Level.MUST for rid in play.fault.red)
    return (ExitCode.NON_CONFORMANT,) if breaks_a_must else play.disturbance.expected.codes


def _poor_refusal(disturbance: Disturbance, ended: Ended) -> Iterator[str]:
    lines = [line for line in ended.output.splitlines() if line.strip()]
    if len(lines) > FEW_LINES:
        yield f"it said {len(lines)} lines in place of a sentence"
    for word in disturbance.expected.says:
        if word not in ended.output:
            yield f"it did not say {word}: {_last_line(ended)}"


def _last_line(ended: Ended) -> str:
    lines = (line.strip() for line in reversed(ended.output.splitlines()))
    return next((line for line in lines if line and not line.startswith("report: ")), "nothing was said")


def _either(codes: Iterable[int]) -> str:
    return " or ".join(str(int(code)) for code in codes)


def totals(disturbances: Sequence[Document]) -> Document:
    """Figures over all plays."""
    plays = [play for one in disturbances for play in one["plays"]]
    return {
        "disturbances": len(disturbances),
        "plays": len(plays),
        "false_alarms": sum(len(play["false_alarms"]) for play in plays),
        "lost": sum(bool(play["lost"]) for play in plays),
        "troubled": sum(bool(play["troubles"]) for play in plays),
    }


def flaws(disturbances: Sequence[Document]) -> list[str]:
    """What must not be, each in a sentence."""
    return [flaw for one in disturbances for play in one["plays"] for flaw in _flaws(one["name"], play)]


def _flaws(name: str, play: Document) -> Iterator[str]:
    where = f"{name} before {play['endpoint']}"
    yield from (f"false alarm: {where} accuses it of breaking {rid}" for rid in play["false_alarms"])
    yield from (f"lost: {where} does not turn {rid} red" for rid in play["lost"])
    yield from (f"trouble: {where}: {trouble}" for trouble in play["troubles"])
