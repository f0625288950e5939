"""Times in replies: in a member, and in the Date header by the endpoint's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.endpoint.conversation import SetupFailed
from conformance.scenario.participants import text_at
from conformance.wire import Exchange


def instant(stated: Any) -> datetime:
    """The moment that an ISO 8601 text states, UTC where it names no offset.

    Raises SetupFailed for anything else: another requirement judges whether the member is a time.
    """
    try:
        told = datetime.fromisoformat(stated)
    except (ValueError, TypeError) as wrong:
        raise SetupFailed(f"{value_text(stated)} is no time") from wrong
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def endpoint_time(reply: Exchange) -> datetime:
    """When the endpoint replied, by its Date header to the second, or by our clock where there is none.

    Raises Unjudgeable when no answer came.
    """
    date = judged_reply(reply).header("Date")
    try:
        told = parsedate_to_datetime(date or "")
    except ValueError:
        return datetime.fromtimestamp(reply.started, UTC)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def lateness(sent: Exchange, earlier: Exchange | None = None, moved: int = 0) -> timedelta:
    """How long after the reply `sent` the AbsoluteTime in it is.

    Where the clock was moved by `moved` seconds since the reply `earlier`, its time counts too: a Date header may be
    that of a web server in front, whose clock nobody moves. Raises Unjudgeable when no answer came, SetupFailed for
    what is no time: that is the member's own violation.
    """
    late = _stated(sent) - endpoint_time(sent)
    if earlier is None:
        return late
    passed = timedelta(seconds=moved + sent.started - earlier.started)
    return min(late, _stated(sent) - _stated(earlier) - passed, key=abs)


def _stated(sent: Exchange) -> datetime:
    return instant(text_at(judged_reply(sent).members, "AbsoluteTime"))


def moment(stated: Any) -> Any:
    """A time as a moment, so that a fraction of zeros counts for nothing; any other text is returned unchanged."""
    try:
        return datetime.fromisoformat(stated)
    except (ValueError, TypeError):
        return stated
