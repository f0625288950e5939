"""The first start of a run with a ClientToken, kept to be repeated after the starts of all others.

That a token repeats its result after many others is seen without making others for its own sake: the run makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.wire import Exchange


@dataclass(slots=True)
class EarlierStart:
    """A start that succeeded: its `arguments` but for the `token`, its exchange, and the tokens that followed.

    Its `contact` stays open and unused, as long as there is room for it.
    """

    arguments: Mapping[str, Any]
    token: str
    exchange: Exchange
    contact: str
    others: set[str] = field(default_factory=set)
