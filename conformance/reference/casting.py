"""Which endpoint is served: the reference as it is, in other lawful readings, or with a seeded fault."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.reference.choices import Choices
from conformance.reference.faults import find
from conformance.reference.reading import Reading
from conformance.reference.readings import READINGS, alter, choices_of, wrap_of
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap


class UnknownReading(LookupError):
    """A name that no reading has. Its text is one sentence for the user."""


def cast(faults: Iterable[str], readings: Iterable[str] = ()) -> tuple[Wrap, Choices]:
    """What makes the reference into the one with these faults and in these readings.

    Of several faults only the last may stand before the service; the others must be put into it, as those are that
    follow from the contract. Raises UnknownFault and UnknownReading.
    """
    seeded = [find(name) for name in faults]
    chosen = [_reading(name) for name in readings]
    remake = wrap_of(*chosen)

    def wrap(service: ReferenceService) -> Handler:
        alter(service, *chosen)
        handlers = [fault.wrap(service) for fault in seeded]
        return remake(handlers[-1] if handlers else service.handle)

    return wrap, choices_of(*chosen)


def _reading(name: str) -> Reading:
    try:
        return READINGS[name]
    except KeyError:
        raise UnknownReading(f"there is no reading {name}: choose from {', '.join(READINGS)}") from None
