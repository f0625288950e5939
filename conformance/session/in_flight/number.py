"""How many calls a run has in flight."""

from __future__ import annotations

from math import ceil
from urllib.parse import urlsplit

from conformance.endpoint.proxies import is_this_machine
from conformance.endpoint.settings import Settings, SettingsError

FAR = 8  # calls before an endpoint that is not on this machine


def check_in_flight(asked: int | None) -> None:
    """Raises SettingsError for what is no number of calls."""
    if asked is not None and asked < 1:
        raise SettingsError(f"--in-flight {asked} cannot be used: give a whole number of 1 or more")


def calls_in_flight(asked: int | None, settings: Settings) -> int:
    """What was `asked` for, else 1 before this machine and FAR before any other.

    No more than contacts may be open, or than a rate that the run is held to lets go in a second.
    """
    near = is_this_machine(urlsplit(settings.target).hostname or "")
    bounds = [settings.max_open, *([ceil(settings.rate)] if settings.rate is not None else [])]
    return min(asked or (1 if near else FAR), *bounds)
