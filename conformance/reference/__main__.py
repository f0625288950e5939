"""``python -m conformance.reference``: the endpoint as a child process that dies with its parent."""

from __future__ import annotations

from conformance.reference.choices import Choices
from conformance.reference.serving import Wrap, serve_child


def _cast(faults: list[str], readings: list[str]) -> tuple[Wrap, Choices]:
    """Faults are loaded only where one is asked for: no run should wait for them."""
    from conformance.reference.casting import cast  # noqa: PLC0415

    return cast(faults, readings)


serve_child(cast=_cast)
