"""How much of a violation's evidence fits on the page. compliance.json holds the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.visible import cut, runs_named

BUDGET = 700_000  # code points for the evidence of all violations together
LEAST, MOST = 500, 12_000  # code points for one violation
CALLS_SHOWN = 12
HEADERS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Room:
    """The space that each violation of a page gets, in code points."""

    share: int

    @classmethod
    def for_violations(cls, violations: Sequence[Mapping[str, Any]]) -> Room:
        """Equal shares of the page's budget for `violations`."""
        return cls(min(MOST, max(LEAST, BUDGET // max(1, len(violations)))))

    def program(self, text: str | None) -> str | None:
        """`text` where it fits whole: half a program is worth nothing."""
        return text if text and len(text) <= self.share * 3 // 5 else None

    def calls(self, violation: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The last calls of a story, as text: what was sent and what came back."""
        shown = violation["exchanges"][-CALLS_SHOWN:]
        each = max(LEAST, self.share // 3) // max(1, 2 * len(shown))
        first = len(violation["exchanges"]) - len(shown) + violation["exchanges_left_out"] + 1
        return [_call(exchange, number, each) for number, exchange in enumerate(shown, first)]


def _call(exchange: Mapping[str, Any], number: int, limit: int) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    return {
        "number": number,
        "operation": exchange["operation"],
        "attempt": exchange["attempt"],
        "milliseconds": exchange["elapsed_seconds"] * 1000,
        "title": f"{request['method']} {cut(request['path'], 200)}",
        "request": _message(f"{request['method']} {cut(request['path'], 1_000)}", request, limit),
        "status": response["status"] if response else None,
        "response": _message(f"HTTP {response['status']}", response, limit) if response else None,
        "failure": exchange["failure"],
    }


def _message(first_line: str, side: Mapping[str, Any], limit: int) -> str:
    """A request or response as it travels: first line, headers, body."""
    headers = side["headers"]
    lines = [first_line, *(f"{name}: {cut(value, 200)}" for name, value in headers[:HEADERS_SHOWN])]
    if len(headers) > HEADERS_SHOWN:
        lines.append(f"[{len(headers) - HEADERS_SHOWN} more headers not shown]")
    return "\n".join((*lines, "", _body(side, limit)))


def _body(side: Mapping[str, Any], limit: int) -> str:
    if not side["body"]:
        return "[no body]"
    note = f"\n[{side['body_bytes']:,} bytes]" if side["cut"] or len(side["body"]) > limit else ""
    return cut(runs_named(side["body"]), max(200, limit)) + note
