"""Which endpoints the kill matrix judges: each fault, each variant alone, and variants put together by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import zip_longest
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.suggestions import did_you_mean, unmatched_globs
from conformance.power.bench import Trial
from conformance.power.groups import groups_of
from conformance.power.part import WHOLE, Part
from conformance.reference.faults import faults
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.variants.registry import VARIANTS

TOGETHER = 6  # variants that stand together in a random combination
COMBINATIONS = 20


class NothingChosen(LookupError):
    """A glob that no fault and no variant matches. Its text is one sentence for the user."""


class NothingInPart(LookupError):
    """A part that no chosen fault and no chosen variant belongs to. Its text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be judged. `whole` says whether each fault also meets all tests, which shows what else turns red.

    `variants` says with which seeds each combination is judged: at a depth that draws, each draws other examples.
    `seeds` is with how many seeds every variant is judged, alone or in combinations. `narrowed` says that faults and
    variants were chosen by name: the reference as it is is then not judged. `in_flight` is how many tests are at work
    at once. `part` says which part of the chosen faults and variants this is.
    """

    faults: Mapping[str, Fault]
    variants: Mapping[tuple[str, ...], Sequence[int]]
    depth: str
    whole: bool
    seeds: int = 1
    narrowed: bool = False
    in_flight: int = 1
    part: Part = WHOLE

    def only(self, part: Part) -> Plan:
        """The plan for what belongs to `part`, and for the reference as it is. Raises NothingInPart."""
        faults = {name: fault for name, fault in self.faults.items() if part.holds(name)}
        variants = {names: seeds for names, seeds in self.variants.items() if part.holds(*names)}
        if not faults and not variants:
            raise NothingInPart(f"none of the chosen faults and variants is in part {part}: choose more, or all parts")
        return replace(self, faults=faults, variants=variants, part=part)

    def _trial(self, **chosen: Any) -> Trial:
        return Trial(depth=self.depth, in_flight=self.in_flight, **chosen)

    @property
    def clean(self) -> Trial:
        """The reference as it is."""
        return self._trial(over_network=True)

    def of_variant(self, variants: tuple[str, ...]) -> Iterator[Trial]:
        """The trials of variants that stand together, one for each seed; over a network where one shows only there."""
        over_network = any(VARIANTS[name].over_network for name in variants)
        for seed in self.variants[variants]:
            yield self._trial(variants=variants, seed=seed, over_network=over_network)

    def of_variants(self) -> Iterator[Trial]:
        """The trials of all variants: each with its first seed, then each with its second, and so on."""
        return (trial for turn in zip_longest(*map(self.of_variant, self.variants)) for trial in turn if trial)

    def first_trials(self) -> Iterator[Trial]:
        """Every trial that does not depend on what another one showed, the long ones first."""
        if not self.narrowed:
            yield self.clean
        yield from self.of_variants()
        if self.whole:
            for group in groups_of(self.faults.values()):
                yield self.with_all_tests(*group)
        for fault in self.faults.values():
            yield self.claiming(fault)

    def claiming(self, fault: Fault) -> Trial:
        """The trial of `fault` by only those tests that claim what it must turn red."""
        return self._trial(faults=(fault.name,), claims=frozenset(fault.red), over_network=fault.over_network)

    def of_its_operations(self, fault: Fault) -> Trial:
        """The trial of `fault` by all tests about the operations that it touches: what shows only now and then."""
        touched = {catalogue()[rid].operation for rid in fault.red}
        claims = frozenset(rid for rid, requirement in catalogue().items() if requirement.operation in touched)
        return self._trial(faults=(fault.name,), claims=claims, over_network=fault.over_network)

    def with_all_tests(self, *together: Fault) -> Trial:
        """The trial of one fault, or of some together, by the whole suite."""
        over_network = any(fault.over_network for fault in together)
        return self._trial(faults=tuple(fault.name for fault in together), over_network=over_network)


def plan(
    globs: Sequence[str] = (),
    *,
    depth: str = "smoke",
    seeds: int = 1,
    whole: bool = True,
    variants_only: bool = False,
    in_flight: int = 1,
) -> Plan:
    """The plan for all faults and variants whose name matches any glob (all without one).

    With every variant chosen, random combinations of them follow; a plan that is not `whole` has each variant once with
    each seed, in other combinations each time; one of `variants_only` has no fault. Raises NothingChosen for a glob
    that matches no name.
    """
    _require_matches(globs, variants_only=variants_only)
    chosen = {name: fault for name, fault in faults().items() if not variants_only and _matches(name, globs)}
    alone = [name for name in VARIANTS if _matches(name, globs)]
    variants = dict.fromkeys(_variants(alone), range(1, seeds + 1)) if whole else _in_combinations(alone, seeds)
    return Plan(chosen, variants, depth, whole, seeds, narrowed=bool(globs), in_flight=in_flight)


def _require_matches(globs: Sequence[str], *, variants_only: bool) -> None:
    names = [*VARIANTS] if variants_only else [*faults(), *VARIANTS]
    for glob in unmatched_globs(globs, names):
        sought = "no variant" if variants_only else "no fault and no variant"
        hint = did_you_mean(glob, names) or "connect-conformance faults lists the faults."
        raise NothingChosen(f"{sought} has a name like {glob}: {hint}")


def _variants(alone: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from ((name,) for name in alone)
    if len(alone) == len(VARIANTS):
        yield from (next(_lawful(_combination(seed))) for seed in range(COMBINATIONS))


def _in_combinations(names: Sequence[str], seeds: int) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for seed in range(1, seeds + 1):
        for together in _once_each(names, seed):
            found.setdefault(together, []).append(seed)
    return found


def _once_each(names: Sequence[str], seed: int) -> Iterator[tuple[str, ...]]:
    """Neighbours answer the same question and would hide each other, so that every combination takes from all over."""
    if not names:
        return iter(())
    combinations = -(-len(names) // TOGETHER)
    parts = [list(names[first : first + combinations]) for first in range(0, len(names), combinations)]
    chance = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    for part in parts[1:]:
        chance.shuffle(part)
    together = (tuple(part[first] for part in parts if first < len(part)) for first in range(combinations))
    return (lawful for names in together for lawful in _lawful(names))


def _lawful(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The combination `names`, without those variants, then alone, that are not lawful beside another of them."""
    alone = [name for name in names if VARIANTS[name].not_with.intersection(names)]
    yield tuple(name for name in names if name not in alone)
    yield from ((name,) for name in alone)


def _matches(name: str, globs: Sequence[str]) -> bool:
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


def _combination(seed: int) -> tuple[str, ...]:
    return tuple(random.Random(seed).sample(list(VARIANTS), TOGETHER))  # noqa: S311 - nothing secret is drawn
