"""How many operations an endpoint implements, as the report opens with it, and what a list of deviations excuses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from conformance.contract.model import operations
from conformance.results.ledger import Ledger
from conformance.results.observation import Observation
from conformance.results.verdicts import Outcome
from reports import compliance, page, summary
from tests.reports.ledgers import Catalogue, entries_of, requirement

LACKING = ("StartWebRTCContact", "DescribeView", "SendEvent")
IMPLEMENTS, NOTHING_SHOWS = "The endpoint implements", "nothing shows whether it implements"
LACKS, ALL = "it does not implement", len(operations())
BY_501 = "the plainest call got 501"
EVENT = requirement("SendEvent.facet.rule")
OTHER = requirement("SendMessage.facet.rule")
TOPIC = requirement("LifeCycle.order.rule")


def plain_calls(*lacking: str, unknown: tuple[str, ...] = (), of: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The ledger's entries of the plain calls `of` some operations, of all by default."""
    ledger = Ledger(io.StringIO())
    for name in of or tuple(operations()):
        if name in lacking:
            ledger.operation(name, standing="unsupported", implemented=False, reason=BY_501)
        elif name in unknown:
            ledger.operation(name, standing="blocked", implemented=None, reason="the plainest valid call got 403")
        else:
            ledger.operation(name, standing="works", implemented=True, reason="")
    assert isinstance(ledger.file, io.StringIO)
    return [json.loads(line) for line in ledger.file.getvalue().splitlines()]


def report_of(calls: list[dict[str, Any]], observations: list[Observation], listed: tuple[str, ...] = ()) -> Any:
    deviations = [
        {
            "requirement": None,
            "operation": name,
            "edge": None,
            "target": None,
            "reason": "not built yet",
            "owner": "chat team",
            "since": "2026-01-01",
            "expires": "2099-01-01",
        }
        for name in listed
    ]
    return compliance.build([*entries_of(observations, deviations=deviations), *calls])


KEPT = Observation(OTHER.id, Outcome.KEPT, "edge", "t", "e")


@pytest.mark.parametrize(
    ("calls", "sentence"),
    [
        (plain_calls(), f"{IMPLEMENTS} {ALL} of {ALL} operations."),
        (
            plain_calls(*LACKING),
            f"{IMPLEMENTS} {ALL - 3} of {ALL} operations; {LACKS} DescribeView, SendEvent and StartWebRTCContact.",
        ),
        (
            plain_calls("SendEvent", unknown=("SendMessage",)),
            f"{IMPLEMENTS} {ALL - 2} of {ALL} operations; {LACKS} SendEvent; {NOTHING_SHOWS} SendMessage.",
        ),
        (
            plain_calls("SendEvent", of=("SendEvent", "SendMessage")),
            f"{IMPLEMENTS} 1 of the 2 operations asked for; {LACKS} SendEvent.",
        ),
        (
            plain_calls(*operations()),
            f"{IMPLEMENTS} none of {ALL} operations ({BY_501}): is --target the API's address, with its base path?",
        ),
        (
            plain_calls(unknown=("SendEvent", "SendMessage"), of=("SendEvent", "SendMessage")),
            "Nothing shows whether the endpoint implements any of the 2 operations asked for.",
        ),
    ],
)
def test_the_report_opens_with_how_many_operations_are_implemented(
    only: Catalogue, calls: list[dict[str, Any]], sentence: str
) -> None:
    only(EVENT, OTHER)
    report = report_of(calls, [KEPT])
    assert report["operations"]["sentence"] == sentence
    opened = page.render(report).partition("<dl")[0]
    lacks = sentence != f"{IMPLEMENTS} {ALL} of {ALL} operations."
    assert (sentence.partition(" (")[0] in opened) == lacks  # the first screen says what lacks
    paragraphs = summary.markdown(report).replace("\\", "").split("\n\n")
    assert paragraphs[1] == sentence


def test_an_endpoint_that_implements_nothing_says_so_once(only: Catalogue) -> None:
    only(EVENT, OTHER)
    unsupported = [Observation(r.id, Outcome.UNSUPPORTED, "edge", "t", "e", reason=BY_501) for r in (EVENT, OTHER)]
    shown = summary.terminal(report_of(plain_calls(*operations()), unsupported))
    assert shown.startswith(f"{IMPLEMENTS} none of {ALL} operations")
    assert "UNSUPPORTED" not in shown


def test_an_operation_that_works_after_all_is_not_unsupported(only: Catalogue) -> None:
    """What kept it from working was over in the course of the run."""
    only(EVENT)
    calls = [*plain_calls("SendEvent"), *plain_calls()]
    unsupported = Observation(EVENT.id, Outcome.UNSUPPORTED, "edge", "t", "e", reason=BY_501)
    report = report_of(calls, [unsupported])
    assert report["unsupported_operations"] == []
    assert [(r["verdict"], r["reason"]) for r in report["requirements"]] == [("inconclusive", BY_501)]


def left_open(rid: str, lacking: str | None, test: str = "t") -> Observation:
    reason = f"it takes {lacking}" if lacking else "a time-out"
    return Observation(rid, Outcome.INCONCLUSIVE, "scenario", test, test, reason=reason, lacking=lacking)


@pytest.mark.parametrize(
    ("obstacles", "listed", "verdict"),
    [
        (["SendEvent"], ("SendEvent",), "conformant"),
        (["SendEvent", "DescribeView"], ("SendEvent", "DescribeView"), "conformant"),
        (["SendEvent", "DescribeView"], ("SendEvent",), "incomplete"),
        (["SendEvent"], (), "incomplete"),
        (["SendEvent", None], ("SendEvent",), "incomplete"),
    ],
)
def test_what_only_listed_operations_keep_from_a_judgement_is_excused(
    only: Catalogue, obstacles: list[str | None], listed: tuple[str, ...], verdict: str
) -> None:
    """It stays inconclusive, is counted as such, and does not stop a run from being conformant."""
    only(OTHER, TOPIC)
    seen = [left_open(TOPIC.id, lacking, f"t{number}") for number, lacking in enumerate(obstacles)]
    report = report_of(plain_calls(*LACKING), [KEPT, *seen], listed)
    assert report["verdict"] == verdict
    topic = report["requirements"][-1]
    assert (topic["verdict"], topic["excused"]) == ("inconclusive", verdict == "conformant")
    assert ("take operations listed as not implemented" in report["reason"]) == topic["excused"]
