"""Which endpoints the kill matrix judges: each fault, each reading alone, and readings put together by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.contract.catalogue import catalogue
from conformance.power.bench import Trial
from conformance.power.groups import grouped
from conformance.reference.faults import faults
from conformance.reference.faults.fault import Fault
from conformance.reference.readings import READINGS

TOGETHER = 6  # readings that stand together in a random combination


class NothingChosen(LookupError):
    """A glob that no fault and no reading matches. Its text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be judged. `whole` says whether each fault also meets all tests, which shows what else turns red."""

    faults: Mapping[str, Fault]
    readings: tuple[tuple[str, ...], ...]
    depth: str
    whole: bool

    @property
    def clean(self) -> Trial:
        """The reference as it is."""
        return Trial(depth=self.depth, over_network=True)

    def of_readings(self) -> Iterator[Trial]:
        """The readings, over a network: some of them show only there."""
        for seed, readings in enumerate(self.readings, 1):
            yield Trial(readings=readings, depth=self.depth, seed=seed, over_network=True)

    def first_trials(self) -> Iterator[Trial]:
        """Every trial that does not depend on what another one showed, the long ones first."""
        yield self.clean
        yield from self.of_readings()
        if self.whole:
            for group in grouped(self.faults.values()):
                yield self.with_all_tests(*group)
        for fault in self.faults.values():
            yield self.claiming(fault)

    def claiming(self, fault: Fault) -> Trial:
        """The trial of `fault` by only those tests that claim what it must turn red."""
        return Trial((fault.name,), claims=frozenset(fault.red), depth=self.depth, over_network=fault.over_network)

    def of_its_operations(self, fault: Fault) -> Trial:
        """The trial of `fault` by all tests about the operations that it touches: what shows only now and then."""
        touched = {catalogue()[rid].operation for rid in fault.red}
        claims = frozenset(rid for rid, requirement in catalogue().items() if requirement.operation in touched)
        return Trial((fault.name,), claims=claims, depth=self.depth, over_network=fault.over_network)

    def with_all_tests(self, *together: Fault) -> Trial:
        """The trial of one fault, or of some together, by the whole suite."""
        over_network = any(fault.over_network for fault in together)
        return Trial(tuple(fault.name for fault in together), depth=self.depth, over_network=over_network)


def plan(globs: Sequence[str] = (), *, depth: str = "smoke", seeds: int = 20, whole: bool = True) -> Plan:
    """The plan for all faults and readings whose name matches any glob (all without one).

    With every reading chosen, `seeds` random combinations of them follow; a plan that is not `whole` has each reading
    in one combination only. Raises NothingChosen.
    """
    chosen = {name: fault for name, fault in faults().items() if _matches(name, globs)}
    alone = [name for name in READINGS if _matches(name, globs)]
    if not chosen and not alone:
        raise NothingChosen(f"no fault and no reading has a name like {' or '.join(globs)}")
    return Plan(chosen, tuple(_readings(alone, seeds) if whole else _once_each(alone)), depth, whole)


def _readings(alone: Sequence[str], seeds: int) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in alone)
    if len(alone) == len(READINGS):
        yield from (_combination(seed) for seed in range(seeds))


def _once_each(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Neighbours answer the same question and would hide each other, so that every combination takes from all over."""
    combinations = -(-len(names) // TOGETHER)
    return (tuple(names[first::combinations]) for first in range(combinations))


def _matches(name: str, globs: Sequence[str]) -> bool:
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _combination(seed: int) -> tuple[str, ...]:
    return tuple(random.Random(seed).sample(list(READINGS), TOGETHER))  # noqa: S311 - nothing secret is drawn
