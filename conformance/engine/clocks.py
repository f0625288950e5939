"""What replies show of the endpoint's clocks.

An endpoint may be several machines whose clocks are some seconds apart, behind a server with another clock, a cache
that repeats an old Date, or none that writes one; and this machine's own clock may be wrong. So no single clock decides
what a time in a reply is worth.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.contract.wire import Exchange

DATE, STATED = "the Date header", "the times of messages"
_STATING = ("SendMessage", "SendEvent")
MOST_APART = 10.0  # seconds that clocks of one endpoint's machines may lawfully be apart
_OF_A_DATE = 1.0  # seconds that a Date header leaves away
_OF_ONE_DATE, _FAR = 2.0, 60.0  # seconds: Date headers of one clock are no further apart; a clock that is far off
_OF_ONE_CLOCK = 0.5  # seconds: times are rounded, and an item may get one that is later than that of the item before it


@dataclass(slots=True)
class _Seen:
    """How far ahead of this machine's clock one source was, in seconds: certainly `most`, and certainly `least`.

    Each reply gives a range, from its arrival to its request. While all ranges meet, one clock explains them, and
    `least` is not above `most`.
    """

    most: float
    least: float

    def take(self, low: float, high: float) -> None:
        """Take one more range."""
        self.most, self.least = max(self.most, low), min(self.least, high)


@dataclass(slots=True)
class EndpointClocks:
    """The clocks that replies were dated by, since the endpoint's clock was last moved.

    `moved` is by how many seconds the run has moved it in all. `measured` says that calls were made to learn `apart`.
    """

    moved: float = 0.0
    measured: bool = False
    _dates: dict[str, _Seen] = field(default_factory=dict)
    # By address, the moment that all Date headers of it had; None where they had several.
    _only_date: dict[str, datetime | None] = field(default_factory=dict)
    _undated: set[str] = field(default_factory=set)
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _apart: float = 0.0
    _items: set[int] = field(default_factory=set)  # hashes of Ids and ClientTokens: an endpoint may give long ones

    @property
    def apart(self) -> float:
        """How many seconds the clocks of the endpoint's machines are certainly apart, by the times of messages.

        0 where these are further apart than clocks may be: then they are no matter of clocks.
        """
        return max(self._apart, self._spread(STATED))

    def ahead(self, source: str) -> float | None:
        """How far `source` was ahead of this machine's clock, about, in seconds; None where it was never seen."""
        seen = self._seen.get(source)
        return None if seen is None else (seen.most + seen.least) / 2

    def learn(self, exchange: Exchange) -> None:
        """Take the times of a reply, if it has any."""
        dated, stated = date_of(exchange), self._new_time(exchange)
        if dated is not None and not self.moved:
            _take(self._dates, exchange.base, _range(exchange, dated, _OF_A_DATE))
            self._only_date[exchange.base] = dated if self._only_date.get(exchange.base, dated) == dated else None
        elif exchange.response is not None and dated is None:
            self._undated.add(exchange.base)
        if stated is not None:
            low, high = _range(exchange, stated, 0.0)
            _take(self._seen, STATED, (low - self.moved, high - self.moved))

    def dates(self) -> dict[str, int | None]:
        """By base URL, how many seconds its Date headers were ahead of this machine's clock before any was moved.

        None where replies had no Date header.
        """
        known = {base: round((seen.most + seen.least) / 2) for base, seen in self._dates.items()}
        return {**dict.fromkeys(self._undated), **known}

    def sentences(self) -> list[str]:
        """What a reader should know of these clocks, none where all of them agree."""
        sentences = []
        if self.apart:
            sentences.append(
                f"The endpoint's machines date messages by clocks that are {_seconds(self.apart)} apart: times of "
                "different replies were compared with so much room."
            )
        for base, seen in self._dates.items():
            spread, still = seen.most - seen.least, self._only_date.get(base)
            if spread > _OF_ONE_DATE and still is not None:
                sentences.append(
                    f"The Date header of {base} stood still at {still:%Y-%m-%d %H:%M:%S} UTC, as that of a cache: "
                    "times in replies were judged by other clocks."
                )
            elif spread > _OF_ONE_DATE:
                sentences.append(
                    f"The Date headers of {base} are {_seconds(spread)} apart, as of a cache or of several machines: "
                    "times in replies were judged by other clocks too."
                )
            elif abs(off := (seen.most + seen.least) / 2) > _FAR:
                direction = "ahead of" if off > 0 else "behind"
                sentences.append(f"The Date header of {base} is {_seconds(abs(off))} {direction} this machine's clock.")
        return sentences

    def move(self, seconds: float) -> None:
        """The run moves the endpoint's clock: what it showed before counts no more."""
        self._apart = self.apart
        self._seen.clear()
        self.moved += seconds

    def _new_time(self, exchange: Exchange) -> datetime | None:
        """The time of a message or event, None for one that had its time from an earlier call with its ClientToken.

        Nobody need have seen the reply of that call.
        """
        stated, token = _stated_time(exchange), _client_token(exchange)
        repeated = token is not None and self._is_known(("ClientToken", token))
        if stated is None or exchange.response is None:
            return None
        item = exchange.response.members.get("Id")
        known = isinstance(item, str) and self._is_known(("Id", item))
        return None if known or repeated else stated

    def _is_known(self, item: tuple[str, str]) -> bool:
        """Whether `item` was here before; from now on it is."""
        known = hash(item) in self._items
        self._items.add(hash(item))
        return known

    def _spread(self, source: str) -> float:
        seen = self._seen.get(source)
        spread = 0.0 if seen is None else seen.most - seen.least
        return spread if _OF_ONE_CLOCK < spread <= MOST_APART else 0.0


def _range(exchange: Exchange, moment: datetime, cut: float) -> tuple[float, float]:
    """How many seconds a clock that showed `moment` is ahead of this machine's, at least and at most.

    `cut` is how many seconds the reply may have left away.
    """
    late = moment.timestamp() - exchange.started
    return late - exchange.elapsed, late + cut


def _take(known: dict[str, _Seen], source: str, between: tuple[float, float]) -> None:
    known.setdefault(source, _Seen(*between)).take(*between)


def _seconds(number: float) -> str:
    return "1 second" if round(number) == 1 else f"{round(number):,} seconds"


def date_of(exchange: Exchange) -> datetime | None:
    """The moment in the Date header of a reply, to the second; None without one, or where it is no time."""
    date = exchange.response.header("Date") if exchange.response is not None else None
    try:
        return _utc(parsedate_to_datetime(date or ""))
    except (ValueError, OverflowError, TypeError):
        return None


def _stated_time(exchange: Exchange) -> datetime | None:
    response = exchange.response
    if exchange.request.operation not in _STATING or response is None or not response.succeeded:
        return None
    try:
        return _utc(datetime.fromisoformat(response.members.get("AbsoluteTime", "")))
    except (ValueError, TypeError):
        return None


def _client_token(exchange: Exchange) -> str | None:
    """The ClientToken of a message or event, None where it has none."""
    if exchange.request.operation not in _STATING:
        return None
    try:
        token = json.loads(exchange.request.body).get("ClientToken")
    except (ValueError, AttributeError, RecursionError):
        return None
    return token if isinstance(token, str) and token else None


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
