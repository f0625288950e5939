"""The option `--version`: of the suite, and the editions of the models that it judges by."""

from __future__ import annotations

from importlib import metadata

import click

from conformance.contract.model_files import model_sources

PACKAGE = "connect-chat-conformance"
DIGITS = 12  # of a model's SHA-256, enough to distinguish editions


def editions() -> list[str]:
    """A line for the suite, and one for each service's model: its date, botocore's version, the file's SHA-256."""
    return [
        f"{PACKAGE} {metadata.version(PACKAGE)}",
        *(
            f"{source.service} {source.api_version}, botocore {source.botocore}, sha256 {source.sha256[:DIGITS]}"
            for source in model_sources()
        ),
    ]


def show(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click hands it over so
    """Print the editions, where the option is given, and end the command."""
    if value and not context.resilient_parsing:
        click.echo("\n".join(editions()))
        context.exit()
