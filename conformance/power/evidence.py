"""What the trials showed of each fault and variant, looked up, and apart from what they may show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.power.bench import Findings, Trial
from conformance.power.groups import BLOCKED, groups_of, halves
from conformance.power.plan import Plan
from conformance.reference.faults_kit.fault import Fault
from conformance.results.observation import Effort


@dataclass(frozen=True, slots=True)
class Evidence:
    """The findings about what a plan holds, all of them or those that there are by now."""

    plan: Plan
    findings: Mapping[Trial, Findings]

    def faults(self) -> list[Fault]:
        """Those of the plan's faults that were judged alone, be it by some of the tests."""
        return [fault for fault in self.plan.faults.values() if self.findings_of(fault)]

    def variants(self) -> dict[tuple[str, ...], dict[int, Findings]]:
        """What was shown of the plan's variants that were judged, by the seed."""
        seen = {names: self._by_seed(names) for names in self.plan.variants}
        return {names: by_seed for names, by_seed in seen.items() if by_seed}

    def _by_seed(self, names: tuple[str, ...]) -> dict[int, Findings]:
        trials = self.plan.of_variant(names)
        return {trial.seed: self.findings[trial] for trial in trials if trial in self.findings}

    def claiming(self, fault: Fault) -> Findings | None:
        """What the tests showed that claim what the fault must turn red; None where they were not asked yet."""
        return self.findings.get(self.plan.claiming(fault))

    def whole(self, fault: Fault) -> Findings | None:
        """What the whole suite showed of the fault alone, None where it was not asked."""
        return self.findings.get(self.plan.with_all_tests(fault))

    def findings_of(self, fault: Fault) -> list[Findings]:
        """All that was shown of the fault alone."""
        trials = (self.plan.claiming(fault), self.plan.of_its_operations(fault), self.plan.with_all_tests(fault))
        return [self.findings[trial] for trial in trials if trial in self.findings]

    def reds(self, fault: Fault) -> set[str]:
        """What the fault turned red in any trial of it alone."""
        return {rid for findings in self.findings_of(fault) for rid in findings.reds}

    def whole_runs(self) -> dict[str, Findings]:
        """What the whole suite showed of each fault, by name: alone, or in the smallest group that was judged."""
        runs = [trial for trial in self.findings if trial.claims is None and trial.faults]
        runs.sort(key=lambda trial: -len(trial.faults))
        return {name: self.findings[trial] for trial in runs for name in trial.faults}

    def further_trials(self) -> list[Trial]:
        """What the trials so far left open: faults that were missed, and groups in which something strange showed.

        None of them was made yet. What they leave open in turn comes next, until nothing is left.
        """
        missed = [fault for fault in self.plan.faults.values() if not self.reds(fault).issuperset(fault.red)]
        if not self.plan.whole:
            trials = [self.plan.of_its_operations(fault) for fault in missed]
        else:
            opened = [trial for group in groups_of(self.plan.faults.values()) for trial in self._open_group(group)]
            trials = [*opened, *map(self.plan.with_all_tests, missed)]
        return [trial for trial in dict.fromkeys(trials) if trial not in self.findings]

    def _open_group(self, group: tuple[Fault, ...]) -> Iterator[Trial]:
        """The trial of a group, or of what is to be judged in its place.

        Where something strange showed, or too little did, those are its halves; else those of it that did not show,
        which others hid: together, and one by one where they hide one another.
        """
        trial = self.plan.with_all_tests(*group)
        found = self.findings.get(trial)
        if found is None or len(group) == 1:
            yield trial
            return
        hidden = tuple(fault for fault in group if not found.reds.keys() >= set(fault.red))
        if found.errors or undeclared_reds(found.reds, *group) or len(undeclared_reds(found.unseen, *group)) > BLOCKED:
            smaller = halves(group)
        else:
            smaller = (hidden,) if len(hidden) < len(group) else tuple((fault,) for fault in hidden)
        for some in filter(None, smaller):
            yield from self._open_group(some)


def undeclared_reds(reds: Iterable[str], *faults: Fault) -> list[str]:
    """Those of `reds`, or of what was not seen, that none of `faults` declares."""
    allowed = [glob for fault in faults for glob in (*fault.red, *fault.may)]
    return sorted(rid for rid in reds if not any(fnmatchcase(rid, glob) for glob in allowed))


def first_of(fault: Fault, findings: Findings | None) -> Effort | None:
    """What it took until the first of the fault's requirements turned red; None where none did."""
    efforts = [findings.reds[rid] for rid in fault.red if rid in findings.reds] if findings else []
    return min(efforts, key=lambda effort: effort.requests, default=None)
