"""The command `requirements`: what is promised, as a list, in detail, or as pages of a site."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click

from conformance.commands.ends import UserError, need_docstrings
from conformance.commands.options import complete_requirement, models_option
from conformance.contract.catalogue import UnknownGlob, catalogue, select
from conformance.contract.edition import not_in_edition
from conformance.contract.requirements import Requirement
from reports.writing import refusal, write_file


@click.command()
@click.argument("globs", nargs=-1, metavar="[GLOB]...", shell_complete=complete_requirement)
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", help="How to list them.")
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@models_option
@click.option("--site", type=click.Path(path_type=Path), help="Write all as pages of a site, in Markdown, there.")
def requirements(globs: tuple[str, ...], form: str, site: Path | None) -> None:
    """List the requirements whose id matches any GLOB (all without one).

    For a whole id, everything about it: promise, level, source and what that says, what performs its operation in the
    reference endpoint, tests, faults and variants, with files and lines, and what else is promised of the same member.
    """
    if site is not None:
        _write_pages(site)
        return
    try:
        chosen = select(globs)
    except UnknownGlob as wrong:
        raise UserError(str(wrong)) from wrong
    listed = [requirement for rid, requirement in catalogue().items() if rid in chosen - not_in_edition()]
    if not listed:
        raise UserError(f"not in this edition of the models: {', '.join(globs)}")
    if globs and chosen.issuperset(globs) and form != "csv":
        _show_details(listed, form)
    else:
        _LISTINGS[form]([_row(requirement) for requirement in listed])


def _write_pages(site: Path) -> None:
    from conformance.commands.requirement_pages import pages  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    written = pages()
    try:
        for name, text in written.items():
            write_file(site / name, text)
    except OSError as wrong:
        raise UserError(refusal("--site", site, wrong)) from wrong
    click.echo(f"{len(written):,} files below {site}")


def _show_details(listed: list[Requirement], form: str) -> None:
    from conformance.commands.requirement_details import details  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    found = details(listed)
    if form == "json":
        _as_json([_row(each.requirement) | each.row() for each in found])
    else:
        click.echo("\n\n".join("\n".join(each.lines()) for each in found))


def _row(requirement: Requirement) -> dict[str, Any]:
    kept = ("id", "operation", "level", "statement", "source", "locator", "derived", "untested", "needs")
    return {name: getattr(requirement, name) for name in kept}


def _as_text(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(f"{row['level']:<7} {row['id']}\n        {row['statement']}")


def _as_json(rows: list[dict[str, Any]]) -> None:
    click.echo(json.dumps(rows, indent=1, ensure_ascii=False))


def _as_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)


_LISTINGS = {"text": _as_text, "json": _as_json, "csv": _as_csv}
