"""Which endpoint is served: the reference as it is, in other lawful readings, or with a seeded fault."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.reference.choices import Choices
from conformance.reference.faults import find
from conformance.reference.readings import READINGS, Reading, choices_of, wrap_of
from conformance.reference.serving import Wrap


class UnknownReading(LookupError):
    """A name that no reading has. Its text is one sentence for the user."""


def cast(fault: str | None, readings: Iterable[str] = ()) -> tuple[Wrap, Choices]:
    """What makes the reference into the one with this fault and in these readings.

    Raises UnknownFault and UnknownReading.
    """
    seeded = find(fault) if fault is not None else None
    chosen = [_reading(name) for name in readings]
    remake = wrap_of(*chosen)
    return (lambda service: remake(seeded.wrap(service) if seeded else service.handle)), choices_of(*chosen)


def _reading(name: str) -> Reading:
    try:
        return READINGS[name]
    except KeyError:
        raise UnknownReading(f"there is no reading {name}: choose from {', '.join(READINGS)}") from None
