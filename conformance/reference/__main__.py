"""``python -m conformance.reference``: the endpoint as a child process that dies with its parent."""

from __future__ import annotations

from conformance.reference.choices import Choices
from conformance.reference.serving import Wrap, serve_child


def _compose(faults: list[str], variants: list[str]) -> tuple[Wrap, Choices]:
    """Faults are loaded only where one is asked for: no run should wait for them."""
    from conformance.reference.composition import compose  # noqa: PLC0415

    return compose(faults, variants)


serve_child(compose=_compose)
