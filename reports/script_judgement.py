"""How a printed script judges by itself whether the promise is still broken.

It compares what decides, never whole runs: identifiers and times are other ones each time.

- ``status``: the judged call got this status and error name.
- ``missing``: a message that was sent is not in the judged transcript.
- ``repeated``: two replies gave the same value.
- ``values``: values that earlier calls gave or sent stand in the judged reply in this order, or do not stand there.
- ``dropped``: the judged call gets no reply, its connection is closed, and that twice in a row.
- ``header``: a header that the promise names has this value in the judged reply, or is not there.
- ``item``: an item of a list in the judged reply has these members and values, but for identifiers and times.
- ``form``: the whole judged reply has.

Where none of these distinguishes broken from kept, or web sockets decide, a script shows what came and does not judge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.wire import Response
from reports.excerpt import deciding_values
from reports.resources import body_of
from reports.run import Entry

SUCCESS = range(200, 300)
VALUES = 12  # that are followed
SHORTEST = 8  # code points; a shorter text may stand in a request by chance
CHANGING = r"[0-9a-fA-F-]{32,}|\d{4}-\d\d-\d\dT.*|[\w+/=-]{100,}|(?:https?|wss?):.*|<redacted .*"
_NOTHING = frozenset("nothing[]{}, null")  # letters of what is said of nothing, and of lists of it
_NO_SUCH = 'no "'  # how a sentence names a member that a reply lacks
_HEADER = re.compile(r"\bAccess-Control(?:-\w+)+", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_READS = ("Get", "Describe")
_EPOCH = 1_000_000_000  # a number from here on is a time


@dataclass(frozen=True, slots=True)
class ScriptJudgement:
    """What a script needs to judge. `status` and `error` are those of the judged reply.

    `recorded` is what the run saw, for the kind: the places of `values` in their order, the form as JSON, or the value
    of the `header`. `values` are texts with the call and the way in its reply that give them, or None for both where a
    request held them. `sends` are the calls whose messages must not be missing.
    """

    kind: str
    status: int
    error: str
    recorded: str = ""
    header: str = ""
    values: tuple[tuple[str, int | None, tuple[str | int, ...]], ...] = ()
    sends: frozenset[int] = frozenset()

    def of_calls(self, calls: Sequence[int]) -> ScriptJudgement:
        """The same for a scenario of these `calls` alone, by their numbers there."""
        return replace(self, sends=frozenset(calls.index(call) for call in self.sends if call in calls))


def judgement_for(expected: str, actual: str, exchanges: Sequence[Entry]) -> ScriptJudgement | None:
    """How a script judges the last of `exchanges`; None if a script cannot judge it."""
    last = exchanges[-1]["response"]
    if exchanges[-1].get("dropped"):
        return ScriptJudgement("dropped", 0, "")
    if last is None or last["cut"]:
        return None
    reply = _response(last)
    facts = (reply.status, reply.error_name or "")
    if re.match(rf"{reply.status}\b", actual):
        return ScriptJudgement("status", *facts)
    if named := _HEADER.search(expected):
        return ScriptJudgement("header", *facts, recorded=reply.header(named[0]) or "", header=named[0])
    return _of_contents(expected, actual, exchanges, facts)


def _of_contents(
    expected: str, actual: str, exchanges: Sequence[Entry], facts: tuple[int, str]
) -> ScriptJudgement | None:
    """How the replies of a scenario show the violation by what they contain."""
    if sends := _missing(actual, exchanges):
        return ScriptJudgement("missing", *facts, sends=sends)
    wanted, seen = deciding_values(expected), deciding_values(actual)
    if twice := next(_repetitions([value for value in seen if value not in wanted], exchanges), None):
        return ScriptJudgement("repeated", *facts, values=twice)
    return _of_the_reply(wanted, seen, actual, exchanges, facts)


def _of_the_reply(
    wanted: Sequence[str], seen: Sequence[str], actual: str, exchanges: Sequence[Entry], facts: tuple[int, str]
) -> ScriptJudgement | None:
    """How the judged reply alone decides: by values that it contains or lacks, or by its form."""
    text = normal(exchanges[-1]["response"]["body"])
    lacking = tuple(_values([value for value in wanted if value not in text], exchanges))
    others = [value for value in seen if value not in wanted and value in text]
    values = (lacking or tuple(_values(others, exchanges)))[:VALUES]
    speaks = _says_nothing(actual) or any(value in text for value in (*wanted, *seen))
    if values and speaks:
        order = places([value for value, _, _ in values], text)
        return ScriptJudgement("values", *facts, recorded=json.dumps(order), values=values)
    now = form(_document(exchanges[-1]["response"]["body"]))
    if len(found := [item for item in items(now) if any(value in json.dumps(item) for value in seen)]) == 1:
        return ScriptJudgement("item", *facts, recorded=json.dumps(found[0], ensure_ascii=True))
    shape = json.dumps(now, ensure_ascii=True)
    tells = _says_nothing(actual) or any(value in shape for value in (*seen, *_NUMBER.findall(actual)))
    return ScriptJudgement("form", *facts, recorded=shape) if tells else None


def _says_nothing(actual: str) -> bool:
    """Whether what was seen is that something is not there."""
    return actual == "none" or actual.startswith(_NO_SUCH) or set(actual) <= _NOTHING


def normal(text: str) -> str:
    """A JSON text as the sentences about it spell its values; any other text as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def _repetitions(
    values: Sequence[str], exchanges: Sequence[Entry]
) -> Iterator[tuple[tuple[str, int | None, tuple[str | int, ...]], ...]]:
    """The first two replies to calls that change something that gave one of `values` at the same place."""
    for value in values:
        found = [one for one in _places_of(value, exchanges) if not reads(exchanges[one[0]])]
        if len(found) > 1 and found[0][1] == found[1][1]:
            yield tuple((value, *one) for one in found[:2])


