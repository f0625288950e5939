"""The command `openapi`: the contract as a document that other tools read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from conformance.commands.ends import ProjectError, UserError
from conformance.commands.options import models_option
from reports.writing import refusal, write_file


@click.command("openapi")
@models_option
@click.option("--output", type=click.Path(path_type=Path), help="A file; by default the document is printed.")
@click.option(
    "--bound",
    type=click.Choice(["widest", "narrowest"]),
    default="widest",
    help="Where no schema is exact: what does not fit the widest breaks a must, what fits the narrowest is accepted.",
)
def write_openapi(output: Path | None, bound: str) -> None:
    """Write the contract as an OpenAPI 3.1 document, for tools that read one."""
    from conformance.contract.openapi import document, not_expressed, shapes  # noqa: PLC0415 - only this command needs it

    try:
        text = json.dumps(document.document(shapes.Bound(bound)), indent=1)
    except not_expressed.NoReason as wrong:
        raise ProjectError(str(wrong)) from wrong
    if output is None:
        click.echo(text)
        return
    try:
        write_file(output, text + "\n")
    except OSError as wrong:
        raise UserError(refusal("--output", output, wrong)) from wrong
    click.echo(str(output))
