"""The ledger's files, read again: the entries of a run in order, each with its exchanges in full."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.results.ledger import SCHEMA_VERSION

_FOOTER = '{"entry": "footer"'  # as the ledger writes it


class LedgerError(ValueError):
    """A ledger file cannot be read. Its text says where and what to do."""


@dataclass(frozen=True, slots=True)
class LedgerFiles:
    """The entries of one run's ledger files in order, read anew each time that they are gone through.

    Nobody needs all of them at once, and they can be many. Going through them raises LedgerError for what is no entry.
    """

    paths: tuple[Path, ...]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for path in self.paths:
            yield from whole_exchanges(_entries_of(path))

    def footers(self) -> Iterator[dict[str, Any]]:
        """How each process of the run ended. All other lines, which are many, are only looked at."""
        for path in self.paths:
            yield from _entries_of(path, _FOOTER)


def read_ledger(paths: Iterable[Path]) -> LedgerFiles:
    """The entries of one run's ledger files.

    A last line that was cut off (the run was killed while writing) is left out. Raises LedgerError for a file
    that is missing, is not a ledger, or has another schema version.
    """
    found = LedgerFiles(tuple(paths))
    first = next(iter(found), {})
    if first.get("entry") != "header":
        raise LedgerError("the ledger has no header: give the ledger.jsonl of a run")
    if first.get("schema_version") != SCHEMA_VERSION:
        raise LedgerError(f"the ledger has schema version {first.get('schema_version')}, not {SCHEMA_VERSION}")
    return found


def _entries_of(path: Path, beginning: str = "") -> Iterator[dict[str, Any]]:
    """The entries of a file whose lines have that `beginning`."""
    try:
        with path.open(encoding="utf-8") as lines:
            yield from _parse(path, (line for line in lines if line.startswith(beginning)))
    except (OSError, UnicodeDecodeError) as wrong:
        raise LedgerError(f"cannot read the ledger {path}: {wrong}") from wrong


def _parse(path: Path, lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError as wrong:
            if next(lines, None) is None:
                return
            raise LedgerError(f"{path}, line {number} is not JSON: {wrong}") from wrong
        if not isinstance(entry, dict):
            raise LedgerError(f"{path}, line {number} is no JSON object")
        yield entry


def whole_exchanges(entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries of one file with each exchange in full, also where an entry has only its number."""
    shared: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if entry.get("exchanges"):
            whole = (_whole(exchange, shared) for exchange in entry["exchanges"])
            entry["exchanges"] = [exchange for exchange in whole if exchange]
        yield entry


def _whole(exchange: dict[str, Any], shared: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """`exchange` without its number; one that is named by its number only is that of an earlier entry, if any."""
    number = exchange.pop("number", None)
    if number is None:
        return exchange
    return shared.setdefault(number, exchange)
