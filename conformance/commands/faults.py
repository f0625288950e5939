"""The command `faults`: the seeded faults, with what each must turn red."""

from __future__ import annotations

from fnmatch import fnmatchcase

import click

from conformance.commands.ends import UserError, need_docstrings
from conformance.commands.options import complete_fault


@click.command("faults")
@click.argument("globs", nargs=-1, metavar="[GLOB]...", shell_complete=complete_fault)
def list_faults(globs: tuple[str, ...]) -> None:
    """List the seeded faults whose name matches any GLOB (all without one), with what each must turn red."""
    from conformance.contract.suggestions import did_you_mean, unmatched_globs  # noqa: PLC0415 - with the faults
    from conformance.reference.faults import faults  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    for glob in unmatched_globs(globs, faults()):
        hint = did_you_mean(glob, faults()) or "connect-conformance faults lists all."
        raise UserError(f"no fault has a name like {glob}: {hint}")
    chosen = [fault for name, fault in faults().items() if any(fnmatchcase(name, glob) for glob in globs or ["*"])]
    for fault in chosen:
        click.echo(f"{fault.name}\n        {fault.says}\n        breaks {', '.join(fault.red)}")
