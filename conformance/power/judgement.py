"""What the trials came to: which faults were found and how fast, what else turned red, which variants were accused."""

from __future__ import annotations

import statistics
from collections.abc import Container, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.power.bench import Findings
from conformance.power.evidence import Evidence, first_of, undeclared_reds
from conformance.power.plan import Plan
from conformance.reference.faults_kit.fault import Fault
from conformance.reference.variants.registry import VARIANTS
from conformance.results.observation import Effort

SCHEMA_VERSION = 1
Document = dict[str, Any]


def document(evidence: Evidence, seconds: float, *, finished: bool = True) -> Document:
    """power.json: every fault and variant that was judged with what came of it, as power.schema.json describes it.

    In one that is not `finished` or of a part, faults and variants that were not judged are missing.
    """
    plan, clean = evidence.plan, evidence.findings.get(evidence.plan.clean)
    whole_runs = evidence.whole_runs()
    faults = [_fault(evidence, fault, whole_runs.get(fault.name)) for fault in evidence.faults()]
    variants = [_variant(names, by_seed) for names, by_seed in evidence.variants().items()]
    return {
        "schema_version": SCHEMA_VERSION,
        "depth": plan.depth,
        "whole": plan.whole,
        "finished": finished,
        "part": {"number": plan.part.number, "of": plan.part.of},
        "planned": {"faults": len(plan.faults), "variants": len(plan.variants)},
        "seconds": round(seconds, 1),
        "clean": clean and {"reds": sorted(clean.reds), "breaches": _breaches(clean.reds, [clean]), **_run(clean)},
        "totals": {**_totals(faults, variants, plan, whole_runs), "disturbances": None},
        "faults": faults,
        "variants": variants,
        "disturbances": [],
    }


def flaws(power: Document) -> list[str]:
    """What must not be, in sentences: a fault not found, an undeclared red, a variant accused or not seen, an error."""
    found = _unfinished_parts(power)
    if power["clean"]:
        clean = power["clean"]
        found += [f"the reference as it is turns {rid} red{_because(clean, rid)}" for rid in clean["reds"]]
        found += [f"the reference as it is: {error}" for error in power["clean"]["errors"]]
    for fault in power["faults"]:
        found += [f"missed: {fault['name']} does not turn {rid} red" for rid in fault["missed"]]
        strange = fault["undeclared"]
        found += [
            f"undeclared: {fault['name']} turns {rid} red, which it does not declare{_because(fault, rid)}"
            for rid in strange
        ]
        found += [f"{fault['name']}: {error}" for error in fault["errors"]]
    for variant in power["variants"]:
        names = " with ".join(variant["names"])
        found += [f"{names} is accused of breaking {rid}{_because(variant, rid)}" for rid in variant["false_alarms"]]
        found += [f"{names} leaves {rid} unseen" for rid in variant["unseen"]]
        found += [f"{names}: {error}" for error in variant["errors"]]
    return found


def _because(judged: Document, rid: str) -> str:
    """What the suite saw, which whoever looks for the mistake needs first: it may not come again."""
    breach = judged["breaches"].get(rid)
    return f": {breach}" if breach else ""


def _breaches(rids: Iterable[str], shown: Iterable[Findings]) -> dict[str, str]:
    """What was expected and what was seen, of each requirement of `rids` of which that is known."""
    breaches = {rid: breach for findings in shown for rid, breach in findings.breaches.items()}
    return {rid: breaches[rid] for rid in sorted(rids) if rid in breaches}


def _unfinished_parts(power: Document) -> list[str]:
    if power["finished"]:
        return []
    parts = [f"{len(power[kind])} of {planned} {kind}" for kind, planned in power["planned"].items()]
    return [f"stopped before its end: {' and '.join(parts)} were judged, and some not by all that they are judged by"]


def _fault(evidence: Evidence, fault: Fault, whole: Findings | None) -> Document:
    reds = evidence.reds(fault)
    strange = undeclared_reds(reds, fault)
    return {
        "name": fault.name,
        "subject": fault.subject,
        "says": fault.says,
        "level": "must" if any(catalogue()[rid].level is Level.MUST for rid in fault.red) else "should",
        "red": list(fault.red),
        "found": any(rid in reds for rid in fault.red),
        "missed": [rid for rid in fault.red if rid not in reds],
        "undeclared": strange,
        "breaches": _breaches(strange, evidence.findings_of(fault)),
        "also": sorted(reds.difference(fault.red)),
        "in_claiming_test": _effort(first_of(fault, evidence.claiming(fault))),
        "in_whole_run": _effort(first_of(fault, whole)),
        "errors": [error for findings in evidence.findings_of(fault) for error in findings.errors],
    }


def _effort(effort: Effort | None) -> Document | None:
    if effort is None:
        return None
    return {
        "test": effort.test,
        "requests": effort.requests,
        "requests_of_test": effort.requests_of_test,
        "seconds": round(effort.seconds, 3),
    }


def _variant(names: Sequence[str], by_seed: Mapping[int, Findings]) -> Document:
    """What came of variants that stand together, over all seeds."""
    lawful = [glob for name in names for glob in VARIANTS[name].warns]
    reds = {rid for findings in by_seed.values() for rid in findings.reds}
    alarms = sorted(rid for rid in reds if not any(fnmatchcase(rid, glob) for glob in lawful))
    return {
        "names": list(names),
        "says": [VARIANTS[name].says for name in names],
        "seeds": len(by_seed),
        "false_alarms": alarms,
        "breaches": _breaches(alarms, by_seed.values()),
        "unseen": sorted({rid for findings in by_seed.values() for rid in findings.unseen}),
        "requests": sum(findings.requests for findings in by_seed.values()),
        "seconds": round(sum(findings.seconds for findings in by_seed.values()), 2),
        "errors": [f"with seed {seed}: {e}" for seed, findings in by_seed.items() for e in findings.errors],
    }


def _run(findings: Findings) -> Document:
    return {
        "requests": findings.requests,
        "seconds": round(findings.seconds, 2),
        "errors": list(findings.errors),
    }


def _totals(
    faults: Sequence[Document], variants: Sequence[Document], plan: Plan, whole_runs: Container[str]
) -> Document:
    hidden = [f for f in faults if f["in_whole_run"] is None and f["name"] in whole_runs]
    found = {level: [f for f in faults if f["level"] == level] for level in ("must", "should")}
    return {
        **{level: {"faults": len(some), "found": sum(f["found"] for f in some)} for level, some in found.items()},
        "survivors": sum(bool(f["missed"]) for f in faults),
        "undeclared_reds": sum(len(f["undeclared"]) for f in faults) if plan.whole else None,
        "hidden_in_whole_run": len(hidden) if plan.whole else None,
        "variants": len(variants),
        "seeds": plan.seeds,
        "false_alarms": sum(len(r["false_alarms"]) for r in variants),
        "requests_in_claiming_test": _spread(faults, "in_claiming_test", "requests_of_test"),
        "requests_in_whole_run": _spread(faults, "in_whole_run", "requests"),
        "seconds_in_whole_run": _spread(faults, "in_whole_run", "seconds"),
    }


def _spread(faults: Iterable[Document], run: str, figure: str) -> Document | None:
    """Median and maximum of a figure over the faults for which it was measured; None where it was for none."""
    known = [fault[run][figure] for fault in faults if fault[run]]
    return {"median": statistics.median(known), "max": max(known)} if known else None
