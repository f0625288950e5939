"""Whether a script got what the run had got: replies compared for everything that may not vary from run to run.

Identifiers, tokens and times are other ones each time. They are alike where each stands wherever the recorded one
stood, so two equal ones stay equal and two different ones different.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.wire import Response

Entry = Mapping[str, Any]
SHORTEST_NAME = 8  # code points; a shorter text that changed is no identifier
EPOCH = 1_000_000_000  # a number from here on is a time in seconds or more
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
CLIENT_ERROR = 400
_NO_JSON = object()


@dataclass(slots=True)
class _Pairs:
    """Which text of now stands for which recorded one."""

    now_of: dict[str, str] = field(default_factory=dict)
    recorded_of: dict[str, str] = field(default_factory=dict)

    def fit(self, recorded: str, now: str) -> bool:
        """Whether `now` may stand for `recorded` after all that was seen before."""
        first = self.now_of.setdefault(recorded, now) == now
        return self.recorded_of.setdefault(now, recorded) == recorded and first


def difference(recorded: Sequence[Entry], now: Sequence[Entry], *, bodies: bool = True) -> str | None:
    """The first thing in which the replies of `now` are not like the `recorded` ones, or None; both as in a ledger.

    Without `bodies` only statuses and error types are compared, which are all that a refusal is judged by. A call whose
    reply was lost has nothing to compare; nor have headers and the words of an error.
    """
    pairs = _Pairs()
    for number, (before, after) in enumerate(zip(recorded, now, strict=True), 1):
        if before["response"] is not None and after["response"] is not None:
            found = _of_reply(before["response"], after["response"], pairs if bodies else None)
            if found is not None:
                return f"call {number}, {before['operation']}: {found}"
    return None


def _of_reply(before: Entry, after: Entry, pairs: _Pairs | None) -> str | None:
    recorded, now = _response(before), _response(after)
    if recorded.status != now.status:
        return f"status {now.status}, recorded {recorded.status}"
    if recorded.error_name != now.error_name:
        return f"error type {now.error_name or 'none'}, recorded {recorded.error_name or 'none'}"
    if pairs is None or recorded.status >= CLIENT_ERROR or before["cut"] or after["cut"]:
        return None
    documents = _document(recorded), _document(now)
    if _NO_JSON not in documents:
        return _of_values(*documents, "the body", pairs)
    same = documents == (_NO_JSON, _NO_JSON) and bool(recorded.body) == bool(now.body)
    return None if same else "a body of another kind than the recorded one"


def _response(entry: Entry) -> Response:
    headers = tuple((name, value) for name, value in entry["headers"])
    return Response(entry["status"], headers, entry["body"].encode("utf-8", "surrogatepass"))


def _document(response: Response) -> Any:
    try:
        return response.document
    except ValueError:
        return _NO_JSON


def _of_values(recorded: Any, now: Any, place: str, pairs: _Pairs) -> str | None:
    if isinstance(recorded, dict) and isinstance(now, dict):
        return _of_members(recorded, now, place, pairs)
    if isinstance(recorded, list) and isinstance(now, list):
        return _of_items(recorded, now, place, pairs)
    if recorded == now and type(recorded) is type(now) and not isinstance(recorded, str):
        return None
    alike = _texts_fit(recorded, now, pairs) if isinstance(recorded, str) else _both_times(recorded, now)
    return None if alike else f"another value in {place}"


def _of_members(recorded: Mapping[str, Any], now: Mapping[str, Any], place: str, pairs: _Pairs) -> str | None:
    if names := sorted(recorded.keys() ^ now.keys()):
        return f"{place} {'lacks' if names[0] in recorded else 'has'} {names[0]}, unlike the recorded one"
    found = (_of_values(recorded[name], now[name], name, pairs) for name in recorded)
    return next((difference for difference in found if difference is not None), None)


def _of_items(recorded: Sequence[Any], now: Sequence[Any], place: str, pairs: _Pairs) -> str | None:
    if len(recorded) != len(now):
        return f"{len(now)} items in {place}, recorded {len(recorded)}"
    found = (_of_values(before, after, place, pairs) for before, after in zip(recorded, now, strict=True))
    return next((difference for difference in found if difference is not None), None)


def _texts_fit(recorded: str, now: Any, pairs: _Pairs) -> bool:
    if not isinstance(now, str):
        return False
    if _TIME.match(recorded) and _TIME.match(now):
        return True
    if min(len(recorded), len(now)) < SHORTEST_NAME or " " in _strip_marks(recorded) + _strip_marks(now):
        return recorded == now
    return pairs.fit(recorded, now)


def _strip_marks(text: str) -> str:
    """`text` without the blanks of the marks that stand for secrets."""
    return re.sub(r"<redacted [^>]*>", "", text)


def _both_times(recorded: Any, now: Any) -> bool:
    numbers = (int, float)
    return isinstance(recorded, numbers) and isinstance(now, numbers) and min(recorded, now) > EPOCH
