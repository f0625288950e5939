"""What a run writes down of itself before its first request: how its ledger begins, and how its journal does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from conformance.contract.catalogue import digest
from conformance.contract.edition import edition_in_use
from conformance.contract.model_files import model_sources
from conformance.endpoint.back_end import named_back_end
from conformance.endpoint.settings import Settings
from conformance.session.options import Options
from conformance.session.run_settings import FROM_REFERENCE, signs_with_real
from conformance.session.selection import Selection
from conformance.session.versions import versions
from connect_conformance_pytest.options import REFERENCE

_MADE_BY_REFERENCE = ("--advance-clock",)


def journal_header(options: Options, settings: Settings, started: float) -> dict[str, Any]:
    """Where the contacts of a run are. `started` is when it began, in seconds since 1970."""
    return {
        "target": settings.target,
        "region": settings.region,
        "reference": options["--target"] == REFERENCE,
        "on_aws": settings.on_aws,
        "absent": settings.absent,
        "credentials": _credentials(options),
        "started": _instant(started),
    }


def ledger_header(
    options: Options, settings: Settings, selection: Selection | None, proxies: Mapping[str, str], started: float
) -> dict[str, Any]:
    """The endpoint of a run, what it is judged by, its tests, and what it runs on."""
    return {
        **_endpoint(options, settings, proxies),
        **_contract(),
        **_tests(options, selection),
        "started": _instant(started),
        "versions": versions(),
    }


def _endpoint(options: Options, settings: Settings, proxies: Mapping[str, str]) -> dict[str, Any]:
    return {
        "target": options["--target"],
        "endpoint": settings.target,
        "participant_endpoint": settings.participant_target,
        "region": settings.region,
        "rate": options["--rate"],
        "rates": {name: stated.rate for name, stated in settings.rates.items()},
        "instance_id": settings.instance_id,
        "contact_flow_id": settings.contact_flow_id,
        "ca_bundle": settings.ca_bundle,
        "proxies": proxies,
        "credentials": _credentials(options),
        "absent": settings.absent,
        "back_end": named_back_end(settings),
    }


def _contract() -> dict[str, Any]:
    edition = edition_in_use()
    return {
        "sources": [asdict(source) for source in model_sources()],
        "edition": asdict(edition) if edition else None,
        "catalogue": digest(),
    }


def _tests(options: Options, selection: Selection | None) -> dict[str, Any]:
    from_reference = (*FROM_REFERENCE, *_MADE_BY_REFERENCE) if options["--target"] == REFERENCE else ()
    chosen = selection or Selection(0, 0)
    return {
        "seed": options.seed,
        "depth": options.depth.name,
        "scope": options["--requirement"],
        "level": options["--level"],
        "selection": selection.plain() if selection else None,
        "deviations": [deviation.plain() for deviation in options.deviations],
        "given": [*options.given, *from_reference],
        "command": options.command(chosen.places, chosen.options),
    }


def _credentials(options: Options) -> str:
    return "real" if signs_with_real(options) else "test"


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
