"""The reference endpoint as an ASGI application, for programs that want it without a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.types import Receive, Scope, Send

from conformance.reference.server import application
from conformance.reference.serving import ReplaceableService, announcement


class ReferenceApplication:
    """An ASGI application that keeps every promise, or breaks those of the seeded `fault`.

    `base_url` is the address that its URLs lead to. It is in the lawful `variants`. Its state is its own. Raises
    LookupError for a fault or variant that does not exist.
    """

    def __init__(self, base_url: str, fault: str | None = None, variants: Iterable[str] = ()) -> None:
        self._replaceable = ReplaceableService(base_url)
        if fault or variants:
            # Faults are loaded only where one is asked for: there are thousands.
            from conformance.reference.composition import compose  # noqa: PLC0415

            self._replaceable.replace(*compose([fault] if fault else [], variants))
        self._application = application(self._replaceable.handle, self._replaceable.sockets)
        self._known = announcement(base_url)

    @property
    def ids(self) -> Mapping[str, Any]:
        """The ids that it knows, by the names of the options that take them."""
        return {name: value for name, value in self._known.items() if name != "url"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or serve a web socket."""
        await self._application(scope, receive, send)

    def advance(self, seconds: float) -> None:
        """Move its clock forward."""
        self._replaceable.service.advance(seconds)
