"""Faults of ClientTokens: results that go to somebody else, and requests that are told apart by the wrong thing."""

from __future__ import annotations

import json
from collections.abc import Callable

from conformance.contract.model import Location, operations
from conformance.contract.wire import Request, Response
from conformance.reference.chats import repeated_start
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.faults_kit.fault import Seed, fault
from conformance.reference.faults_kit.idempotency import (
    STARTING_CONTACTS,
    Instead,
    every_operation,
    every_operation_by_seed,
    mistaking,
    seeding,
    token_of,
)
from conformance.reference.idempotency import Memory, fingerprint_of
from conformance.reference.service import Handler, ReferenceService

ANOTHER_PARTICIPANT = (
    "SendEvent.ClientToken.another-participant",
    "SendMessage.ClientToken.another-participant",
    "StartAttachmentUpload.ClientToken.another-participant",
)
ANOTHER_CONTACT = ("CreateParticipant.ClientToken.another-contact", "StartContactStreaming.ClientToken.another-contact")
ANOTHER_INSTANCE = ("StartChatContact.ClientToken.another-instance", "StartWebRTCContact.ClientToken.another-instance")
OWN_LEAVING = ("DisconnectParticipant.ClientToken.own-leaving",)
OWN_COMPLETION = ("CompleteAttachmentUpload.ClientToken.own-completion",)
CHANGED_PARAMETERS_NO_SECOND_EFFECT = (
    "SendEvent.ClientToken.changed-parameters-no-second-effect",
    "SendMessage.ClientToken.changed-parameters-no-second-effect",
    "StartAttachmentUpload.ClientToken.changed-parameters-no-second-effect",
    "StartChatContact.ClientToken.changed-parameters-no-second-effect",
    "StartWebRTCContact.ClientToken.changed-parameters-no-second-effect",
    "CreateParticipant.ClientToken.changed-parameters-no-second-effect",
)
BODY_LAYOUT = (
    "CompleteAttachmentUpload.ClientToken.body-layout",
    "DisconnectParticipant.ClientToken.body-layout",
    "SendEvent.ClientToken.body-layout",
    "SendMessage.ClientToken.body-layout",
    "StartAttachmentUpload.ClientToken.body-layout",
    "StartChatContact.ClientToken.body-layout",
    "StartWebRTCContact.ClientToken.body-layout",
    "CreateParticipant.ClientToken.body-layout",
    "StartContactStreaming.ClientToken.body-layout",
)
ELSEWHERE = (*ANOTHER_PARTICIPANT, *ANOTHER_CONTACT, *ANOTHER_INSTANCE, *OWN_LEAVING, *OWN_COMPLETION)


def _whoever(within: Callable[[Call], object]) -> Callable[[], Instead]:
    """Gives the first result of a token to whoever uses it `within` the same."""

    def make() -> Instead:
        results: dict[tuple[str, object], Members] = {}

        def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
            token = token_of(call)
            if token is None:
                return memory.once(context, call, perform)
            key = (token, within(call))
            if key not in results:
                results[key] = memory.once(context, call, perform)
            return results[key]

        return instead

    return make


ANYBODY = every_operation(
    "serves-anybody",
    "returns its result to every participant who uses its ClientToken",
    _whoever(lambda _: None),
    ELSEWHERE,
    may=("*.ClientToken.*",),
)
SAME_INSTANCE = every_operation(
    "serves-the-instance",
    "returns its result for every contact of the instance with which its ClientToken is used",
    _whoever(lambda call: call.get("InstanceId")),
    ANOTHER_CONTACT,
    may=("*.ClientToken.*",),
)


def _naming(part: Callable[[Call], object]) -> Callable[[], Instead]:
    """Takes calls with one token for two where `part` of them differs."""
    return lambda: mistaking(lambda _context, call, token: f"{token} {part(call)}")


CHANGED = "*.ClientToken.changed-parameters-no-second-effect"
OTHER_PARAMETERS = every_operation(
    "goes-by-all-parameters",
    "repeats its effect for a ClientToken with other parameters",
    _naming(lambda call: fingerprint_of(call).hex()),
    CHANGED_PARAMETERS_NO_SECOND_EFFECT,
)
OTHER_ATTRIBUTES = every_operation(
    "goes-by-attributes",
    "repeats its effect for a ClientToken with other Attributes",
    _naming(lambda call: sorted((call.get("Attributes") or {}).items())),
    CHANGED_PARAMETERS_NO_SECOND_EFFECT,
    only=STARTING_CONTACTS,
)
# A body of one member has no order.
WITH_MEMBERS = tuple(
    name
    for name, operation in operations().items()
    if sum(member.location is Location.BODY for member in operation.input.members) > 1
)
ORDER = every_operation(
    "goes-by-the-order-of-members",
    "treats a request with its members in another order as another request",
    _naming(lambda call: list(call.arguments)),
    BODY_LAYOUT,
    may=(CHANGED,),
    only=WITH_MEMBERS,
)
ORDER_BELOW = every_operation(
    "goes-by-the-order-of-attributes",
    "treats a request with its Attributes in another order as another request",
    _naming(lambda call: json.dumps(call.get("Attributes"))),
    BODY_LAYOUT,
    may=(CHANGED,),
    only=("StartChatContact",),
)


def _by_blanks(operation: str) -> Seed:
    def seed(service: ReferenceService) -> Handler:
        blanks = [0]
        seeding(_naming(lambda _: blanks[0]), operation)(service)

        def handle(request: Request) -> Response:
            blanks[0] = request.body.count(b" ") + request.body.count(b"\n")
            return service.handle(request)

        return handle

    return seed


BLANKS = every_operation_by_seed(
    "goes-by-blanks", "treats a body with other blanks as another request", _by_blanks, BODY_LAYOUT, may=(CHANGED,)
)


class _AnyOperation(Memory):
    """A memory that tells calls apart by who makes them and by the token, but not by their operation."""

    def key(self, context: Context, call: Call) -> tuple[str, ...] | None:
        """What names the call, without its operation."""
        key = super().key(context, call)
        return key[1:] if key and call.caller else key


@fault("Idempotency.token.one-operation", may=("*.ClientToken.*", "*.output.*"))
def knows_tokens_whatever_the_operation_is(service: ReferenceService) -> None:
    """A ClientToken that one operation of a participant used gives its result for any other."""
    service.memory = _AnyOperation({"StartChatContact": repeated_start})
