"""What a verdict does not say: contacts left open, broken shoulds, the untested, what was seen broken out of scope.

Each form of the report shows these beside the verdict, a green one too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.results.verdicts import Verdict
from reports.safe_text import brief

SHOWN = 3  # requirements of one caveat
LINE = 300  # code points of what is said of one
REFERENCE = "reference"
_JSON = "compliance.json"  # which alone has what no requirement of the scope shows
_NOT_STOPPABLE = "the endpoint does not implement StopContact: a restart of it may be all that ends them"
CLEANUP = "connect-conformance cleanup DIR, with the report directory, stops what its journal names"


@dataclass(frozen=True, slots=True)
class Caveat:
    """A headline, the first requirements that it is about with a text about each, and further lines."""

    headline: str
    requirements: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """What stands below the headline."""
        return [*(f"{rid}: {text}" if text else rid for rid, text in self.requirements), *self.lines]


def caveats(report: Mapping[str, Any]) -> list[Caveat]:
    """The caveats of `report`, the gravest first; none where everything was tested and kept."""
    return [
        *_left_open(report),
        *_edition(report["sources"].get("edition")),
        *_out_of_scope(report["scope"]["broken_outside"]),
        *_warnings(report["requirements"]),
        *_untested_caveat(report),
    ]


def _edition(edition: Mapping[str, Any] | None) -> Iterator[Caveat]:
    """What the models that were judged by lack, and have besides, of the installed ones."""
    if edition is None:
        return
    kinds = {
        "of the installed models are not in this edition": edition["lacks"],
        "of this edition are not in the installed models": edition["adds"],
    }
    lines = [f"{len(ids):,} {word}: {', '.join(ids[:SHOWN])}" for word, ids in kinds.items() if ids]
    yield Caveat(f"OTHER MODELS were judged by: {brief(edition['directory'], LINE)}", lines=tuple(lines))


def _left_open(report: Mapping[str, Any]) -> Iterator[Caveat]:
    """The contacts that the run has left on the endpoint. Those of the embedded reference end with it."""
    contacts, left = report["contacts"], report["contacts"]["left_open"]
    advice = () if report["target"] == REFERENCE else (CLEANUP,)
    if number := contacts["leaked"]:
        headline = f"LEFT OPEN {number:,} {'contact' if number == 1 else 'contacts'} that the endpoint has not stopped"
        names = (f"{one['contact_id']} in instance {one['instance_id']}" for one in left[:SHOWN])
        remedy = (_NOT_STOPPABLE,) if _cannot_stop(report) else advice
        yield Caveat(headline, lines=(*(brief(name, LINE) for name in names), *_more(number, _JSON), *remedy))
    if number := contacts["unanswered"]:
        starts = "1 start" if number == 1 else f"{number:,} starts"
        yield Caveat(f"NOT KNOWN whether {starts} opened a contact: no ContactId was seen", lines=advice)
    if not report["finished"] and advice:
        yield Caveat("NOT KNOWN which contacts are open: a process of the run did not live to stop them", lines=advice)


def _cannot_stop(report: Mapping[str, Any]) -> bool:
    return any(found["operation"] == "StopContact" for found in report["unsupported_operations"])


def _warnings(requirements: Sequence[Mapping[str, Any]]) -> Iterator[Caveat]:
    broken = [requirement for requirement in requirements if requirement["verdict"] == Verdict.WARNING]
    if broken:
        headline = f"WARNING {len(broken):,} {'should is' if len(broken) == 1 else 'shoulds are'} broken"
        shown = tuple((requirement["id"], _sentence(requirement)) for requirement in broken[:SHOWN])
        yield Caveat(headline, shown, _more(len(broken)))


def _sentence(requirement: Mapping[str, Any]) -> str:
    """The promise, and what was seen instead."""
    violation = requirement["violation"]
    return brief(
        f"{requirement['statement']} Got: {violation['actual']}" if violation else requirement["statement"], LINE
    )


def _out_of_scope(broken: Sequence[str]) -> Iterator[Caveat]:
    if broken:
        headline = (
            f"OUT OF SCOPE {len(broken):,} other {'promise was' if len(broken) == 1 else 'promises were'} seen broken"
        )
        yield Caveat(headline, tuple((rid, "") for rid in broken[:SHOWN]), _more(len(broken), _JSON))


def _untested_caveat(report: Mapping[str, Any]) -> Iterator[Caveat]:
    """The musts that a written reason or an option that was not given left out."""
    found = [one for one in report["untested"] if one["musts"]]
    if found:
        number = sum(one["musts"] for one in found)
        headline = f"UNTESTED {number:,} {'must' if number == 1 else 'musts'}, with a reason"
        yield Caveat(headline, lines=tuple(map(_remedy, found)))


def _remedy(untested: Mapping[str, Any]) -> str:
    option, service = untested["option"], untested["service"]
    if service:
        return f"{untested['musts']:,} take operations of {service}, which the endpoint does not have"
    way = f"would be tested with {option}" if option else "cannot be tested by any option: the report says why"
    return f"{untested['musts']:,} {way}"


def _more(number: int, where: str = "the report") -> tuple[str, ...]:
    return (f"and {number - SHOWN:,} more in {where}",) if number > SHOWN else ()
