"""Notes for the report about proxies and gateways before an endpoint, drawn from all exchanges of a run.

One exchange does not show it: where the URLs lead that the endpoint hands out, from which size on bodies are refused,
whether any error names its type. Sizes and errors show nothing where no call was ever accepted: then what refuses
them all may be no endpoint of this API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from conformance.checks.diagnosis.bodies import content_coding, is_html, not_an_object, text_in
from conformance.checks.diagnosis.cause import quote
from conformance.checks.diagnosis.gateways import summary_of
from conformance.checks.diagnosis.repeats import holds_repeated_message
from conformance.contract.operation_traits import TRAITS
from conformance.contract.wire import SIGNED_URL, Exchange, Response

_ALIKE = {"ws": "http", "wss": "https"}
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CLIENT_ERRORS = range(400, 500)
_TOO_LARGE = 413
_FEW = 10  # errors, of which none names its type
_OPERATIONS = 2  # that refuse large bodies alike, where nothing says that it is for their size


@dataclass(slots=True)
class Traffic:
    """Learns from each exchange of a run. Thread-safe as far as a note may miss an exchange, and no further."""

    _leaving: dict[str, tuple[str, str]] = field(default_factory=dict)
    _accepted: bool = False
    _largest_accepted: int = 0
    _errors: Counter[bool] = field(default_factory=Counter)
    _pages: int = 0
    _miscoded: Counter[str] = field(default_factory=Counter)

    def learn(self, exchange: Exchange) -> None:
        """Take note of one exchange."""
        response = exchange.response
        if response is None:
            return
        coding, is_object = content_coding(response), not_an_object(response) is None
        if coding is not None and response.body and is_object:
            self._miscoded[coding] += 1
        if response.succeeded and is_object:
            self._accepted = True
            self._largest_accepted = max(self._largest_accepted, len(exchange.request.body))
            self._follow(exchange, response)
        elif response.status in _CLIENT_ERRORS and not response.is_limiters:
            self._learn_error(response, is_object=is_object)

    def _learn_error(self, response: Response, *, is_object: bool) -> None:
        if response.body and is_object:
            self._errors[response.error_name is not None] += 1
        elif is_html(response):
            self._pages += 1

    def _follow(self, exchange: Exchange, response: Response) -> None:
        traits = TRAITS.get(exchange.request.operation)
        handed = traits.url if traits is not None else None
        value = text_in(response.members, handed.path) if handed is not None else None
        if handed is not None and value is not None and exchange.base and handed.kind not in self._leaving:
            there, here = _origin(value), _origin(exchange.base)
            if there is not None and here is not None and there != here:
                self._leaving[handed.kind] = _show(value), _show(exchange.base)

    def notes(self, violations: Iterable[tuple[Exchange, ...]]) -> Iterator[str]:
        """What a reader should know; `violations` are the exchanges behind each broken promise."""
        for kind, (there, here) in self._leaving.items():
            yield (
                f"The {kind} URLs lead to {there} and not through {here}: what stands there before the endpoint was "
                f"not judged for them"
            )
        behind = [exchanges for exchanges in violations if exchanges]
        judged = [exchanges[-1] for exchanges in behind]
        if any(map(holds_repeated_message, behind)):
            yield (
                "A transcript has a message twice that was sent once, the second time under an Id that no reply gave: "
                "the endpoint has kept it twice, or a gateway before it sends requests again by itself (nginx: "
                "proxy_next_upstream non_idempotent); switch that off for POST and PUT to see which"
            )
        if any(_lost_underscores(exchange) for exchange in judged):
            yield (
                "Uploads were refused that carry header names with underscores, which the endpoint asks for: a gateway "
                "on their way may drop such headers (nginx: underscores_in_headers on)"
            )
        for coding, times in self._miscoded.items():
            yield (
                f"Content-Encoding declares {quote(coding)} of {times:,} replies that are plain JSON: they were read "
                "as they came, and clients that decode such a coding cannot read them"
            )
        if self._accepted:
            yield from self._sizes(judged)
            yield from self._foreign(judged)
            yield from self._lack_of_types()

    def _lack_of_types(self) -> Iterator[str]:
        """Whether errors are pages, or JSON that does not name their type, each of them."""
        if self._pages >= _FEW and not self._errors:
            yield (
                f"Each of {self._pages:,} errors is an HTML page: where the endpoint itself answers in JSON, a gateway "
                "before it puts pages of its own in their place (nginx: proxy_intercept_errors off)"
            )
        if self._errors[False] >= _FEW and not self._errors[True]:
            yield (
                f"None of {self._errors[False]:,} errors names its type, in x-amzn-ErrorType, __type or code: the "
                "endpoint leaves it out, or a gateway before it drops the header x-amzn-ErrorType from replies"
            )

    def _sizes(self, judged: Iterable[Exchange]) -> Iterator[str]:
        """From which size on bodies are refused, where everything that is larger is refused alike."""
        over = [e for e in judged if self._is_over(e)]
        answers = Counter(summary_of(e.response) if e.response else str(e.failure) for e in over)
        if not over:
            return
        answer, times = answers.most_common(1)[0]
        too_large = any(e.response is not None and e.response.status == _TOO_LARGE for e in over)
        in_front = all(self._is_foreign(e) for e in over)
        several = len({e.request.operation for e in over}) >= _OPERATIONS
        if too_large or (times == len(over) and (in_front or several)):
            smallest = min(len(e.request.body) for e in over)
            yield (
                f"The largest body that was accepted has {self._largest_accepted:,} bytes; bodies from {smallest:,} "
                f"bytes on got {answer}: a gateway before the endpoint may cut or refuse larger ones (nginx: "
                "client_max_body_size), which breaks the promises about lengths"
            )

    def _is_over(self, exchange: Exchange) -> bool:
        """Whether a request is refused that is larger than all that were accepted."""
        return len(exchange.request.body) > self._largest_accepted and _is_refused(exchange)

    def _is_foreign(self, exchange: Exchange) -> bool:
        """Whether a refusal is unlike the endpoint's own: no reply, or a bare one where its errors have names."""
        response = exchange.response
        if exchange.request.operation == SIGNED_URL:  # a store of files has errors of another form
            return False
        if response is None:
            return True
        bare = response.error_name is None and response.header("x-amzn-RequestId") is None
        return bare and bool(self._errors[True]) and not response.is_limiters

    def _foreign(self, judged: Iterable[Exchange]) -> Iterator[str]:
        """What refuses requests in other words than the endpoint's, whatever their size."""
        answered = [e.response for e in judged if _is_refused(e) and self._is_foreign(e) and not self._is_over(e)]
        answers = Counter(summary_of(response) for response in answered if response is not None)
        if not answers:
            return
        (answer, _), number = answers.most_common(1)[0], answers.total()
        shown = "1 broken promise shows" if number == 1 else f"{number:,} broken promises show"
        yield (
            f"{shown} a refusal that names no error and has no request id, unlike the endpoint's own, such as {answer}:"
            " a gateway or firewall before it may block these requests; let them pass there, or judge the endpoint"
            " behind it"
        )


def _lost_underscores(exchange: Exchange) -> bool:
    """Whether an upload was refused that some gateways pass on without a part of its headers."""
    request = exchange.request
    upload = request.operation == SIGNED_URL and request.method == "PUT"
    return (
        upload and exchange.response is not None and _is_refused(exchange) and any("_" in n for n, _ in request.headers)
    )


def _is_refused(exchange: Exchange) -> bool:
    return exchange.response is None or exchange.response.status >= _CLIENT_ERRORS.start


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port, all names of this machine being one; None for what is no URL."""
    try:
        parts = urlsplit(url)
        scheme = _ALIKE.get(parts.scheme, parts.scheme)
        port = parts.port or _PORTS[scheme]
    except (ValueError, KeyError):
        return None
    host = (parts.hostname or "").lower()
    return (scheme, "loopback" if host in _LOOPBACK else host, port) if host else None


def _show(url: str) -> str:
    """The origin of `url` as it stands there, without anything that may be secret."""
    parts: SplitResult = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return quote(f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else ""))[1:-1]
