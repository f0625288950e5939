"""Lawful variants: the same endpoint, right in another way where the documents are silent or leave room.

A suite that blames any of them is wrong. Each variant is a set of choices, a wrapper of the replies, or both. The
modules of this package declare them in VARIANTS, each those of its subject; here they are gathered by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.wire import Request, Response
from conformance.reference.choices import Choices
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.variants import (
    chat_end,
    client_tokens,
    clocks,
    delays,
    error_forms,
    flows_and_bots,
    frames,
    identifiers,
    pages,
    refusals,
    replies,
    reply_forms,
    unknown_resources,
)
from conformance.reference.variants.variant import Variant

VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        *error_forms.VARIANTS,
        *reply_forms.VARIANTS,
        *client_tokens.VARIANTS,
        *refusals.VARIANTS,
        *delays.VARIANTS,
        *replies.VARIANTS,
        *unknown_resources.VARIANTS,
        *identifiers.VARIANTS,
        *pages.VARIANTS,
        *flows_and_bots.VARIANTS,
        *chat_end.VARIANTS,
        *frames.VARIANTS,
        *clocks.VARIANTS,
    )
}


def choices_of(*variants: Variant) -> Choices:
    """The choices of several variants together, the later ones counting."""
    merged: dict[str, Any] = {}
    for variant in variants:
        merged |= variant.choices or {}
    return Choices(**merged)


def wrap_of(*variants: Variant) -> Callable[[Handler], Handler]:
    """What stands before a handler, and remakes its replies, in several variants, in the order of VARIANTS."""
    order = list(VARIANTS)
    ordered = sorted(variants, key=lambda variant: order.index(variant.name))
    befores = [variant.before for variant in ordered if variant.before is not None]
    changes = [variant.change for variant in ordered if variant.change is not None]

    def wrap(handle: Handler) -> Handler:
        def handle_request(request: Request) -> Response:
            own = (answer for before in befores if (answer := before(request)) is not None)
            response = next(own, None) or handle(request)
            for change in changes:
                response = change(request, response)
            return response

        return handle_request

    return wrap


def alter(service: ReferenceService, *variants: Variant) -> None:
    """Change the parts of `service` that the variants change."""
    for variant in variants:
        if variant.alter is not None:
            variant.alter(service)
