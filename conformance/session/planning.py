"""The plan of a run: its tests are run against the reference endpoint first, and what they send is counted.

``--estimate`` makes the plan and ends. A run that costs money has it made by another process before it sends anything.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.requirements import Level
from conformance.endpoint.own_process import command_of
from conformance.endpoint.settings import SettingsError, rates_of
from conformance.results.ledger_files import read_ledger
from conformance.results.verdicts import ExitCode
from conformance.scenario.markers import claims_of
from conformance.session.estimate import FILE, Speed, estimate_of, words_of
from conformance.session.finish import FinishedRun, ledgers_of
from conformance.session.options import Options
from conformance.session.prices import read_prices
from conformance.session.state import DIRECTORY, OPTIONS
from connect_conformance_pytest.options import OPTIONS as ROWS
from reports import compliance

AWS = "aws"
_SPREADING = "leave out the option that spreads the run over processes"
# What shapes a run wherever it goes; all else of the command line is about the endpoint.
_SHAPING = frozenset(
    {
        *("--depth", "--level", "--requirement", "--report-dir", "--deviations", "--max-requests", "--max-contacts"),
        *("--max-open", "--probe-limits", "--estimate", "--allow-incomplete", "--fail-on"),
    }
)


def for_reference(options: Options) -> Options:
    """`options` for the run that makes the plan: against the reference, with what the run itself would have."""
    values = {name: value if name in _SHAPING else ROWS[name].get("default") for name, value in options.values.items()}
    return replace(options, values=values, planned=options)


def finish_plan(session: pytest.Session) -> FinishedRun:
    """Write and show the plan that the ledger of this run comes to."""
    config = session.config
    asked = config.stash[OPTIONS].planned
    assert asked is not None  # noqa: S101 - the caller has seen it
    entries = list(read_ledger(ledgers_of(config.stash[DIRECTORY].work)))
    plan = estimate_of(
        entries, compliance.build(entries), _levels(session.items), _speed(asked), read_prices(asked["--prices"])
    )
    place = write_plan(plan, asked.report_dir)
    return FinishedRun(words_of(plan, asked["--target"]), f"plan: {place}", ExitCode.CONFORMANT)


def write_plan(plan: Mapping[str, Any], directory: Path) -> Path:
    """Write estimate.json to `directory`. Returns its place."""
    directory.mkdir(parents=True, exist_ok=True)
    place = directory / FILE
    place.write_text(json.dumps(plan, indent=2) + "\n", encoding="utf-8")
    return place


def _levels(items: Iterable[pytest.Item]) -> Mapping[str, Level]:
    order = list(Level)
    known = catalogue()
    return {item.nodeid: min((known[rid].level for rid in claims_of(item)), key=order.index) for item in items}


def _speed(options: Options) -> Speed:
    rates = rates_of(options["--target"], options["--rates"], options["--instance-id"], options["--shards"])
    rate = options["--rate"]
    return Speed(rate / options["--shards"] if rate else None, rates)


def check_plan(options: Options, *, spread: bool) -> None:
    """Raise SettingsError where `options` do not permit what they ask for: a billable run, or a plan of several."""
    if options["--estimate"]:
        read_prices(options["--prices"])
        _speed(options)
        if spread:
            raise SettingsError(f"--estimate runs the tests in one process: {_SPREADING}")
    elif is_billable(options) and not options["--allow-billable"]:
        raise SettingsError(
            "--target aws starts chats that cost money and count against quotas: see the plan with --estimate,"
            " then give --allow-billable"
        )


def is_billable(options: Options) -> bool:
    """Whether the run is against the service itself."""
    return bool(options["--target"] == AWS)


def plan_before(config: pytest.Config) -> Mapping[str, Any]:
    """The plan of a billable run, made by a separate process. Raises pytest.UsageError where none comes."""
    place = config.stash[DIRECTORY].work / "plan"
    given = [str(word) for word in config.invocation_params.args]
    words = [*given, "--estimate", f"--report-dir={place}"]
    ended = subprocess.run(command_of("pytest", *words), capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode != ExitCode.CONFORMANT:
        printed = (ended.stderr or ended.stdout).strip().splitlines() or ["nothing was said"]
        raise pytest.UsageError(f"no plan of the run could be made, and nothing was sent: {printed[-1]}")
    plan: Mapping[str, Any] = json.loads((place / FILE).read_text(encoding="utf-8"))
    return plan
