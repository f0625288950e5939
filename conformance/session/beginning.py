"""Where a run begins: its endpoint is started or reached, and only then does it take the report directory over."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.model import operations
from conformance.endpoint.settings import SettingsError
from conformance.scenario.markers import operations_in
from conformance.session.closing import take_over, tell_left_open
from conformance.session.flow_start import learn_flow_start
from conformance.session.machine import machine
from conformance.session.options import Options
from conformance.session.preflight import hopeless, preflight
from conformance.session.processes import process_of
from conformance.session.pytest_ids import rootless_id
from conformance.session.reference_process import NotStarted
from conformance.session.resume import carry_over
from conformance.session.seen_failures import SeenFailures
from conformance.session.selection import Selection, selection_of
from conformance.session.session import Run
from conformance.session.state import DIRECTORY, INTERRUPTS, NETWORK, OPTIONS, PROGRESS, RUN, worker_suffix
from connect_conformance_pytest.options import REFERENCE


def begin(session: pytest.Session) -> Run:
    """Begin the run of this process.

    A lone process looks at the endpoint first; of several, the one that started them has done so. Raises
    pytest.UsageError with one sentence where the endpoint cannot be judged as the options say.
    """
    config, options = session.config, session.config.stash[OPTIONS]
    run = open_run(config, selection_of(config, session.items, options.scope))
    if PROGRESS in config.stash:
        config.stash[PROGRESS].seen = SeenFailures(run)
    objection = None
    if not worker_suffix(config):
        resume(session, run)
        objection = look(run, options)
        tell_left_open(config, run)
        if options.planned is None:
            take_over(config)
    profile = run.verifier.profile
    if options["--target"] != REFERENCE and profile.speaks:
        learn_flow_start(run.endpoint, run.verifier.conversations)
    absent = run.endpoint.target.settings.absent
    profile.fill(n for n in operations_in(session.items) if operations()[n].service != absent)
    run.hopeless = hopeless(profile, run.endpoint.target.settings)
    if notice := run.hopeless or objection:
        run.ledger.note(notice)
    return run


def open_run(config: pytest.Config, selection: Selection | None) -> Run:
    """Open the run's files, aside until the endpoint was reached, and start the endpoint if it is the run's own."""
    directory = config.stash[DIRECTORY]
    process = process_of(config, directory.work)
    place = directory.path if process.suffix else directory.work
    run = Run(config.stash[OPTIONS], place, process, config.stash[INTERRUPTS], selection, machine(config))
    run.network = config.stash.get(NETWORK, run.network)
    process.enter()
    try:
        run.open()
    except (SettingsError, NotStarted) as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    config.stash[RUN] = run
    return run


def resume(session: pytest.Session, run: Run) -> None:
    """Take over what the run that --resume names has witnessed, and leave out the tests that it has ended.

    Raises pytest.UsageError with one sentence where that run was another kind of run.
    """
    named = run.options["--resume"]
    if named is None:
        return
    try:
        done = carry_over(Path(named), run.header, session.config.stash[DIRECTORY].work)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
    known = {rootless_id(nodeid) for nodeid in done}
    session.items[:] = [item for item in session.items if rootless_id(item.nodeid) not in known]
    if PROGRESS in session.config.stash:
        session.config.stash[PROGRESS].begin(len(session.items))


def look(run: Run, options: Options) -> str | None:
    """See whether the endpoint is there and knows its ids; the embedded one does. Returns what to tell the user."""
    if options["--target"] == REFERENCE:
        return None
    try:
        return preflight(run.verifier, run.endpoint.target.settings)
    except SettingsError as wrong:
        raise pytest.UsageError(str(wrong)) from wrong
