"""Faults of the connection information that StartChatContact returns."""

from __future__ import annotations

from conformance.reference.faults.fault import fault
from conformance.reference.faults.seams import gives
from conformance.reference.service import ReferenceService

START = "StartChatContact"


@fault(f"{START}.ConnectionTypes.websocket-connects", may=(f"{START}.ConnectionTypes.*",))
def returns_a_url_that_connects_nowhere(service: ReferenceService) -> None:
    """The web socket URL of a start names a connection that there is not."""

    def elsewhere(url: str) -> str:
        return url[:-8] + "AAAAAAAA"

    gives(
        service,
        START,
        lambda _, __, m: (
            {**m, "Websocket": {**m["Websocket"], "Url": elsewhere(m["Websocket"]["Url"])}} if "Websocket" in m else m
        ),
    )
