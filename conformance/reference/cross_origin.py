"""What browsers may do for pages on other origins: every page may call the endpoint and read its replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.contract.wire import Headers, Request, Response

EXPOSED = ("x-amzn-RequestId", "x-amzn-ErrorType", "Date")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
A_DAY = 86_400  # seconds that a browser may remember a preflight's answer


class CrossOrigin:
    """Answers preflights, and marks every other reply as one that a page may read (as the real service was seen to)."""

    def answer(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        """The reply of `handle` with headers for pages, or the answer to a preflight, which `handle` does not get."""
        return self.preflight(request) or self.show(request, handle(request))

    def preflight(self, request: Request) -> Response | None:
        """The answer to a browser that asks before it calls, naming what it asked for; None for any other request."""
        method = request.header("Access-Control-Request-Method")
        if request.method != "OPTIONS" or method is None or request.header("Origin") is None:
            return None
        named = request.header("Access-Control-Request-Headers")
        asked = (("Access-Control-Allow-Headers", named),) if named else ()
        return self.show(request, Response(200, (*asked, *self.limits())))

    def limits(self) -> Headers:
        """What a preflight's answer says beside the origin and the headers."""
        return (("Access-Control-Allow-Methods", ", ".join(METHODS)), ("Access-Control-Max-Age", str(A_DAY)))

    def show(self, request: Request, response: Response) -> Response:
        """`response` to `request`, readable by the page that sent it; who names no origin is no page."""
        if request.header("Origin") is None:
            return response
        headers = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", ", ".join(EXPOSED)))
        return replace(response, headers=(*response.headers, *headers))
