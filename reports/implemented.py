"""Which operations the endpoint implements, by what the plainest call of each got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.contract.model import operations
from reports.run import Run

Call = Mapping[str, Any]


def operations_of(run: Run) -> dict[str, Any]:
    """The operations that `run` called plainly, as compliance.schema.json describes them."""
    calls = [
        {"operation": name, **{key: run.plain_calls[name][key] for key in ("standing", "implemented", "reason")}}
        for name in operations()
        if name in run.plain_calls
    ]
    return {
        "asked": len(calls),
        "implemented": sum(call["implemented"] is True for call in calls),
        "unknown": sum(call["implemented"] is None for call in calls),
        "sentence": _sentence(calls),
        "plain_calls": calls,
    }


def _sentence(calls: Sequence[Call]) -> str | None:
    """How many operations are implemented, and which are not; None where no operation was called."""
    if not calls:
        return None
    lacking = [call for call in calls if call["implemented"] is False]
    unknown = [call["operation"] for call in calls if call["implemented"] is None]
    asked = f"{len(calls)} operations" if len(calls) == len(operations()) else f"the {len(calls)} operations asked for"
    if len(lacking) == len(calls):
        answers = ", ".join(dict.fromkeys(call["reason"] for call in lacking))
        advice = "is --target the API's address, with its base path?"
        return f"The endpoint implements none of {asked} ({answers}): {advice}"
    if len(unknown) == len(calls):
        return f"Nothing shows whether the endpoint implements any of {asked}."
    sentence = f"The endpoint implements {len(calls) - len(lacking) - len(unknown)} of {asked}"
    if lacking:
        sentence += f"; it does not implement {_list([call['operation'] for call in lacking])}"
    if unknown:
        sentence += f"; nothing shows whether it implements {_list(unknown)}"
    return f"{sentence}."


def _list(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
