"""Stop what the journals of a report directory say is still open on an endpoint.

A run that was killed, or whose endpoint did not answer, has written down what is needed for that. A start whose
reply was not seen is sent once more: with its ClientToken it leads to the contact that it may have opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.checks.diagnosis.gateways import summary_of
from conformance.contract.model import operation
from conformance.contract.wire import Exchange, Request, Response, to_request
from conformance.endpoint.aws_addresses import AWS
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.contacts import contact_of_start, instance_of, is_over
from conformance.endpoint.journal import LeftOpen, Start, left_open
from conformance.endpoint.probe import is_unrouted
from conformance.endpoint.settings import Settings, SettingsError, build_settings
from conformance.session.report_directory import JOURNALS, LEFT_OPEN

_NOT_NEEDED = "not needed"  # ids that only a start would use; those of the journal are sent
SERVER_ERROR = 500
_BY_BACK_END = "its back end alone can end it: the tokens of its participants are written nowhere"
TAKEN = frozenset({"aws_profile", "aws_credentials", "headers", "ca_bundle", "timeout", "rate"})


@dataclass(slots=True)
class Cleaned:
    """What came of a clean-up: contacts that are over now, those that are not, and starts that cannot be looked up."""

    stopped: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    unknown: int = 0


def open_journals(directory: Path) -> list[LeftOpen]:
    """What the journals in `directory` name as open on endpoints that are still there."""
    found = (left_open(path) for path in sorted(directory.glob(JOURNALS)))
    return [left for left in found if left is not None and left.matters]


def clean(left: LeftOpen, given: Mapping[str, Any]) -> Cleaned:
    """Stop what `left` names, and write that into its journal as it happens.

    `given` are the options of a run, as the parameters of build_settings; `target` and `region` are the journal's where
    they are not given. Raises SettingsError for an option that cannot be used, or that is missing.
    """
    if left.by_back_end:
        return Cleaned(left=dict.fromkeys(left.contacts, _BY_BACK_END), unknown=len(left.unanswered))
    with HttpTarget(_settings(left, given)) as target, left.path.open("a", encoding="utf-8") as journal:
        journal.write("\n")  # where the run was killed while it wrote, its last line has no end
        cleaning = _Cleaning(target.send, lambda **entry: journal.write(json.dumps(entry) + "\n"))
        for contact, instance in left.contacts.items():
            cleaning.stop(contact, instance)
        for number, start in left.unanswered.items():
            cleaning.look_up(number, start)
            journal.flush()
    if not cleaning.cleaned.left and left.path.name.startswith(LEFT_OPEN):
        left.path.unlink()
    return cleaning.cleaned


def _settings(left: LeftOpen, given: Mapping[str, Any]) -> Settings:
    chosen: dict[str, Any] = {name: given[name] for name in TAKEN if given.get(name)}
    if left.real_credentials and not (chosen.keys() & {"aws_profile", "aws_credentials"} or left.on_aws):
        raise SettingsError(
            f"the run signed for {left.target} with real credentials: give --aws-profile or --aws-credentials"
        )
    target = given.get("target") or (AWS if left.on_aws else left.target)
    chosen |= {"instance_id": _NOT_NEEDED, "contact_flow_id": _NOT_NEEDED}
    return build_settings(target, region=given.get("region") or left.region or None, **chosen)


@dataclass(slots=True)
class _Cleaning:
    send: Callable[[Request], Exchange]
    write: Callable[..., object]
    cleaned: Cleaned = field(default_factory=Cleaned)

    def stop(self, contact: str, instance: str) -> None:
        request = to_request(operation("StopContact"), {"InstanceId": instance, "ContactId": contact})
        exchange = self.send(request)
        response = exchange.response
        if response is not None and (response.succeeded or _tells_end(response)):
            self.write(entry="closed", contact=contact)
            self.cleaned.stopped.add(contact)
        else:
            self.cleaned.left[contact] = _without_answer(exchange) or _refusal(response)

    def look_up(self, number: int, start: Start) -> None:
        """Send `start` once more and stop what it leads to."""
        if start.body is None:
            self.cleaned.unknown += 1
            self._settle(number, start.attempts - start.settled)
            return
        body = start.body.encode()
        exchange = self.send(replace(to_request(operation(start.operation), {}), body=body))
        contact = contact_of_start(exchange)
        if contact is not None:
            instance = instance_of(exchange.request) or ""
            self.write(entry="open", contact=contact, instance=instance)
            self.stop(contact, instance)
        elif (reason := _without_contact(exchange)) is not None:
            self.cleaned.left[f"a start with {_token(body)}"] = reason
            return
        self._settle(number, 1)

    def _settle(self, number: int, times: int) -> None:
        for _ in range(times):
            self.write(entry="settled", number=number)


def _without_answer(exchange: Exchange) -> str | None:
    """Why it is unknown what became of a call; None where the endpoint has answered."""
    response = exchange.response
    if response is None:
        return exchange.failure or "no answer"
    return f"status {response.status}" if response.status >= SERVER_ERROR else None


def _without_contact(exchange: Exchange) -> str | None:
    """Why it is unknown which contact a start opened; None where the endpoint refused it."""
    response = exchange.response
    if response is not None and response.succeeded:
        return f"status {response.status} without a ContactId"
    return _without_answer(exchange)


def _tells_end(response: Response) -> bool:
    return is_over(response) and not is_unrouted(operation("StopContact"), response)


def _refusal(response: Response | None) -> str:
    seen = summary_of(response) if response is not None else "no answer"
    unknown = response is not None and is_unrouted(operation("StopContact"), response)
    return f"StopContact got {seen}{': the endpoint may not implement it' if unknown else ''}"


def _token(body: bytes) -> str:
    return f"ClientToken {json.loads(body)['ClientToken']}"


def summary_lines(left: LeftOpen, cleaned: Cleaned) -> Iterator[str]:
    """What to say about a clean-up, in lines."""
    number = len(cleaned.stopped)
    yield f"{'1 contact is' if number == 1 else f'{number:,} contacts are'} over now at {left.target}"
    for name, reason in cleaned.left.items():
        yield f"still open: {name} ({reason}); try again later, or stop it by hand"
    if number := cleaned.unknown:
        starts = "a start" if number == 1 else f"{number:,} starts"
        seen = "no ContactId was seen, and no ClientToken was sent"
        yield f"nobody can find out whether {starts} opened a contact: {seen}"
