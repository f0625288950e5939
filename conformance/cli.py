"""The command `connect-conformance`: serve the reference endpoint, list the requirements, render a report again."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands import version
from conformance.commands.compare import compare
from conformance.commands.drift import drift
from conformance.commands.ends import Commands, UserError, need_docstrings
from conformance.commands.notify import notify
from conformance.commands.options import (
    complete_fault,
    complete_variant,
    models_option,
    options_of_a_run,
    report_dir_of_a_command,
)
from conformance.commands.reproduce import reproduce
from conformance.commands.requirements import requirements
from conformance.commands.run import run as judge
from conformance.commands.settings import SettingsCommand
from conformance.contract.edition import edition_in_use
from conformance.endpoint.addresses import SettingsError, check_url
from conformance.endpoint.settings import DEFAULT_REGION
from conformance.engine.depth import DEPTHS
from conformance.results.ledger_files import LedgerError, read_ledger
from conformance.results.verdicts import ExitCode
from conformance.session.finish import ledgers_of
from reports.writing import refusal, write_file

if TYPE_CHECKING:
    from conformance.reference.serving import Place, Wrap

HIGHEST_PORT = 65_535


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=version.show,
    help="Show the version, and the editions of the models that are judged by.",
)
def main() -> None:
    """Conformance of endpoints for Amazon Connect chats: `run` judges one, `serve` gives one to try."""


main.add_command(judge)
main.add_command(compare)
main.add_command(drift)
main.add_command(reproduce)
main.add_command(requirements)
main.add_command(notify)


def _only_one(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    """The one value of an option. Refuses more than one, of which click would take the last without a word."""
    if len(given) > 1:
        raise click.BadParameter(f"{', '.join(given)}: the endpoint has one fault at a time; give one of them")
    return given[0] if given else None


@main.command()
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
    try:
        public = check_url("--public-url", public_url) if public_url else None
        place, (wrap, choices) = Place(port, host, public, admin), compose([fault] if fault else [], variants)
        if as_service:
            place, wrap = _as_service(place, wrap, seed, aws_profile)
        serve_reference(place, wrap, choices)
    except SettingsError as wrong:
        raise UserError(str(wrong)) from wrong
    except LookupError as wrong:
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


@main.command("faults")
@click.argument("globs", nargs=-1, metavar="[GLOB]...", shell_complete=complete_fault)
def list_faults(globs: tuple[str, ...]) -> None:
    """List the seeded faults whose name matches any GLOB (all without one), with what each must turn red."""
    from conformance.contract.suggestions import did_you_mean, unmatched  # noqa: PLC0415 - with the faults
    from conformance.reference.faults import faults  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    for glob in unmatched(globs, faults()):
        hint = did_you_mean(glob, faults()) or "connect-conformance faults lists all."
        raise UserError(f"no fault has a name like {glob}: {hint}")
    chosen = [fault for name, fault in faults().items() if any(fnmatchcase(name, glob) for glob in globs or ["*"])]
    for fault in chosen:
        click.echo(f"{fault.name}\n        {fault.says}\n        breaks {', '.join(fault.red)}")


@main.command()
@click.option("--depth", type=click.Choice(list(DEPTHS)), default="smoke", help="How many examples are drawn.")
@click.option(
    "--only",
    "globs",
    metavar="GLOB",
    multiple=True,
    help="Only faults and variants named so, and not the reference as it is; may be repeated.",
)
@click.option("--jobs", type=click.IntRange(1), help="How many processes work at it; by default one for each core.")
@click.option("--seeds", type=click.IntRange(1), default=1, help="With how many seeds each variant is judged (1).")
@click.option("--in-flight", type=click.IntRange(1), default=1, help="How many tests are at work at once (1).")
@click.option(
    "--claims-only",
    is_flag=True,
    help="Judge each fault only by the tests that claim what it breaks, and variants only in combinations.",
)
@click.option("--variants-only", is_flag=True, help="Judge the lawful variants and no fault.")
@click.option(
    "--disturbances",
    type=click.Choice(["all", "quick"]),
    is_flag=False,
    flag_value="all",
    help="Run the suite only under disturbances of the line and the machine: all of them, or a part in a minute.",
)
@report_dir_of_a_command
def power(  # noqa: PLR0913 - a parameter for each option
    depth: str,
    globs: tuple[str, ...],
    jobs: int | None,
    seeds: int,
    in_flight: int,
    *,
    claims_only: bool,
    variants_only: bool,
    disturbances: str | None,
    report_dir: Path,
) -> None:
    """Judge every seeded fault and lawful variant of the reference endpoint by the suite's own tests.

    Fails where a fault is not found, turns something red that it does not declare, or a variant is accused.
    What is known is written once a minute and on Ctrl-C.
    """
    if disturbances:
        raise SystemExit(_play_disturbances(globs, disturbances, jobs or 1, report_dir))
    from conformance.power.closing import lines  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.command import measure  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.judgement import flaws  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.plan import NothingChosen, plan  # noqa: PLC0415 - a thousand faults load slowly

    need_docstrings()
    try:
        chosen = plan(
            globs, depth=depth, seeds=seeds, whole=not claims_only, variants_only=variants_only, in_flight=in_flight
        )
    except NothingChosen as wrong:
        raise UserError(f"--only: {wrong}") from wrong
    measured = measure(chosen, report_dir, jobs, lambda text: click.echo(text, err=True))
    for line in lines(measured, narrowed=chosen.narrowed):
        click.echo(line)
    raise SystemExit(_code(flaws(measured), finished=measured["finished"]))


def _play_disturbances(globs: tuple[str, ...], which: str, jobs: int, report_dir: Path) -> ExitCode:
    from conformance.power.disturbances import command, judgement, plan  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.plan import NothingChosen  # noqa: PLC0415 - a thousand faults load slowly

    try:
        runs = plan.plan(globs, quick=which == "quick")
    except NothingChosen as wrong:
        raise UserError(f"--only: {wrong}") from wrong
    measured = command.measure(runs, report_dir, jobs, lambda text: click.echo(text, err=True))
    flaws = judgement.flaws(measured["disturbances"])
    for flaw in flaws:
        click.echo(flaw)
    return _code(flaws, finished=measured["finished"])


def _code(flaws: list[str], *, finished: bool) -> ExitCode:
    if not finished:
        return ExitCode.INTERRUPTED
    return ExitCode.NON_CONFORMANT if flaws else ExitCode.CONFORMANT


@main.command()
@models_option
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where to write; by default beside the ledger.")
@click.option("--history", "records", type=click.Path(path_type=Path), help="Show the runs before, of this history.")
def report(ledger: Path, report_dir: Path | None, records: Path | None) -> None:
    """Render compliance.json and compliance.html again from LEDGER, a ledger.jsonl or the directory of a run."""
    from reports import compliance, history, summary  # noqa: PLC0415 - templates load slowly

    files = ledgers_of(ledger) if ledger.is_dir() else [ledger]
    if not files:
        raise UserError(f"{ledger} holds no ledger: give the --report-dir of a run")
    try:
        built = compliance.build(read_ledger(files))
    except LedgerError as wrong:
        raise UserError(str(wrong)) from wrong
    _need_edition(built["sources"]["edition"])
    if records is not None:
        built["history"] = history.history_of(built, history.earlier_runs(built, records))
    html = _written_into(report_dir or files[0].parent, files[0].parent, lambda place: compliance.write(built, place))
    click.echo(summary.closing_lines(built, html))


def _need_edition(judged_by: dict[str, Any] | None) -> None:
    """Raise UserError where the models in use are not those that the run was judged by: their promises differ."""
    used = edition_in_use()
    if (judged_by and list(judged_by["lacks"])) != (used and list(used.lacks)):
        named = f"give --models {judged_by['directory']}" if judged_by else "leave --models out"
        raise UserError(f"the run was judged by other models than those in use: {named}")


def _written_into(place: Path, source: Path, write: Callable[[Path], Path]) -> Path:
    """Have `write` write the report of the run in `source` into `place`; files of another run there are put away."""
    from conformance.session.report_directory import ReportDirectory, held  # noqa: PLC0415 - loads slowly

    try:
        if place.resolve() == source.resolve():
            return write(place)
        with held(ReportDirectory(place)) as directory:
            directory.take_over()
            return write(place)
    except OSError as wrong:
        raise UserError(refusal("--report-dir", place, wrong)) from wrong


@main.command(cls=SettingsCommand)
@click.argument("directory", type=click.Path(path_type=Path))
@options_of_a_run(only_given=("--target", "--region"))
def cleanup(directory: Path, **given: Any) -> None:
    """Stop the contacts that runs have left open, as the journals in DIRECTORY, a report directory, name them.

    Takes the options of a run. Needed are those that say how to reach and sign for the endpoint; its address stands in
    the journal. Ends with 6 where something is left, or may be.
    """
    from conformance.session.cleanup import clean, open_journals, told  # noqa: PLC0415 - only this command needs it
    from conformance.session.report_directory import ReportDirectory  # noqa: PLC0415 - only this command needs it

    if not directory.is_dir():
        raise UserError(f"{directory} is no directory: give the --report-dir of a run")
    place = ReportDirectory(directory, "DIRECTORY")
    try:
        place.open(room=0)
        done = []
        for left in open_journals(directory):
            done.append(clean(left, {**given, "headers": given["header"]}))
            click.echo("\n".join(told(left, done[-1])))
    finally:
        place.abandon()
    if not done:
        click.echo(f"no journal in {directory} names an open contact")
    if any(cleaned.left or cleaned.unknown for cleaned in done):
        raise SystemExit(ExitCode.INCOMPLETE)


@main.command("openapi")
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
    from conformance.openapi import document, shapes  # noqa: PLC0415 - only this command needs it

    text = json.dumps(document.document(shapes.Bound(bound)), indent=1)
    if output is None:
        click.echo(text)
        return
    try:
        write_file(output, text + "\n")
    except OSError as wrong:
        raise UserError(refusal("--output", output, wrong)) from wrong
    click.echo(str(output))
