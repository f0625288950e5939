"""How many calls a second each operation takes: what the documents state, and what a user's file says instead."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from conformance.contract.model import operations
from conformance.contract.toml_files import read_toml

INSTANCES = "instances"
FORM = "a table for each operation with rate (calls a second) and burst (calls at once), as in [SendMessage]"


class RatesError(ValueError):
    """A file of rates cannot be used; the text says what is wrong in it."""


@dataclass(frozen=True, slots=True)
class ServiceRate:
    """`rate` calls a second on average, `burst` of them at once."""

    rate: float
    burst: int


Rates = Mapping[str, ServiceRate]


@cache
def documented_rates() -> Rates:
    """The rates that the administrator guide states, by operation."""
    text = resources.files(__package__).joinpath("service_rates.toml").read_text(encoding="utf-8")
    return _rows(tomllib.loads(text))


def read_rates(path: Path, instance_id: str | None = None) -> Rates:
    """The rates that the TOML file at `path` states; those below ``[instances.ID]`` come before the others.

    Raises RatesError.
    """
    try:
        tables = read_toml(path)
    except OSError as wrong:
        raise RatesError(f"{path} cannot be read ({wrong.strerror})") from wrong
    except ValueError as wrong:
        raise RatesError(f"{path} is {wrong}") from wrong
    instances = tables.pop(INSTANCES, {})
    own = instances.get(instance_id, {}) if isinstance(instances, dict) else {}
    try:
        return {**_rows(tables), **_rows(own)}
    except ValueError as wrong:
        raise RatesError(f"{path}: {wrong}; give {FORM}") from wrong


def _rows(tables: Mapping[str, Any]) -> Rates:
    return {name: _row(name, table) for name, table in tables.items()}


def _row(name: str, table: Any) -> ServiceRate:
    if name not in operations():
        raise ValueError(f"{name} is no operation that this suite covers")
    if not isinstance(table, dict) or table.keys() != {"rate", "burst"}:
        raise ValueError(f"{name} has not rate and burst")
    rate, burst = table["rate"], table["burst"]
    if not _is_number(rate) or not (math.isfinite(rate) and rate > 0):
        raise ValueError(f"the rate of {name} is no number above 0")
    if not isinstance(burst, int) or isinstance(burst, bool) or burst < 1:
        raise ValueError(f"the burst of {name} is no whole number of 1 or more")
    return ServiceRate(float(rate), burst)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
