"""The badge says what the report says, in words and colour."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from conformance.results.observation import Observation
from conformance.results.verdicts import RUN_MEANINGS
from reports import badge, compliance
from tests.reports.ledgers import CLEAN, FAILED, Catalogue, entries_of, kept_promise, requirement, violate

RUNS: dict[str, tuple[Observation, ...]] = {
    "conformant": (kept_promise(FAILED), kept_promise(CLEAN)),
    "non-conformant": (violate(), kept_promise(CLEAN)),
    "incomplete": (kept_promise(CLEAN),),
}


def report(word: str) -> dict[str, Any]:
    return compliance.build(entries_of(RUNS[word]))


@pytest.fixture(autouse=True)
def _catalogue(only: Catalogue) -> None:
    only(requirement(FAILED), requirement(CLEAN))


@pytest.mark.parametrize("word", RUN_MEANINGS)
def test_both_forms_say_the_verdict_and_the_musts(word: str) -> None:
    message = {
        "conformant": "conformant (2 of 2 musts)",
        "non-conformant": "non-conformant: 1 cause, 1 of 2 musts broken",
        "incomplete": "incomplete (1 of 2 musts, 1 untested)",
    }[word]
    data = badge.endpoint(report(word))
    assert (data["schemaVersion"], data["message"]) == (1, message)
    drawn = ET.fromstring(badge.svg(report(word)))  # noqa: S314 - our own image
    texts = {element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert texts == {"conformance", message}
    assert f"#{data['color']}" in badge.svg(report(word))


def test_each_verdict_has_a_colour_of_its_own() -> None:
    assert set(badge.COLORS) == set(RUN_MEANINGS)
    assert len(set(badge.COLORS.values())) == len(RUN_MEANINGS)
