"""Which calls of a recorded scenario it cannot do without.

A call needs those whose replies gave it something. A call that read, or was refused, has changed nothing, so a
scenario without it shows the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from conformance.contract.operation_traits import STARTING
from reports.resources import body_of
from reports.run import Entry
from reports.script_judgement import SHORTEST, SUCCESS, leaves, reads


def changes_nothing(exchanges: Sequence[Entry]) -> frozenset[int]:
    """The calls that only read, or that were refused."""
    return frozenset(number for number, exchange in enumerate(exchanges) if reads(exchange) or _is_refused(exchange))


def _is_refused(exchange: Entry) -> bool:
    response = exchange["response"]
    return response is not None and response["status"] not in SUCCESS


class ScenarioCalls:
    """The calls of one scenario, by their numbers, and which of them need which.

    A scenario may have hundreds of calls and is asked about many times, so each call is read once.
    """

    def __init__(self, exchanges: Sequence[Entry]) -> None:
        self._exchanges = exchanges
        sent = [_sent_text(exchange) for exchange in exchanges]
        self._behind = _needs(sent, list(_texts_given_first(exchanges, sent)))

    def of_other_chats(self) -> frozenset[int]:
        """The calls that start another chat than the last call is about, or that are about such a one."""
        last = len(self._exchanges) - 1
        own = self._behind[last]
        return frozenset(
            call for call in range(last) if call not in own and (chats := self._chats(call)) and not chats & own
        )

    def _chats(self, call: int) -> set[int]:
        return {number for number in (call, *self._behind[call]) if self._exchanges[number]["operation"] in STARTING}

    def without(self, left_out: Collection[int]) -> list[int]:
        """All calls but for those `left_out` that nothing after them depends on; the last one stays."""
        last = len(self._exchanges) - 1
        kept = [number for number in range(last + 1) if number == last or number not in left_out]
        needed = {call for number in kept for call in self._behind[number]}
        return sorted({*kept, *needed})

    def needs_of(self, calls: Sequence[int], last: int) -> list[int]:
        """Those of `calls` whose own needs are among them; all that `last` needs is added."""
        chosen = {*calls, last, *self._behind[last]}
        return sorted(call for call in chosen if self._behind[call] <= chosen)


def _needs(sent: Sequence[str], given: Sequence[frozenset[str]]) -> list[frozenset[int]]:
    """For each call the earlier ones whose replies gave something that it sends, and those behind them."""
    needs: list[frozenset[int]] = []
    for call, own in enumerate(sent):
        givers = [number for number in range(call) if any(text in own for text in given[number])]
        needs.append(frozenset(givers).union(*(needs[number] for number in givers)))
    return needs


def _texts_given_first(exchanges: Sequence[Entry], sent: Sequence[str]) -> Iterator[frozenset[str]]:
    """For each call the texts of its reply that no request had contained until then."""
    earlier = ""
    for exchange, own in zip(exchanges, sent, strict=True):
        earlier += f"\n{own}"
        texts = {text for _, text in leaves(body_of(exchange["response"]), ()) if len(text) >= SHORTEST}
        yield frozenset(text for text in texts if text not in earlier)


def _sent_text(exchange: Entry) -> str:
    request = exchange["request"]
    return "\n".join((request["path"], *(value for _, value in request["headers"]), request["body"]))
