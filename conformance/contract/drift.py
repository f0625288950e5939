"""What changed in the contract between two editions of botocore's models, or two versions of the suite.

An edition is kept as data: the requirements with what they promise, and a digest of each text of the models that
prose requirements may rest on. The texts themselves are not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from conformance.contract.derivation import derived_requirements
from conformance.contract.edition import not_in_edition
from conformance.contract.model import Member, Operation, edition_operations, installed_operations
from conformance.contract.model_files import ModelSource, installed_sources, model_sources
from conformance.contract.requirements import prose_requirements

FORM = 1
KEPT = ("operation", "level", "statement", "source", "untested", "needs", "superseded_by")
DIGITS = 16  # of a text's SHA-256


def installed_edition() -> dict[str, Any]:
    """The contract by the models of the installed botocore, in the form of `edition`."""
    return _edition(installed_operations(), installed_sources(), frozenset())


def edition() -> dict[str, Any]:
    """The contract in use: `models`, `requirements` by id, and digests of the models' texts by place."""
    return _edition(edition_operations(), model_sources(), not_in_edition())


def _edition(
    covered: Mapping[str, Operation], models: Iterable[ModelSource], lacking: frozenset[str]
) -> dict[str, Any]:
    whole = (*derived_requirements(covered), *prose_requirements())
    return {
        "form": FORM,
        "models": [asdict(source) for source in models],
        "requirements": {r.id: {name: getattr(r, name) for name in KEPT} for r in whole if r.id not in lacking},
        "texts": {place: hashlib.sha256(text.encode()).hexdigest()[:DIGITS] for place, text in _texts(covered)},
    }


def _texts(covered: Mapping[str, Operation]) -> Iterator[tuple[str, str]]:
    """The texts of the covered operations, each with its place: an operation, a member of its request or reply."""
    for operation in covered.values():
        yield operation.name, operation.documentation
        yield from _member_texts(operation.input, f"{operation.name} request")
        yield from _member_texts(operation.output, f"{operation.name} reply")
        yield from ((f"{operation.name} {error.name}", error.documentation) for error in operation.errors)


def _member_texts(member: Member, place: str) -> Iterator[tuple[str, str]]:
    for part in member.members:
        name = f"{place} {'.'.join(part.path)}"
        yield name, part.documentation
        yield from _member_texts(part, place)


def drift(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The differences of two editions, `before` and `now`: `new`, `vanished` and `changed` requirements and `texts`.

    A changed requirement says what was promised `before` and what is `now`; a changed text only where it is.
    """
    old, new = before["requirements"], now["requirements"]
    return {
        "models": {"before": before["models"], "now": now["models"]},
        "new": [{"id": rid, **new[rid]} for rid in new if rid not in old],
        "vanished": [{"id": rid, **old[rid]} for rid in old if rid not in new],
        "changed": [
            {"id": rid, "before": _differing(old[rid], new[rid]), "now": _differing(new[rid], old[rid])}
            for rid in new
            if rid in old and old[rid] != new[rid]
        ],
        "texts": _changed_places(before["texts"], now["texts"]),
    }


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value != other.get(name)}


def _changed_places(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The places whose text changed, came or went."""
    return [place for place in {**before, **now} if before.get(place) != now.get(place)]


def is_edition(document: Any) -> bool:
    """Whether `document` is an edition as this version keeps it."""
    return (
        isinstance(document, Mapping)
        and document.get("form") == FORM
        and isinstance(document.get("models"), list)
        and all(isinstance(document.get(name), Mapping) for name in ("requirements", "texts"))
    )
