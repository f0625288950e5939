"""What a run was about: the requirements in its scope, what narrowed it, and how much that leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from conformance.contract.catalogue import catalogue, of_service, select
from conformance.contract.model import CONNECT, PARTICIPANT, SERVICES
from conformance.contract.requirements import Level, Requirement
from reports.run import Run
from reports.safe_text import brief

NARROWED_BY_SHOWN = 3  # globs and options
_SERVICE_ALONE = {CONNECT: SERVICES[PARTICIPANT], PARTICIPANT: SERVICES[CONNECT]}  # by the one that is absent
WORD = 80  # code points of one of them


def requirements_in_scope(run: Run, broken: Iterable[str]) -> list[Requirement]:
    """The requirements that `run` was about, in the catalogue's order.

    Where some tests were left out, these are the ones that the others claim, and those in `broken`: what was found
    broken passively is never dropped. Raises ValueError, naming the glob, when a glob names nothing in the catalogue.
    """
    levels = tuple(Level)[: tuple(Level).index(run.level) + 1]
    applicable = select(run.globs) - of_service(run.absent) - run.lacking
    chosen = {rid for rid in applicable if catalogue()[rid].level in levels}
    if run.narrowed_by:
        chosen &= {*run.claimed, *broken}
    return [requirement for rid, requirement in catalogue().items() if rid in chosen]


def scope_of(run: Run, in_scope: Sequence[Requirement], broken: frozenset[str]) -> dict[str, Any]:
    """The scope as compliance.schema.json describes it; `broken` are the promises that the run saw broken."""
    ids = {requirement.id for requirement in in_scope}
    musts = sum(requirement.level is Level.MUST for requirement in in_scope)
    whole = {rid: requirement for rid, requirement in catalogue().items() if rid not in run.lacking}
    all_musts = sum(requirement.level is Level.MUST for requirement in whole.values())
    return {
        "service": _SERVICE_ALONE[run.absent] if run.absent else None,
        "requirements": list(run.globs),
        "narrowed_by": [*run.narrowed_by, *([f"--level {run.level}"] if run.level is not Level.RECORD else [])],
        "whole": len(ids) == len(whole),
        "tests": {"selected": run.tests_selected, "of": run.tests_of_scope, "ran": run.tests_ran},
        "musts": {"in_scope": musts, "not_in_scope": all_musts - musts, "of": all_musts},
        "partly_tested": [rid for rid in run.partly if rid in ids],
        "broken_outside": [rid for rid in catalogue() if rid in broken - ids],
    }


def words(scope: Mapping[str, Any]) -> str:
    """What narrowed a run, as `SendEvent.* and -k typing`; empty for a run about everything."""
    if scope["whole"] and not scope["service"]:
        return ""
    alone = [scope["service"]] if scope["service"] else []
    known = [*alone, *scope["requirements"], *scope["narrowed_by"]]
    shown = [brief(text, WORD) for text in known[:NARROWED_BY_SHOWN]]
    if len(known) > NARROWED_BY_SHOWN:
        return f"{', '.join(shown)} and {len(known) - NARROWED_BY_SHOWN:,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
