"""The command `serve`: the reference endpoint, as it is, with a seeded fault, or with lawful variants."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from conformance.commands.ends import UserError, need_docstrings
from conformance.commands.options import complete_fault, complete_variant
from conformance.endpoint.addresses import SettingsError, check_url
from conformance.endpoint.settings import DEFAULT_REGION

if TYPE_CHECKING:
    from conformance.reference.serving import Place, Wrap

HIGHEST_PORT = 65_535


def _only_one(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    """The one value of an option. Refuses more than one, of which click would take the last without a word."""
    if len(given) > 1:
        raise click.BadParameter(f"{', '.join(given)}: the endpoint has one fault at a time; give one of them")
    return given[0] if given else None


@click.command()
@click.option("--port", type=click.IntRange(0, HIGHEST_PORT), default=0, help="Port; 0 takes a free one.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="Address to listen on, such as ::1 (127.0.0.1).")
@click.option(
    "--fault",
    metavar="NAME",
    multiple=True,
    callback=_only_one,
    help="A seeded fault; one at a time.",
    shell_complete=complete_fault,
)
@click.option(
    "--variant",
    "variants",
    metavar="NAME",
    multiple=True,
    help="A lawful variant; may be repeated.",
    shell_complete=complete_variant,
)
@click.option("--public-url", metavar="URL", help="The gateway before it, which the URLs that it hands out lead to.")
@click.option("--admin", is_flag=True, help="Answer GET /_admin/contacts too: the contacts that are open.")
@click.option("--as-service", is_flag=True, help="With the rates, quotas and delays of the real service; has --admin.")
@click.option("--seed", type=int, default=1, help="Repeats the delays of --as-service (1).")
@click.option("--aws-profile", metavar="NAME", help="--as-service: verify signatures with the keys of this profile.")
def serve(  # noqa: PLR0913, PLR0917 - a parameter for each option
    port: int,
    host: str,
    fault: str | None,
    variants: tuple[str, ...],
    public_url: str | None,
    seed: int,
    aws_profile: str | None,
    *,
    admin: bool,
    as_service: bool,
) -> None:
    """Serve the reference endpoint in the foreground until it is interrupted."""
    from conformance.reference.composition import compose  # noqa: PLC0415 - a server starts slowly
    from conformance.reference.serving import Place  # noqa: PLC0415 - a server starts slowly
    from conformance.reference.serving import serve as serve_reference  # noqa: PLC0415 - a server starts slowly

    if fault:
        need_docstrings()
    with _user_errors(host, port):
        public = check_url("--public-url", public_url) if public_url else None
        place, (wrap, choices) = Place(port, host, public, admin), compose([fault] if fault else [], variants)
        if as_service:
            place, wrap = _as_service(place, wrap, seed, aws_profile)
        serve_reference(place, wrap, choices)


@contextmanager
def _user_errors(host: str, port: int) -> Iterator[None]:
    """Show what the user has to correct as one sentence."""
    try:
        yield
    except (SettingsError, LookupError) as wrong:
        raise UserError(str(wrong)) from wrong
    except OSError as wrong:
        named = f"--port {port}" if wrong.errno in (errno.EADDRINUSE, errno.EACCES) else f"--host {host}"
        raise UserError(f"{named} cannot be used ({wrong.strerror}): choose another one") from wrong


def _as_service(place: Place, wrap: Wrap, seed: int, profile: str | None) -> tuple[Place, Wrap]:
    """The stand-in for the real service at `place`. Raises SettingsError for a profile without keys."""
    from conformance.endpoint.credentials import real_credentials  # noqa: PLC0415 - a server starts slowly
    from conformance.reference.signatures import KNOWN_KEYS, Keys  # noqa: PLC0415 - a server starts slowly
    from conformance.reference.stand_in import StandIn  # noqa: PLC0415 - a server starts slowly

    keys = KNOWN_KEYS
    if profile is not None:
        frozen = real_credentials(profile, DEFAULT_REGION).credentials.get_frozen_credentials()
        keys = Keys(frozen.access_key or "", frozen.secret_key or "")
    service = StandIn(seed, keys)
    place = replace(place, admin=True, context=service.context, delay=service.delay)
    return place, service.wrap(wrap)
