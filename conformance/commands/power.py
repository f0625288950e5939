"""The command `power`: every seeded fault and lawful variant, judged by the suite's own tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.commands.ends import UserError, need_docstrings
from conformance.commands.options import report_dir_of_a_command
from conformance.power.part import WHOLE, Part, part_of
from conformance.results.verdicts import ExitCode
from connect_conformance_pytest.options import DEPTHS

if TYPE_CHECKING:
    from conformance.power.plan import Plan


def _part(_: click.Context, __: click.Parameter, given: str | None) -> Part:
    try:
        return WHOLE if given is None else part_of(given)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from wrong


@click.command()
@click.option("--depth", type=click.Choice(DEPTHS), default="smoke", help="How many examples are drawn.")
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
    help="Judge each fault only by the tests that claim what it breaks, and variants in combinations of those chosen.",
)
@click.option(
    "--part",
    metavar="N/OF",
    callback=_part,
    help="Only the N-th of OF parts, such as 3/14: the same faults and variants each time, and the reference as it is.",
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
    part: Part,
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
    if disturbances and part != WHOLE:
        raise UserError("--part: the runs under disturbances have no parts; leave it out")
    if disturbances:
        raise SystemExit(_play_disturbances(globs, disturbances, jobs or 1, report_dir))
    need_docstrings()
    trials = {"depth": depth, "seeds": seeds, "whole": not claims_only, "in_flight": in_flight}
    chosen = _plan(globs, part, variants_only=variants_only, **trials)
    raise SystemExit(_play_endpoints(chosen, jobs, report_dir))


def _plan(globs: tuple[str, ...], part: Part, **trials: Any) -> Plan:
    from conformance.power.plan import NothingChosen, NothingInPart, plan  # noqa: PLC0415 - they load slowly

    try:
        return plan(globs, **trials).only(part)
    except NothingChosen as wrong:
        raise UserError(f"--only: {wrong}") from wrong
    except NothingInPart as wrong:
        raise UserError(f"--part: {wrong}") from wrong


def _play_endpoints(chosen: Plan, jobs: int | None, report_dir: Path) -> ExitCode:
    from conformance.power.closing import lines  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.command import measure  # noqa: PLC0415 - a thousand faults load slowly
    from conformance.power.judgement import flaws  # noqa: PLC0415 - a thousand faults load slowly

    measured = measure(chosen, report_dir, jobs, lambda text: click.echo(text, err=True))
    for line in lines(measured, narrowed=chosen.narrowed):
        click.echo(line)
    return _code(flaws(measured), finished=measured["finished"])


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
