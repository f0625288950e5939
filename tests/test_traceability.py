"""Requirement, test, fault: each requirement is claimed by a test and broken by a fault, or says why not."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.scripts import collect
from conformance.reference.faults import faults
from conformance.session.in_flight.script import Script

REASONS = tomllib.loads((Path(__file__).parent / "without_fault.toml").read_text())["reason"]


@pytest.fixture(scope="module")
def scripts() -> tuple[Script, ...]:
    return collect()


@cache
def ids_of_faults() -> frozenset[str]:
    """Every requirement that some fault must turn red."""
    return frozenset(rid for fault in faults().values() for rid in fault.red)


def ids_explained_by(reason: dict[str, Any]) -> Iterator[str]:
    """The requirement ids that a reason speaks of."""
    for rid in catalogue():
        kind = rid.rpartition(".")[2]
        if any(fnmatchcase(rid, glob) for glob in reason["ids"]) and kind in reason.get("kinds", [kind]):
            yield rid


def test_every_requirement_is_claimed_or_says_why_not(scripts: tuple[Script, ...]) -> None:
    claimed = {rid for script in scripts for rid in script.claims}
    assert [rid for rid, r in catalogue().items() if rid not in claimed and r.untested is None] == []


def test_no_requirement_is_both_claimed_and_excused(scripts: tuple[Script, ...]) -> None:
    claimed = {rid for script in scripts for rid in script.claims}
    assert [rid for rid in claimed if catalogue()[rid].untested is not None] == []


@pytest.mark.parametrize("level", [Level.MUST, Level.SHOULD])
def test_every_claimed_requirement_is_broken_by_a_fault_or_says_why_not(
    scripts: tuple[Script, ...], level: Level
) -> None:
    claimed = {rid for script in scripts for rid in script.claims if catalogue()[rid].level is level}
    excused = {rid for reason in REASONS for rid in ids_explained_by(reason)}
    assert sorted(claimed - ids_of_faults() - excused) == []


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason["ids"][0])
def test_every_reason_speaks_of_something_that_no_fault_breaks(reason: dict[str, Any]) -> None:
    ids = list(ids_explained_by(reason))
    assert ids
    assert [rid for rid in ids if rid in ids_of_faults()] == []
    assert reason["why"].strip()
