"""Times in replies, judged by the clocks that may be the endpoint's.

A time that a reply states is compared with the moment of that reply. Three clocks show that moment: the Date header,
this machine's clock, and the times of messages. Each can belong to another machine, or be wrong: a server in front, a
cache, the tester's machine. So a time is right if one clock says so. It is wrong only if two of them agree that it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from conformance.checks.replies import judged_reply
from conformance.checks.value_text import value_text
from conformance.checks.violation import Inconclusive
from conformance.contract.wire import Exchange
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.local_time import local_time
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.clocks import DATE, MOST_APART, STATED, date_of
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.participants import text_at

OWN = "this machine's clock"
CLOCKS_APART = timedelta(seconds=MOST_APART)
_AGREE = timedelta(seconds=60)  # within which two clocks say the same
_SAMPLES = 8  # messages whose times show how far the clocks of the endpoint's machines are apart

Fits = Callable[[datetime, timedelta], bool]


def instant(stated: Any) -> datetime:
    """The moment that an ISO 8601 text states, UTC where it names no offset.

    Raises SetupFailed for anything else: another requirement judges whether the member is a time.
    """
    try:
        parsed = datetime.fromisoformat(stated)
    except (ValueError, TypeError) as wrong:
        raise SetupFailed(f"{value_text(stated)} is no time") from wrong
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Present:
    """The moment of a reply, by each clock that may be the endpoint's."""

    scenario: ScenarioCalls
    reply: Exchange
    clocks: Mapping[str, datetime]

    @property
    def latest(self) -> datetime:
        """The moment by the clock that is ahead of all others."""
        return max(self.clocks.values())

    @property
    def earliest(self) -> datetime:
        """The moment by the clock that is behind all others."""
        return min(self.clocks.values())

    def fits(self, fits: Fits) -> bool:
        """Whether `fits` holds by one of the clocks. It is given a moment, and how far from it the right one may be.

        That is half of the time that the call took, in which the endpoint replied at any moment, and by how much clocks
        may be apart. Where it fails only because of some seconds, the times of a few messages show how far the clocks
        of the endpoint's machines are apart. Raises Inconclusive where it fails and no two clocks agree on the moment.
        """
        for apart in self._allowances(fits):
            if self._any(fits, apart):
                return True
        if not any(abs(one - other) <= _AGREE for one, other in combinations(self.clocks.values(), 2)):
            raise Inconclusive(f"nobody knows the endpoint's time: {self}", self.reply)
        return False

    def miss(self, stated: datetime) -> timedelta:
        """How long after the reply `stated` is, by the clock that it is nearest to."""
        return min((stated - moment for moment in self.clocks.values()), key=abs)

    def _allowances(self, fits: Fits) -> Sequence[timedelta]:
        known = _apart(self.scenario)
        if not self._any(fits, CLOCKS_APART) or self._any(fits, known):
            return (known,)
        return (_measure_clocks(self.scenario),)

    def _any(self, fits: Fits, apart: timedelta) -> bool:
        half = timedelta(seconds=self.reply.elapsed / 2)
        return any(fits(moment - half, half + apart) for moment in self.clocks.values())

    def __str__(self) -> str:
        moments = [f"{moment:%Y-%m-%d %H:%M:%S} by {name}" for name, moment in self.clocks.items()]
        listed = " and ".join(moments)
        return listed if DATE in self.clocks else f"{listed}, and the reply has no Date header"


def present_of(scenario: ScenarioCalls, reply: Exchange, *, messages: bool = True) -> Present:
    """The moment of `reply`; with `messages` the times of messages show it too.

    Raises Inconclusive when no answer came.
    """
    judged_reply(reply)
    known = scenario.verifier.profile.clocks
    own = datetime.fromtimestamp(reply.started + reply.elapsed + known.moved, UTC)
    clocks, dated, ahead = {OWN: own}, date_of(reply), known.ahead(STATED) if messages else None
    if dated is not None:
        clocks[DATE] = dated
    if ahead is not None:
        clocks[STATED] = own + timedelta(seconds=ahead)
    return Present(scenario, reply, clocks)


def is_when_sent(scenario: ScenarioCalls, sent: Exchange, near: timedelta, due: datetime | None = None) -> bool:
    """Whether the AbsoluteTime in the reply `sent` is near the moment of that reply, or near `due` if it is given.

    Raises Inconclusive where that moment is unknown, SetupFailed for what is no time: that is the member's own
    violation.
    """
    stated = time_stated_in(sent)
    if due is not None and abs(stated - due) <= near:
        return True
    return present_of(scenario, sent, messages=False).fits(lambda now, apart: abs(stated - now) <= near + apart)


def lateness(scenario: ScenarioCalls, sent: Exchange) -> timedelta:
    """How long after the reply `sent` the AbsoluteTime in it is, by the clock that it is nearest to."""
    return present_of(scenario, sent, messages=False).miss(time_stated_in(sent))


def time_stated_in(sent: Exchange) -> datetime:
    """The AbsoluteTime in the reply `sent`. Raises Inconclusive when no answer came, SetupFailed for no time."""
    return instant(text_at(judged_reply(sent).members, "AbsoluteTime"))


def moment(stated: Any) -> Any:
    """A time as a moment, so that a fraction of zeros counts for nothing; any other text is returned unchanged."""
    try:
        return datetime.fromisoformat(stated)
    except (ValueError, TypeError):
        return stated


def is_near(scenario: ScenarioCalls, off: timedelta, slack: timedelta) -> bool:
    """Whether two times of different replies, `off` from what is due, are within `slack` and what clocks are apart."""
    return abs(off) <= slack + _apart(scenario) or (
        abs(off) <= slack + CLOCKS_APART and abs(off) <= slack + _measure_clocks(scenario)
    )


def off_by(stated: timedelta, due: timedelta, first: Exchange, later: Exchange) -> timedelta:
    """How far `stated` is from `due` and the time between what the endpoint did in two calls; 0 where it may be that.

    Where this process was stopped during a call, the moment at which the endpoint acted is unknown.
    """
    least = due + timedelta(seconds=later.started - first.started - first.elapsed)
    most = due + timedelta(seconds=later.started + later.elapsed - first.started)
    return max(least - stated, stated - most, timedelta(0))


def require_within(seconds: float, since: Exchange) -> None:
    """Raises Inconclusive where more than `seconds` have really passed since the call `since` was made.

    What was to be tried shortly before an end has then been tried after it.
    """
    passed = local_time() - since.started
    if passed > seconds:
        raise Inconclusive(f"it came {passed:.1f} seconds after a call, which was to be within {seconds:g}", since)


def seconds_apart(scenario: ScenarioCalls) -> int:
    """How far beside an expiry all of the endpoint's machines agree about it, in whole seconds."""
    return math.ceil(_measure_clocks(scenario).total_seconds())


def _apart(scenario: ScenarioCalls) -> timedelta:
    return timedelta(seconds=scenario.verifier.profile.clocks.apart)


def _measure_clocks(scenario: ScenarioCalls) -> timedelta:
    """The same, after some messages outside the scenario, whose times show more machines; once in a run."""
    clocks, before = scenario.verifier.profile.clocks, len(scenario.exchanges)
    if not clocks.measured:
        clocks.measured = True
        message = ChatResources(scenario, scenario.chat()).plain("SendMessage")
        for _ in range(_SAMPLES):
            scenario.send(message)
        del scenario.exchanges[before:]
    return _apart(scenario)
