"""The plainest valid call of an operation: made once, with resources of a chat, or with invented ids."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from conformance.checks.diagnosis.gateways import summary_of
from conformance.checks.diagnosis.replies import CHAT_ENDED, cause_of
from conformance.contract.model import Operation, operation
from conformance.contract.operation_traits import CONSUMING, STARTING
from conformance.contract.resources import resource_names
from conformance.contract.wire import Exchange, Request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import NotGiven, SetupFailed
from conformance.endpoint.probe import FORBIDDEN, Finding, Standing, finding
from conformance.engine.conversations import Conversations
from conformance.engine.profile import EndpointProfile
from conformance.engine.request_forms import FORMS
from strategies.examples import plain_arguments

CHAT, CONNECTING, DESCRIBING = "StartChatContact", "CreateParticipantConnection", "DescribeContact"
_ENCODED_SLASH = "%2F"
_ESCAPE = re.compile("%[0-9A-F]{2}")
_TIME = "2026-01-01T00:00:00.000Z"
_CLIENT_ERRORS = range(400, 500)
_REFUSED = (Standing.REFUSED, Standing.BLOCKED, Standing.UNSUPPORTED)
_SIGNING_IN, _CANCELLING = "GetAuthenticationUrl", "CancelParticipantAuthentication"
_NO_SUCH_OPERATION = frozenset({404, 405})  # statuses that another form of the request would not change


class PlainCaller(Protocol):
    """Who makes plain calls: it picks chats from `conversations` and reads what is known in `profile`."""

    @property
    def conversations(self) -> Conversations:
        """Where the chats are that calls go to."""

    @property
    def profile(self) -> EndpointProfile:
        """What is known of the endpoint."""

    def send(
        self, operation: Operation, arguments: dict[str, Any], conversation: ChatResources, *, exact: bool = False
    ) -> Exchange:
        """Make a call with `arguments`, resources filled in. Raises SetupFailed when one cannot be made."""

    def send_request(self, request: Request, conversation: ChatResources) -> Exchange:
        """Make a call in a conversation."""

    def send_made_up(self, operation: Operation, arguments: dict[str, Any], resources: Mapping[str, str]) -> Exchange:
        """Make a call that belongs to no conversation, with `resources` filled in."""


def plain_call(caller: PlainCaller, operation: Operation) -> Finding:
    """What the plainest valid call of `operation` gets.

    Where it cannot be made, one with made-up ids is, which at least shows whether the endpoint knows the operation.
    """
    if operation.name == _CANCELLING:  # it ends the session that the other one's plain call needs
        caller.profile.of(_SIGNING_IN)
    found = _in_fitting_chat(caller, operation)
    if found.standing is Standing.UNSUPPORTED:
        return _without_slash(caller, operation, found)
    return _with_made_up_ids(caller, operation, found) if found.standing is Standing.NOT_READY else found


def _without_slash(caller: PlainCaller, operation: Operation, lacking: Finding) -> Finding:
    """`lacking`, unless the operation is known by a path without an encoded slash.

    Then a gateway before the endpoint decodes the path, and the operation is not one that the endpoint lacks.
    """
    exchange = lacking.exchange
    if exchange is None or _ENCODED_SLASH not in exchange.request.path:
        return lacking
    plain = replace(exchange.request, path=exchange.request.path.replace(_ENCODED_SLASH, "-"))
    try:
        again = caller.send_request(plain, caller.conversations.shared_conversation())
    except SetupFailed:  # the run may send no more
        return lacking
    if finding(operation, again).implemented is not True:
        return lacking
    return Finding(Standing.BLOCKED, f"the plainest valid call got {cause_of(exchange)}", exchange)


def _in_fitting_chat(caller: PlainCaller, operation: Operation) -> Finding:
    # Another connection may void the one that the shared conversation uses: no document says that it does not.
    own = operation.name in CONSUMING or operation.name in (CONNECTING, _CANCELLING)
    if own and not _lacks_chats(caller):
        return _in_used_chat(caller, operation) or _in_new_chat(caller, operation)
    found = _ask(caller, operation, caller.conversations.shared_conversation())
    if _is_denied(found.exchange):
        caller.conversations.discard()  # its flow may have ended the shared chat
        found = _ask(caller, operation, caller.conversations.shared_conversation())
    return _explain(caller, operation, caller.conversations.shared_conversation(), found)


def _in_used_chat(caller: PlainCaller, operation: Operation) -> Finding | None:
    """What the call gets in a chat that plain calls of other operations may have used.

    None where it is refused, for the chat may be at fault.
    """
    with caller.conversations.spendable(operation.name, CONSUMING.get(operation.name, 1)) as conversation:
        found = _ask(caller, operation, conversation)
        conversation.over |= found.standing is not Standing.WORKS and found.exchange is not None
    return found if found.standing is Standing.WORKS else None


def _in_new_chat(caller: PlainCaller, operation: Operation) -> Finding:
    with caller.conversations.own() as conversation:
        return _explain(caller, operation, conversation, _ask(caller, operation, conversation))


def _is_denied(exchange: Exchange | None) -> bool:
    return exchange is not None and exchange.response is not None and exchange.response.status == FORBIDDEN


def _lacks_chats(caller: PlainCaller) -> bool:
    """Whether no chat can be started, so that a second try in a separate chat would only cost a request."""
    started = caller.profile.finding_of(CHAT)
    return started is not None and started.standing is not Standing.WORKS


def _ask(caller: PlainCaller, subject: Operation, conversation: ChatResources) -> Finding:
    try:
        exchange = caller.send(subject, plain_arguments(subject), conversation, exact=True)
        return finding(subject, exchange, others_answered=caller.profile.others_answered(subject))
    except NotGiven as missing:
        return Finding(Standing.NOT_READY, missing.reason, not_given=missing)
    except SetupFailed as failed:
        return Finding(Standing.NOT_READY, _reason(caller, failed), failed.exchange)


def _explain(caller: PlainCaller, subject: Operation, conversation: ChatResources, found: Finding) -> Finding:
    """`found`, with what shows why a call was refused: another form of it, the chat, a resource that was made up."""
    refused = found.exchange
    if refused is None or refused.response is None or found.standing not in _REFUSED:
        return found
    accepted = _in_other_forms(caller, subject, found, refused)
    if accepted is not None or found.standing is not Standing.REFUSED:
        return accepted or found
    if subject.name not in STARTING and not _goes_on(caller, conversation, subject):
        suffix = "" if CHAT_ENDED in found.reason else f"; {CHAT_ENDED}"
        return replace(found, in_doubt=True, reason=f"{found.reason}{suffix}")
    if options := caller.conversations.invented_options(plain_arguments(subject)):
        reason = f"{found.reason} with a value that the suite made up: give {' and '.join(options)}"
        return replace(found, in_doubt=True, reason=reason)
    if options := _options_of(caller, subject):
        return replace(found, reason=f"{found.reason}; {_see_to(options, refused.request)}")
    return found


def _options_of(caller: PlainCaller, subject: Operation) -> list[str]:
    """The options whose values the plain call of `subject` names and no start does."""
    named = set(resource_names(plain_arguments(subject))) - set(resource_names(plain_arguments(operation(CHAT))))
    return sorted("--" + name.replace("_", "-") for name in named & set(caller.conversations.given))


def _see_to(options: list[str], refused: Request) -> str:
    """What to look at where a call was refused that names values of `options`."""
    named = f"see whether the endpoint has issued the value of {' and '.join(options)}"
    escapes = list(dict.fromkeys(_ESCAPE.findall(refused.path)))
    if not escapes:
        return named
    return f"{named}, and whether a gateway changes {', '.join(escapes)} in the path"


def _reason(caller: PlainCaller, failed: SetupFailed) -> str:
    """Why a call cannot be made: what is known of the operation that it needs, where that is more."""
    name = failed.exchange.request.operation if failed.exchange is not None else ""
    known = caller.profile.finding_of(name)
    return f"it takes {name}: {known.reason}" if known and known.reason else failed.reason


def _in_other_forms(caller: PlainCaller, subject: Operation, found: Finding, refused: Exchange) -> Finding | None:
    """The finding where a refused call is accepted in another form that clients send; None where in none of them."""
    status = refused.response.status if refused.response is not None else 0
    if status not in _CLIENT_ERRORS or status in _NO_SUCH_OPERATION:
        return None
    for form in FORMS:
        request = form.changed(subject, refused.request)
        exchange = caller.conversations.calls.send(request, signed=form.signed) if request else None
        if exchange is not None and exchange.response is not None and exchange.response.succeeded:
            reason = f"{found.reason}; the same call is accepted {form.words}"
            return replace(
                found, standing=Standing.REFUSED, reason=reason, breaks=form.breaks, accepted_form=form.words
            )
    return None


def _goes_on(caller: PlainCaller, conversation: ChatResources, refused: Operation) -> bool:
    """Whether the chat of a refused call is active: it can be connected to again, or is described without an end."""
    shown = (_is_shown_by(name, caller, conversation) for name in (CONNECTING, DESCRIBING) if name != refused.name)
    goes_on = any(shown)
    if conversation is caller.conversations.shared_conversation():
        caller.conversations.discard()  # a new connection may void the one that others would use
    return goes_on


def _is_shown_by(name: str, caller: PlainCaller, conversation: ChatResources) -> bool:
    try:
        shown = caller.send(operation(name), plain_arguments(operation(name)), conversation).response
    except SetupFailed:
        return False
    if shown is None or not shown.succeeded or name == CONNECTING:
        return shown is not None and shown.succeeded
    contact = shown.members.get("Contact")
    return isinstance(contact, dict) and bool(contact) and not contact.get("DisconnectTimestamp")


def _with_made_up_ids(caller: PlainCaller, operation: Operation, lacking: Finding) -> Finding:
    """Whether the endpoint knows `operation`, whose plain call was `lacking` something.

    Nothing else about the operation follows from the reply to a call with invented ids.
    """
    made_up = MadeUp(caller.conversations.given)
    try:
        exchange = caller.send_made_up(operation, plain_arguments(operation), made_up)
    except SetupFailed:  # the run may send no more
        return lacking
    found, answer = finding(operation, exchange), exchange.response
    if answer is not None and found.standing is Standing.UNSUPPORTED:
        return replace(found, reason=f"a call with made-up ids got {summary_of(answer)}")
    return replace(lacking, reached=found.implemented is True)


@dataclass(frozen=True, slots=True)
class MadeUp(Mapping[str, str]):
    """Resources of which only those are real that the run's options gave."""

    given: Mapping[str, str | None]

    def __getitem__(self, name: str) -> str:
        return self.given.get(name) or (_TIME if name.endswith("_time") else str(uuid.uuid4()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)
