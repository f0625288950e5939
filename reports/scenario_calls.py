"""Which calls of a recorded scenario it cannot do without.

A call needs those whose replies gave it something. A call that read, or was refused, has changed nothing, so a
scenario without it shows the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

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


def of_other_chats(exchanges: Sequence[Entry]) -> frozenset[int]:
    """The calls that start another chat than the last call is about, or that are about such a one."""
    own = _behind(exchanges, len(exchanges) - 1)
    return frozenset(
        call
        for call in range(len(exchanges) - 1)
        if call not in own and (chats := _chats(exchanges, call)) and not chats & own
    )


def _chats(exchanges: Sequence[Entry], call: int) -> set[int]:
    return {number for number in (call, *_behind(exchanges, call)) if exchanges[number]["operation"] in STARTING}


def without(exchanges: Sequence[Entry], left_out: Collection[int]) -> list[int]:
    """The calls of a scenario but for those `left_out` that nothing after them depends on; the last one stays."""
    last = len(exchanges) - 1
    kept = [number for number in range(last + 1) if number == last or number not in left_out]
    needed = {call for number in kept for call in _behind(exchanges, number)}
    return sorted({*kept, *needed})


def needed_by(exchanges: Sequence[Entry], calls: Sequence[int], last: int) -> list[int]:
    """Those of `calls` whose own needs are among them; all that `last` needs is added."""
    chosen = {*calls, last, *_behind(exchanges, last)}
    return sorted(call for call in chosen if _behind(exchanges, call) <= chosen)


def _behind(exchanges: Sequence[Entry], call: int) -> set[int]:
    """The earlier calls whose replies gave something that `call` sends, and those behind them."""
    found: set[int] = set()
    waiting = [call]
    while waiting:
        now = waiting.pop()
        sent = _sent_text(exchanges[now])
        for number in range(now):
            if number not in found and _gives(exchanges[:now], number, sent):
                found.add(number)
                waiting.append(number)
    return found


def _gives(before: Sequence[Entry], number: int, sent: str) -> bool:
    """Whether the reply of call `number` is the first place that a text of `sent` comes from."""
    own = {
        text for _, text in leaves(body_of(before[number]["response"]), ()) if len(text) >= SHORTEST and text in sent
    }
    earlier = "\n".join(map(_sent_text, before[: number + 1]))
    return any(text not in earlier for text in own)


def _sent_text(exchange: Entry) -> str:
    request = exchange["request"]
    return "\n".join((request["path"], *(value for _, value in request["headers"]), request["body"]))
