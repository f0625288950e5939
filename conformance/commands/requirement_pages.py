"""The requirements as pages of the documents' site: one for each operation or topic, in Markdown, and all as JSON.

The sentences of the models are read from the installed botocore when the pages are written; the project stores none.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from conformance.commands.requirement_details import Details, Part, details
from conformance.contract.catalogue import catalogue
from conformance.contract.model_files import model_sources, page_of
from conformance.contract.requirements import ConstraintKind, Level, Requirement, sources
from conformance.contract.source_text import excerpt, passage_of
from reports.markdown_text import code, plain, table

FOLDER, DATA, OPENAPI = "requirements", "requirements.json", "connect.json"
PARTS_SHOWN = 5  # tests or faults of one requirement; the data has all
DOCUMENTED, SPECIFIED, OBSERVED, INFERRED, UNKNOWN = "D", "S", "O", "I", "U"
CONFIDENCE: Mapping[str, str] = {
    DOCUMENTED: "documented by AWS",
    SPECIFIED: "the protocol's specification, which the service may be older than",
    OBSERVED: "seen in recorded answers of the real service",
    INFERRED: "what a client needs that works against the real service",
    UNKNOWN: "the documents are silent or disagree",
}
_OF_THE_PROTOCOL = (ConstraintKind.NULL, ConstraintKind.UNKNOWN_MEMBER)  # of members that the models state
_BY_SOURCE = {"restjson1": SPECIFIED, "observed": OBSERVED, "clients": INFERRED}


def confidence_of(requirement: Requirement) -> str:
    """The code of CONFIDENCE that says how far the source of `requirement` can be relied on."""
    if requirement.level is Level.RECORD:
        return UNKNOWN
    if requirement.constraint and requirement.constraint.kind in _OF_THE_PROTOCOL:
        return SPECIFIED
    return _BY_SOURCE.get(requirement.source, DOCUMENTED)


def pages() -> dict[str, str]:
    """Every file by its path: the pages, their index, and the data. Collects the suite's tests, which takes seconds."""
    by_operation = defaultdict(list)
    for found in details(catalogue().values()):
        by_operation[found.requirement.operation].append(found)
    written = {f"{FOLDER}/{name}.md": _page(name, owned) for name, owned in by_operation.items()}
    return {
        **written,
        f"{FOLDER}/index.md": _index(by_operation),
        DATA: json.dumps(_data(by_operation), indent=1, ensure_ascii=False) + "\n",
    }


def _index(by_operation: Mapping[str, Sequence[Details]]) -> str:
    models = ", ".join(
        f"{source.service} {source.api_version} of botocore {source.botocore}" for source in model_sources()
    )
    rows = ((f"[{name}]({name}.md)", *_counts(owned)) for name, owned in by_operation.items())
    contents = "\n".join(by_operation)
    return "\n\n".join(
        (
            "# Requirements",
            f"{len(catalogue()):,} requirements, by the models {plain(models)}.",
            f"For programs: {{download}}`all as JSON <../{DATA}>`, {{download}}`as OpenAPI <../{OPENAPI}>`.",
            table(("operation or topic", *Level), rows),
            "Each has a code that says how far its source can be relied on.",
            table(("code", "source"), CONFIDENCE.items()),
            f"```{{toctree}}\n:hidden:\n\n{contents}\n```\n",
        )
    )


def _counts(owned: Iterable[Details]) -> tuple[str, ...]:
    counts = Counter(found.requirement.level for found in owned)
    return tuple(str(counts[level]) for level in Level)


def _page(name: str, owned: Sequence[Details]) -> str:
    address = page_of(name)
    head = [f"# {name}", *([f"[The page of the operation]({address}) at AWS."] if address else [])]
    return "\n\n".join([*head, *(part for found in owned for part in _section(found))]) + "\n"


def _section(found: Details) -> Iterator[str]:
    requirement, source = found.requirement, sources()[found.requirement.source]
    yield f"({requirement.id.lower()})=\n## {requirement.id}"
    yield plain(requirement.statement)
    confidence = confidence_of(requirement)
    facts = [
        f"{requirement.level}, {confidence}: {CONFIDENCE[confidence]}",
        f"source: [{plain(source.title)}]({source.url}), {plain(requirement.locator or 'no single place')}",
        *_notes(requirement),
        *_parts("tested by", found.tests),
        *_parts("finds the fault", found.faults),
    ]
    yield "\n".join(f"- {fact}" for fact in facts)
    if passage := passage_of(requirement):
        yield f"> {plain(excerpt(passage.text, requirement.statement, requirement.phrase))}"


def _notes(requirement: Requirement) -> Iterator[str]:
    if requirement.untested:
        yield f"untested: {plain(requirement.untested)}"
    if requirement.needs:
        yield f"needs the option {code(requirement.needs)}"
    if newer := requirement.superseded_by:
        yield f"superseded by [{newer}](#{newer.lower()})"
    yield from (f"open: {plain(answer)}" for answer in requirement.readings)


def _parts(word: str, parts: Sequence[Part]) -> Iterator[str]:
    for part in parts[:PARTS_SHOWN]:
        yield f"{word} {code(part.name)}: {plain(part.says)}"
    if len(parts) > PARTS_SHOWN:
        yield f"{word}: {len(parts) - PARTS_SHOWN:,} more"


def _data(by_operation: Mapping[str, Sequence[Details]]) -> dict[str, Any]:
    kept = ("id", "operation", "level", "statement", "source", "locator", "derived", "untested", "needs")
    return {
        "models": [asdict(source) for source in model_sources()],
        "requirements": [
            {name: getattr(found.requirement, name) for name in kept}
            | {"confidence": confidence_of(found.requirement)}
            | {"tests": [part.name for part in found.tests], "faults": [part.name for part in found.faults]}
            for owned in by_operation.values()
            for found in owned
        ],
    }
