"""The command `faults`: the seeded faults with what each must turn red, or the lawful variants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeVar

import click

from conformance.commands.ends import UserError, need_docstrings
from conformance.commands.options import complete_fault

Declared = TypeVar("Declared")


@click.command("faults")
@click.argument("globs", nargs=-1, metavar="[GLOB]...", shell_complete=complete_fault)
@click.option("--variants", is_flag=True, help="List the lawful variants instead.")
def list_faults(globs: tuple[str, ...], *, variants: bool) -> None:
    """List the seeded faults whose name matches any GLOB (all without one), with what each must turn red."""
    for line in _lines_of_variants(globs) if variants else _lines_of_faults(globs):
        click.echo(line)


def _lines_of_faults(globs: tuple[str, ...]) -> Iterator[str]:
    from conformance.reference.faults import faults  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    for fault in _chosen(globs, faults(), "fault"):
        yield f"{fault.name}\n        {fault.says}\n        breaks {', '.join(fault.red)}"


def _lines_of_variants(globs: tuple[str, ...]) -> Iterator[str]:
    from conformance.reference.variants.registry import VARIANTS  # noqa: PLC0415 - with the reference

    for variant in _chosen(globs, VARIANTS, "variant"):
        yield f"{variant.name}\n        {variant.says}"
        if variant.warns:
            yield f"        leaves open {', '.join(variant.warns)}"


def _chosen(globs: tuple[str, ...], known: Mapping[str, Declared], word: str) -> Iterator[Declared]:
    """Those of `known` whose name matches any of `globs`. Raises UserError for a glob that matches none."""
    from conformance.contract.suggestions import did_you_mean, unmatched_globs  # noqa: PLC0415 - with the faults

    for glob in unmatched_globs(globs, known):
        command = f"connect-conformance faults{' --variants' if word == 'variant' else ''}"
        hint = did_you_mean(glob, known) or f"{command} lists all."
        raise UserError(f"no {word} has a name like {glob}: {hint}")
    return (each for name, each in known.items() if any(fnmatchcase(name, glob) for glob in globs or ["*"]))
