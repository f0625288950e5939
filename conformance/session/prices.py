"""What the calls of a run cost: a table of prices by operation, the suite's own or the user's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from conformance.contract.model import operations
from conformance.contract.toml_files import read_toml
from conformance.endpoint.settings import SettingsError

FORM = 'currency = "USD" and a table [calls] with a price for each operation that costs something'


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of one call of each operation, in `currency`; what is not in `calls` costs nothing."""

    currency: str
    calls: Mapping[str, float]

    def cost_of(self, requests: Mapping[str, int]) -> float:
        """What so many `requests` of each operation cost."""
        return sum(price * requests.get(name, 0) for name, price in self.calls.items())


def read_prices(path: str | None) -> Prices:
    """The prices in the TOML file at `path`, by default the list prices. Raises SettingsError."""
    if path is None:
        return _prices(tomllib.loads(resources.files(__package__).joinpath("prices.toml").read_text(encoding="utf-8")))
    tables = _tables_at(path)
    try:
        return _prices(tables)
    except ValueError as wrong:
        raise SettingsError(f"--prices {path}: {wrong}; give {FORM}") from wrong


def _tables_at(path: str) -> Mapping[str, Any]:
    try:
        return read_toml(Path(path))
    except OSError as wrong:
        raise SettingsError(f"--prices {path} cannot be read ({wrong.strerror})") from wrong
    except ValueError as wrong:
        raise SettingsError(f"--prices {path} is {wrong}: give {FORM}") from wrong


def _prices(tables: Mapping[str, Any]) -> Prices:
    currency, calls = tables.get("currency"), tables.get("calls")
    if not isinstance(currency, str) or not isinstance(calls, dict):
        raise ValueError("it has no currency or no calls")  # noqa: TRY004 - a file's mistake, not a caller's
    for name, price in calls.items():
        if name not in operations():
            raise ValueError(f"{name} is no operation that this suite covers")
        if isinstance(price, bool) or not isinstance(price, int | float) or price < 0:
            raise ValueError(f"the price of {name} is no number of 0 or more")
    return Prices(currency, calls)
