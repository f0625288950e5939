"""Faults of ClientTokens: what was refused once leaves a trace behind its token."""

from __future__ import annotations

from conformance.contract.requirements import operation_of
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Seed
from conformance.reference.faults_kit.idempotency import Instead, every_operation, every_operation_by_seed, token_of
from conformance.reference.faults_kit.middleware import document_of, way_of
from conformance.reference.idempotency import Memory
from conformance.reference.service import Handler, ReferenceService

REFUSED_CALL_LEAVES_NO_TRACE = (
    "CompleteAttachmentUpload.ClientToken.refused-call-leaves-no-trace",
    "DisconnectParticipant.ClientToken.refused-call-leaves-no-trace",
    "SendEvent.ClientToken.refused-call-leaves-no-trace",
    "SendMessage.ClientToken.refused-call-leaves-no-trace",
    "StartAttachmentUpload.ClientToken.refused-call-leaves-no-trace",
    "StartChatContact.ClientToken.refused-call-leaves-no-trace",
    "StartWebRTCContact.ClientToken.refused-call-leaves-no-trace",
    "CreateParticipant.ClientToken.refused-call-leaves-no-trace",
    "StartContactStreaming.ClientToken.refused-call-leaves-no-trace",
)


def _remembers_refusals() -> Instead:
    refusals: dict[str, Refusal] = {}

    def instead(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
        token = token_of(call)
        if token in refusals:
            raise refusals[token]
        try:
            return memory.once(context, call, perform)
        except Refusal as refusal:
            if token is not None:
                refusals[token] = refusal
            raise

    return instead


REFUSALS = every_operation(
    "remembers-refusals",
    "refuses again what has the ClientToken of a refused call",
    _remembers_refusals,
    REFUSED_CALL_LEAVES_NO_TRACE,
    only=tuple(name for name in map(operation_of, REFUSED_CALL_LEAVES_NO_TRACE) if name != "DisconnectParticipant"),
)


def _by_reply(operation: str) -> Seed:
    """Gives the reply of a refused request to all that have its ClientToken, before anything else is looked at."""

    def seed(service: ReferenceService) -> Handler:
        refused: dict[str, Response] = {}

        def handle(request: Request) -> Response:
            token = _token_in(request, operation)
            if token is None or token in refused:
                return refused[token] if token else service.handle(request)
            response = service.handle(request)
            if not response.succeeded:
                refused[token] = response
            return response

        return handle

    return seed


def _token_in(request: Request, operation: str) -> str | None:
    way, document = way_of(request), document_of(request)
    if way is None or way.operation.name != operation or not isinstance(document, dict):
        return None
    token = document.get("ClientToken")
    return token if isinstance(token, str) and token else None


REPLIES = every_operation_by_seed(
    "keeps-refusing",
    "repeats a refusal for each request with its ClientToken",
    _by_reply,
    REFUSED_CALL_LEAVES_NO_TRACE,
    may=("*.ClientToken.*",),
)