def reads(exchange: Entry) -> bool:
    """Whether a call only reads."""
    return str(exchange["operation"]).startswith(_READS)


def places(values: Sequence[str], text: str) -> list[int]:
    """The numbers of `values` in the order in which they occur in `text`, each as often as it does."""
    wanted = [re.escape(value) for value in values]
    found = [(place.start(), number) for number, value in enumerate(wanted) for place in re.finditer(value, text)]
    return [number for _, number in sorted(found)]


def form(value: Any) -> Any:
    """`value` without what is another one each time: identifiers, times, tokens, addresses."""
    if isinstance(value, dict):
        return {name: "..." if name.endswith("Token") else form(below) for name, below in sorted(value.items())}
    if isinstance(value, list):
        return [form(below) for below in value]
    if isinstance(value, str):
        return "..." if re.fullmatch(CHANGING, value, re.DOTALL) else value
    return "..." if isinstance(value, int | float) and value > _EPOCH else value


def items(value: Any) -> Iterator[Any]:
    """The items of all lists in a JSON value that hold no list of objects themselves."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for below in inner:
        found = list(items(below))
        yield from found
        if isinstance(value, list) and isinstance(below, dict) and not found:
            yield below


def _missing(actual: str, exchanges: Sequence[Entry]) -> frozenset[int]:
    """The calls that sent messages, where the judged transcript has all of them but some that `actual` names."""
    if exchanges[-1]["operation"] != "GetTranscript":
        return frozenset()
    sent = {call: text for call, text in enumerate(map(_sent_id, exchanges)) if text}
    lost = {text for text in sent.values() if text in actual}
    held = exchanges[-1]["response"]["body"]
    as_told = all((text in held) is (text not in lost) for text in sent.values())
    return frozenset(sent) if lost and as_told else frozenset()


def _sent_id(exchange: Entry) -> str | None:
    """The Id that the reply to a SendMessage gave."""
    response = exchange["response"]
    if exchange["operation"] != "SendMessage" or response is None or response["status"] not in SUCCESS:
        return None
    document = body_of(response)
    found = document.get("Id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


def _values(
    wanted: Sequence[str], exchanges: Sequence[Entry]
) -> Iterator[tuple[str, int | None, tuple[str | int, ...]]]:
    """Of the values that decide, those that come from a reply before the judged one, or stand in a request."""
    for text in wanted:
        given = next(_places_of(text, exchanges[:-1]), None)
        if given is not None and reads(exchanges[given[0]]):
            continue  # it stands where it stands for reasons of its own
        if given is not None:
            yield text, *given
        elif any(text in normal(exchange["request"]["body"]) for exchange in exchanges):
            yield text, None, ()


def _places_of(text: str, exchanges: Sequence[Entry]) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    for number, exchange in enumerate(exchanges):
        for way, found in leaves(body_of(exchange["response"]) if exchange["response"] else None, ()):
            if json.dumps(found, ensure_ascii=False)[1:-1] == text:
                yield number, way


def leaves(document: Any, way: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The texts in `document`, which stands at `way`, each with the way to it."""
    if isinstance(document, str):
        yield way, document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield from leaves(value, (*way, name))
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield from leaves(value, (*way, number))


def _response(entry: Entry) -> Response:
    headers = tuple((name, value) for name, value in entry["headers"])
    return Response(entry["status"], headers, entry["body"].encode("utf-8", "surrogatepass"))


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
