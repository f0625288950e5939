"""Which endpoint is served: the reference as it is, in other lawful variants, or with a seeded fault."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.suggestions import did_you_mean
from conformance.reference.choices import Choices
from conformance.reference.faults import find
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.serving import Wrap
from conformance.reference.variants.registry import VARIANTS, alter, choices_of, wrap_of
from conformance.reference.variants.variant import Variant


class UnknownVariant(LookupError):
    """A name that no variant has. Its text is one sentence for the user."""


def compose(faults: Iterable[str], variants: Iterable[str] = ()) -> tuple[Wrap, Choices]:
    """What makes the reference into the one with these faults and in these variants.

    Of several faults only the last may stand before the service; the others must be put into it, as those are that
    follow from the contract. Raises UnknownFault and UnknownVariant.
    """
    seeded = [find(name) for name in faults]
    chosen = [_variant(name) for name in variants]
    remake = wrap_of(*chosen)

    def wrap(service: ReferenceService) -> Handler:
        alter(service, *chosen)
        handlers = [fault.wrap(service) for fault in seeded]
        return remake(handlers[-1] if handlers else service.handle)

    return wrap, choices_of(*chosen)


def _variant(name: str) -> Variant:
    try:
        return VARIANTS[name]
    except KeyError:
        hint = did_you_mean(name, VARIANTS) or f"choose from {', '.join(VARIANTS)}"
        raise UnknownVariant(f"there is no variant {name}: {hint}") from None
