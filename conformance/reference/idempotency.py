"""ClientToken: the same call again gives the first result and has no second effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.model import Operation
from conformance.reference.clock import DAY
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import bad_combination

# Stated for StartWebRTCContact; the other operations name no time, here it is the same.
TOKEN_LIFE = 7 * DAY

# Within which a token of the account names one call, beside the operation; a participant's is named by `choices`.
SCOPE = ("InstanceId", "ContactId")

Key = tuple[str, ...]
Renewal = Callable[[Context, Call, Members], Members]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A call that was performed: when (milliseconds since the epoch), with what, and what came of it."""

    at: int
    fingerprint: bytes
    result: Members


class Memory:
    """The calls with a ClientToken of the last seven days."""

    def __init__(self, renewals: Mapping[str, Renewal]) -> None:
        self._renewals = renewals
        self._calls: dict[Key, Remembered] = {}

    def once(self, context: Context, call: Call, perform: OperationHandler) -> Members:
        """What `perform` gives, or gave when the same call came before.

        A refusal leaves no trace. Raises Refusal for other parameters where `choices` say so.
        """
        key = self.key(context, call)
        if key is None:
            return perform(context, call)
        self._forget_old(context)
        fingerprint = fingerprint_of(call)
        before = self._calls.get(key)
        if before is None:
            result = perform(context, call)
            self._calls[key] = Remembered(context.now(), fingerprint, result)
            return result
        if before.fingerprint != fingerprint and context.choices.other_parameters == "refused":
            raise bad_combination(call.operation, "The ClientToken was used with other parameters.")
        renew = self._renewals.get(call.operation.name)
        return renew(context, call, before.result) if renew else before.result

    def key(self, context: Context, call: Call) -> Key | None:
        """What names the call: operation, scope and token, all exact; None where it has no token."""
        member = token_member(call.operation)
        token = call.get(member) if member else None
        if token is None or (token == "" and context.choices.empty_client_token == "absent"):
            return None
        return (call.operation.name, *_scope(context, call), token)

    def _forget_old(self, context: Context) -> None:
        oldest = context.now() - TOKEN_LIFE
        while self._calls and next(iter(self._calls.values())).at <= oldest:
            del self._calls[next(iter(self._calls))]


def _scope(context: Context, call: Call) -> tuple[str, ...]:
    if call.caller is None:
        named = {member.name for member in call.operation.input.members}
        return tuple(call.get(name) for name in SCOPE if name in named)
    return (call.caller.id if context.choices.client_token_scope == "participant" else call.contact.id,)


def token_member(operation: Operation) -> str | None:
    """The member that makes the operation idempotent, or None."""
    return next((member.name for member in operation.input.members if member.idempotency_token), None)


def fingerprint_of(call: Call) -> bytes:
    """The call's arguments in one form, whatever the order of members and the blanks of the body were."""
    member = token_member(call.operation)
    arguments: dict[str, Any] = {name: value for name, value in call.arguments.items() if name != member}
    return hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).digest()
