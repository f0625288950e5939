"""Faults that share an endpoint: none disturbs another, so that together they show what each shows alone."""

from __future__ import annotations

from fnmatch import filter as matching
from fnmatch import fnmatchcase
from functools import cache

import pytest

from conformance.power.bench import Bench, Trial
from conformance.power.groups import (
    COVERED,
    NARROW,
    NEEDED_BY_OTHERS,
    OF_ALL,
    OF_INPUTS,
    TOGETHER,
    footprint,
    groups_of,
    halves,
)
from conformance.power.places import BEFORE, places
from conformance.reference.composition import compose
from conformance.reference.faults import faults, find
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.service import ReferenceService


# Each process of a spread run collects this file, and one runs it.
@cache
def groups() -> tuple[tuple[Fault, ...], ...]:
    return tuple(groups_of(faults().values()))


def together_by_requirements() -> list[tuple[Fault, ...]]:
    return [group for group in groups() if len(group) > 1 and group[0].subject not in OF_INPUTS]


def test_every_fault_is_in_one_group() -> None:
    assert sorted(fault.name for group in groups() for fault in group) == sorted(faults())
    assert max(map(len, groups())) == TOGETHER


def test_no_two_faults_of_inputs_in_a_group_are_about_the_same_member() -> None:
    for group in (group for group in groups() if group[0].subject in OF_INPUTS):
        members = [fault.name.rsplit(".", 2)[0] for fault in group]
        assert len(set(members)) == len(members)


def test_no_requirement_can_be_turned_red_by_two_faults_in_a_group() -> None:
    """Each red belongs to one of them, and what they may turn red together is a small part of the catalogue."""
    assert sum(map(len, together_by_requirements())) > 1300
    for group in together_by_requirements():
        declared = [rid for fault in group for rid in footprint(fault)]
        assert len(set(declared)) == len(declared) <= COVERED
        assert all(len(footprint(fault)) <= NARROW for fault in group)


def test_no_two_faults_in_a_group_stand_in_the_same_place() -> None:
    """Each of them is then in effect, which the endpoint shows as it is put together."""
    for group in together_by_requirements():
        taken = [place for fault in group for place in places(fault)]
        assert len(set(taken)) == len(taken)
        compose([fault.name for fault in group])[0](ReferenceService())


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("keeps-bots-from-the-customer", {"sockets"}),
        ("counts-utf-16-of-messages", {"rules of SendMessage"}),
        ("events-are-html", {BEFORE}),
        ("SendEvent.ClientToken.expires-after-10-seconds", set()),
    ],
)
def test_a_fault_takes_the_place_of_what_it_replaces(name: str, taken: set[str]) -> None:
    assert places(find(name)) == taken


def test_what_may_turn_most_red_is_alone_and_judged_last() -> None:
    """It has the fewest requirements left that it must not turn red."""
    alone = [len(footprint(fault)) for fault, *others in groups() if not others and fault.subject not in OF_INPUTS]
    wide = [width for width in alone if width > NARROW]
    assert wide == sorted(wide)
    assert groups()[-1][0].may[0] == "*"


def test_faults_that_others_need_are_alone() -> None:
    for group in together_by_requirements():
        named = [name for fault in group for name in (fault.name, *fault.red)]
        assert not any(matching(named, glob) for glob in NEEDED_BY_OTHERS)
        assert not any(fault.over_network or fault.subject in OF_ALL for fault in group)


def test_halves_hold_each_fault_once() -> None:
    group = together_by_requirements()[0][:3]
    assert halves(group) == (group[:1], group[1:])


def test_a_footprint_is_all_that_a_fault_declares() -> None:
    fault = Fault("a", "It is.", lambda _: None, ("SendEvent.success.status",), ("SendMessage.output.*",))
    assert "SendEvent.success.status" in footprint(fault)
    assert "SendMessage.output.Id.present" in footprint(fault)
    others = footprint(fault) - {"SendEvent.success.status"}
    assert all(fnmatchcase(rid, "SendMessage.output.*") for rid in others)


@pytest.mark.parametrize("place", [0, -1])
def test_a_group_shows_what_each_of_its_faults_shows_alone(bench: Bench, place: int) -> None:
    """Judged by the tests that claim what the first four may turn red."""
    group = together_by_requirements()[place][:4]
    claims = frozenset[str]().union(*map(footprint, group))
    together = bench.judge(Trial(tuple(fault.name for fault in group), claims=claims)).reds.keys()
    for fault in group:
        alone = bench.judge(Trial((fault.name,), claims=claims)).reds.keys()
        assert together & footprint(fault) == alone
        assert alone >= set(fault.red)
