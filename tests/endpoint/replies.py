"""What a test expects of an exchange before it looks closer: a reply, or the reason why none came."""

from __future__ import annotations

from conformance.contract.wire import Exchange, Response


def reply_to(exchange: Exchange) -> Response:
    """The reply. Fails the test where none came."""
    assert exchange.response is not None, exchange.failure
    return exchange.response


def failure_of(exchange: Exchange) -> str:
    """Why no reply came. Fails the test where one did."""
    assert exchange.failure is not None
    return exchange.failure
