"""How much of a violation's evidence fits on the page. compliance.json holds the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.excerpt import deciding_values, excerpt
from reports.safe_text import cut, name_runs

PAGE = 1_950_000  # bytes that a page with failures should not exceed
ENTRY = 640  # bytes of a requirement with its share of the rest of the page, without evidence
FRAME = 1_500  # bytes around the evidence of a violation: its row among the findings, the model's own words, markup
LEAST, MOST = 1_200, 40_000  # code points for one violation
CALLS_SHOWN = 12
EARLY_SHOWN = 3  # calls before these that show what decides
HEADERS_SHOWN = 24
PROGRAMS = ("curl", "python")


@dataclass(frozen=True, slots=True)
class SpaceBudget:
    """The space that each violation of a page gets, in code points: a third for its calls, the rest for programs."""

    share: int

    @classmethod
    def for_page(cls, requirements: int, violations: int) -> SpaceBudget:
        """Equal shares of what `requirements` leave of a page for the evidence of its `violations`."""
        left = PAGE - ENTRY * requirements - FRAME * violations
        return cls(min(MOST, max(LEAST, left // max(1, violations))))

    @property
    def sentence(self) -> int:
        """Code points of what was expected, and of what was seen."""
        return self.share // 6

    def programs(self, violation: Mapping[str, Any]) -> dict[str, str | None]:
        """The programs that fit, whole: half of one is worth nothing. None stands for one that does not.

        The curl lines of a scenario make its last call only, so its script comes first there.
        """
        left, fitting = self.share * 2 // 3, set()
        for name in PROGRAMS if len(violation["exchanges"]) == 1 else reversed(PROGRAMS):
            if len(violation[name] or "") <= left:
                fitting.add(name)
                left -= len(violation[name] or "")
        return {name: violation[name] if name in fitting else None for name in PROGRAMS if violation[name]}

    def calls(self, violation: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The last calls of a scenario, and earlier ones that show what decides, as text: what was sent, what came."""
        values = deciding_values(violation["expected"], violation["actual"])
        numbered = list(enumerate(violation["exchanges"], violation["exchanges_left_out"] + 1))
        early = [one for one in numbered[:-CALLS_SHOWN] if _shows(one[1], values)][-EARLY_SHOWN:]
        shown = [*early, *numbered[-CALLS_SHOWN:]]
        room = max(LEAST, self.share) // 3
        each = min(2_000, max(200, room // 2 // max(1, 2 * len(shown))))
        decisive = max(each, room // 2)
        return [
            _call(exchange, number, decisive if exchange is violation["exchanges"][-1] else each, values)
            for number, exchange in shown
        ]


def single_call(exchange: Mapping[str, Any]) -> dict[str, Any]:
    """An exchange that stands alone, as text."""
    return _call(exchange, 1, LEAST)


def _shows(exchange: Mapping[str, Any], values: Sequence[str]) -> bool:
    """Whether one of `values` stands in a body of `exchange`."""
    bodies = [side["body"] for side in (exchange["request"], exchange["response"]) if side]
    return any(value in body for value in values for body in bodies)


def _call(exchange: Mapping[str, Any], number: int, limit: int, values: Sequence[str] = ()) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    return {
        "number": number,
        "operation": exchange["operation"],
        "attempt": exchange["attempt"],
        "milliseconds": exchange["elapsed_seconds"] * 1000,
        "title": f"{request['method']} {cut(request['path'], 200)}",
        "request": _message(f"{request['method']} {cut(request['path'], 1_000)}", request, limit, values),
        "status": response["status"] if response else None,
        "response": _message(f"HTTP {response['status']}", response, limit, values) if response else None,
        "failure": exchange["failure"],
    }


def _message(first_line: str, side: Mapping[str, Any], limit: int, values: Sequence[str]) -> str:
    """A request or response as it travels: the body in `limit` code points, the headers in twice as many.

    The body is shown around `values`, wherever they stand.
    """
    return "\n".join((first_line, *_header_lines(side["headers"], limit), "", _body(side, limit, values)))


def _header_lines(headers: Sequence[tuple[str, str]], limit: int) -> Iterator[str]:
    left = 2 * limit
    for number, (name, value) in enumerate(headers):
        line = f"{name}: {cut(value, 200)}"
        left -= len(line)
        if left < 0 or number == HEADERS_SHOWN:
            yield f"[{len(headers) - number} more headers not shown]"
            return
        yield line


def _body(side: Mapping[str, Any], limit: int, values: Sequence[str]) -> str:
    if not side["body"]:
        return "[no body]"
    note = f"\n[{side['body_bytes']:,} bytes]" if side["cut"] or len(side["body"]) > limit else ""
    return excerpt(name_runs(side["body"]), limit, values) + note
