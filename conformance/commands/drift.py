"""The command `drift`: has the contract changed since a day on which it was kept?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError
from conformance.commands.options import models_option
from conformance.contract.drift import drift as differences
from conformance.contract.drift import edition, installed_edition, is_edition
from conformance.contract.edition import edition_in_use
from conformance.results.verdicts import ExitCode
from reports.judgement import quantity
from reports.markdown_text import code, plain
from reports.writing import refusal, write_file

KEEP = "connect-conformance drift --keep FILE writes one"
KINDS = {"new": "new requirement", "vanished": "vanished requirement", "changed": "changed requirement"}


@click.command()
@click.argument("kept", type=click.Path(path_type=Path), required=False)
@models_option
@click.option("--keep", metavar="FILE", type=click.Path(path_type=Path), help="Keep the installed contract in FILE.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to tell it."
)
def drift(kept: Path | None, keep: Path | None, form: str) -> None:
    """Show how the installed contract differs from the one in KEPT, a file of --keep. Ends with 1 if it does.

    The contract follows botocore's models: a new release of botocore may bring requirements, change them, or change the
    text that one rests on. With both, KEPT is compared before FILE is written. With --models, the contract by these
    models is compared and kept; without KEPT it is compared with the installed one.
    """
    other = edition_in_use() is not None
    if kept is None and keep is None and not other:
        raise UserError(f"drift needs a kept contract to compare with: {KEEP}")
    now = edition()
    before = read(kept) if kept else installed_edition() if other else None
    found = differences(before, now) if before else None
    if keep is not None:
        _write(keep, now)
    if found is None:
        click.echo(str(keep))
        return
    click.echo(FORMS[form](found))
    if any(found[kind] for kind in (*KINDS, "texts")):
        raise SystemExit(ExitCode.NON_CONFORMANT)


def read(path: Path) -> Mapping[str, Any]:
    """The contract kept in `path`. Raises UserError where there is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise UserError(f"{path} cannot be read ({wrong.strerror}): {KEEP}") from wrong
    except ValueError as wrong:
        raise UserError(f"{path} is no JSON: {KEEP}") from wrong
    if not is_edition(document):
        raise UserError(f"{path} is no contract that this version has kept: {KEEP}")
    return dict(document)


def _write(path: Path, now: Mapping[str, Any]) -> None:
    try:
        write_file(path, json.dumps(now, indent=1) + "\n")
    except OSError as wrong:
        raise UserError(refusal("--keep", path, wrong)) from wrong


def _as_json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False)


def _as_text(found: Mapping[str, Any]) -> str:
    return "\n".join([*(line for kind in KINDS for line in _lines(kind, found[kind])), *_texts(found), _summary(found)])


def _lines(kind: str, requirements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for requirement in requirements:
        yield f"{kind:<9}{requirement['id']}"
        yield from (f"         {sentence}" for sentence in _sentences(requirement))


def _sentences(requirement: Mapping[str, Any]) -> Iterator[str]:
    """What a requirement promises; of a changed one what of it was otherwise, and what it is now."""
    if "now" not in requirement:
        yield f"{requirement['level']}: {requirement['statement']}"
        return
    for name in {**requirement["before"], **requirement["now"]}:
        yield f"{name}: {requirement['before'].get(name)} -> {requirement['now'].get(name)}"


def _texts(found: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"text     {place}" for place in found["texts"])


def _summary(found: Mapping[str, Any]) -> str:
    parts = [quantity(len(found[kind]), noun) for kind, noun in KINDS.items() if found[kind]]
    parts.extend([quantity(len(found["texts"]), "changed text")] if found["texts"] else [])
    return f"{', '.join(parts) or 'nothing changed'}: {_versions(found)}"


def _versions(found: Mapping[str, Any]) -> str:
    """The releases of botocore that are compared."""
    before, now = (" and ".join(dict.fromkeys(model["botocore"] for model in one)) for one in found["models"].values())
    return f"botocore {before} -> {now}"


def _as_markdown(found: Mapping[str, Any]) -> str:
    lines = [f"## {plain(_summary(found))}"]
    for kind, noun in KINDS.items():
        if found[kind]:
            lines += ["", f"### {noun.capitalize()}s", ""]
        for requirement in found[kind]:
            lines += [
                f"- {code(requirement['id'])}",
                *(f"  - {plain(sentence)}" for sentence in _sentences(requirement)),
            ]
    if found["texts"]:
        lines += ["", "### Changed texts", "", *(f"- {plain(place)}" for place in found["texts"])]
    return "\n".join(lines)


FORMS = {"text": _as_text, "json": _as_json, "markdown": _as_markdown}
