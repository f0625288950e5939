"""Why the document does not express a requirement, or expresses only a part of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

from conformance.contract.catalogue import catalogue
from conformance.contract.openapi.limits import UNREADABLE
from conformance.contract.openapi.rules import clauses
from conformance.contract.requirements import ConstraintKind, Level

OPEN = "The documents leave it open: what an endpoint does is written down and never refused."
IN_PART = {
    "error.status": "A schema sees the type that one place names; that some place names one, and only one, it cannot.",
    "error.content-type": "Other media types of JSON, as with a suffix +json, are as good and are not listed.",
    "success.body": "An empty body is as good as an empty object, which no schema of a body can say.",
    "Throttling.refusal.documented-type": "The protocol's own exceptions of status 429 are listed besides.",
}
_IN_PART = IN_PART | dict.fromkeys(("error.type", "error.body"), IN_PART["error.status"])


class NoReason(LookupError):
    """No schema expresses a requirement, and nobody wrote why; the text says which one, and where a reason goes."""


@cache
def _lacking() -> Mapping[str, str]:
    return {rule: clause.lacks for clause in clauses() for rule in clause.rules if clause.lacks}


@cache
def _reasons() -> tuple[tuple[str, str], ...]:
    """Globs of ids with the reason, in the order of not_expressed.toml."""
    text = resources.files(__package__).joinpath("not_expressed.toml").read_text(encoding="utf-8")
    return tuple((glob, entry["reason"]) for entry in tomllib.loads(text)["not_expressed"] for glob in entry["rules"])


def reason_of(rule: str) -> str:
    """Why no schema expresses the requirement `rule`, or a part of it. Raises NoReason where nobody wrote why."""
    requirement = catalogue()[rule]
    if requirement.level is Level.RECORD:
        return OPEN
    if requirement.constraint and requirement.constraint.kind is ConstraintKind.PATTERN:
        return f"{UNREADABLE[0].upper()}{UNREADABLE[1:]}."
    if rule in _lacking():
        return _lacking()[rule]
    for end, reason in _IN_PART.items():
        if rule.endswith(end):
            return reason
    for glob, reason in _reasons():
        if fnmatchcase(rule, glob):
            return reason
    raise NoReason(
        f"no schema expresses {rule}, and conformance/contract/openapi/not_expressed.toml gives no reason: "
        "add a clause about it, or a glob of its id under a reason"
    )
