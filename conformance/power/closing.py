"""The closing lines of the command. They mention only what was judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.power.judgement import Document, flaws

NAMED = 50  # faults and variants up to which the command names those that were judged as they should be, too


def lines(measured: Document, *, narrowed: bool) -> list[str]:
    """A sentence for each flaw. For a `narrowed` plan of a few names, also for what is as declared."""
    few = len(measured["faults"]) + len(measured["variants"]) <= NAMED
    return [*(_declarations(measured) if narrowed and few else ()), *flaws(measured)]


def _declarations(measured: Document) -> Iterator[str]:
    for fault in measured["faults"]:
        if fault["found"]:
            red = ", ".join(rid for rid in fault["red"] if rid not in fault["missed"])
            yield f"found: {fault['name']} turns {red} red{_effort(fault)}"
    for variant in measured["variants"]:
        if not (variant["false_alarms"] or variant["unseen"] or variant["errors"]):
            yield f"not accused: {' with '.join(variant['names'])}"


def _effort(fault: Document) -> str:
    """After how many requests of which test it showed first, where the claiming tests alone showed it."""
    effort = fault["in_claiming_test"]
    return f", at request {effort['requests_of_test']} of {effort['test']}" if effort else ""


def summary(measured: Document, html: Path) -> str:
    """The last line: figures about all that was judged."""
    parts = [*_of_part(measured["part"]), *_of_faults(measured), *_of_variants(measured), *_of_reference(measured)]
    return "; ".join([*parts, f"{measured['seconds']:g} s", f"report: {html}"])


def _of_part(part: Document) -> Iterator[str]:
    if part["of"] > 1:
        yield f"part {part['number']} of {part['of']}, and nothing of the others"


def _of_faults(measured: Document) -> Iterator[str]:
    totals = measured["totals"]
    for level in ("must", "should"):
        if totals[level]["faults"]:
            yield f"{totals[level]['found']} of {totals[level]['faults']} faults found by a {level}"
    if measured["faults"]:
        undeclared = sum(len(fault["undeclared"]) for fault in measured["faults"])
        where = "" if measured["whole"] else ", looked for in the claiming tests alone"
        yield f"{undeclared} undeclared red{'' if undeclared == 1 else 's'}{where}"
        if hidden := totals["hidden_in_whole_run"]:
            yield f"{hidden} hidden in a run of the whole suite"


def _of_variants(measured: Document) -> Iterator[str]:
    totals = measured["totals"]
    if count := totals["variants"]:
        what = "lawful variant" if count == 1 else "lawful variants or combinations of them"
        seeds = f"{totals['seeds']} seed{'s' if totals['seeds'] > 1 else ''}"
        yield f"{count} {what} with {seeds}: {totals['false_alarms']} false alarms"


def _of_reference(measured: Document) -> Iterator[str]:
    if measured["clean"]:
        yield f"the reference as it is: {len(measured['clean']['reds'])} reds"
