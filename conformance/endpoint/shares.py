"""The part of a run's limits that falls to one of several runs at the same time, or to one of its processes."""

from __future__ import annotations

from conformance.endpoint.addresses import SettingsError


def share_of(option: str, limit: int | None, shards: int) -> int | None:
    """One of `shards` equal parts of `limit`, rounded down, so that all parts together never exceed it.

    None, for no limit, stays None. Raises SettingsError where nothing is left for each.
    """
    if limit is None:
        return None
    if limit < shards:
        raise SettingsError(f"{option} {limit} cannot be divided by --shards {shards}: give {shards} or more")
    return limit // shards


def open_share(most_open: int, process: int, processes: int) -> int:
    """How many contacts process number `process` of `processes`, from 0, may leave open: all parts make `most_open`."""
    each, rest = divmod(most_open, processes)
    return each + (process < rest)
