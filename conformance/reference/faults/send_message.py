"""Faults of SendMessage: the Id and the time of a message, and what a refusal leaves."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from http import HTTPStatus

from conformance.contract.content_types import TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.wire import Request, Response
from conformance.reference.clock import HOUR, SECOND, iso
from conformance.reference.content_types import SENDABLE
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import content_type_of, gives, operation_of
from conformance.reference.faults_kit.middleware import document_of
from conformance.reference.items import new_item, publish
from conformance.reference.participants import CUSTOMER
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

SEND = "SendMessage"


OF_IDS = ("SendEvent.*", "LifeCycle.*", "CreateParticipant.*", "*.ClientToken.*", "StartChatContact.PersistentChat.*")


def _name_messages(service: ReferenceService, name: Callable[[Context, Call, Members], str]) -> None:
    """The Id of a message, in the reply and the transcript, is what `name` gives."""

    def rename(context: Context, call: Call, members: Members) -> Members:
        item = call.contact.items[-1]
        item.id = name(context, call, members)
        return {**members, "Id": item.id}

    gives(service, SEND, rename)


@fault("SendMessage.Id.unique", may=OF_IDS)
def names_messages_by_their_content(service: ReferenceService) -> None:
    """The endpoint gives two messages with the same content the same Id."""
    _name_messages(
        service, lambda _, call, __: str(uuid.uuid5(uuid.NAMESPACE_OID, call.contact.id + call.get("Content")))
    )


@fault("SendMessage.Id.unique", may=OF_IDS)
def counts_messages_for_each_participant(service: ReferenceService) -> None:
    """Ids count the messages of each participant of the chat, so that two participants have the same ones."""
    counters: Counter[str] = Counter()

    def name(_: Context, call: Call, __: Members) -> str:
        counters[call.participant.id] += 1
        return f"{call.contact.id}-{counters[call.participant.id]}"

    _name_messages(service, name)


@fault("SendMessage.Id.unique", may=OF_IDS)
def names_every_tenth_message_as_the_one_before(service: ReferenceService) -> None:
    """SendMessage gives every tenth message of a chat the Id of the one before it."""
    before: defaultdict[str, list[str]] = defaultdict(list)

    def name(_: Context, call: Call, members: Members) -> str:
        ids = before[call.contact.id]
        ids.append(members["Id"] if (len(ids) + 1) % 10 else ids[-1])
        return ids[-1]

    _name_messages(service, name)


OF_TIMES = ("*.AbsoluteTime.*", "GetTranscript.*", "Surfaces.frame-and-transcript.*", "Surfaces.reply-and-frame.*")


def _date_messages(service: ReferenceService, move: Callable[[Context, Call, int], int]) -> None:
    """The time of a message, in the reply and the transcript, is what `move` makes of it, in milliseconds."""

    def retime(context: Context, call: Call, members: Members) -> Members:
        item = call.contact.items[-1]
        item.at = move(context, call, item.at)
        return {**members, "AbsoluteTime": iso(item.at)}

    gives(service, SEND, retime)


@fault("SendMessage.AbsoluteTime.when-sent", may=OF_TIMES)
def tells_times_of_another_zone(service: ReferenceService) -> None:
    """SendMessage dates a message an hour ahead, marked as UTC."""
    _date_messages(service, lambda context, _, __: context.now() + HOUR)


@fault("SendMessage.AbsoluteTime.when-sent", may=OF_TIMES)
def stamps_messages_with_the_start_of_the_chat(service: ReferenceService) -> None:
    """SendMessage dates all messages of a chat at its start."""
    _date_messages(service, lambda _, call, __: call.contact.started_at)


@fault("SendMessage.AbsoluteTime.never-back", may=OF_TIMES)
def stamps_the_messages_of_bots_a_second_early(service: ReferenceService) -> None:
    """SendMessage dates messages of added participants a second before they are sent."""
    _date_messages(service, lambda _, call, at: at if call.participant.role == CUSTOMER else at - SECOND)


def _keep_refusals(service: ReferenceService, which: Callable[[Call], bool]) -> None:
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            if call.operation.name == SEND and which(call):
                content = call.get("Content")
                item = new_item(
                    service.context,
                    call.contact,
                    call.participant,
                    MESSAGE,
                    content_type=content_type_of(call),
                    content=content,
                )
                publish(call.contact, item)
            raise

    service.perform = perform


@fault("SendMessage.refusal.no-effect")
def shows_messages_of_refused_types(service: ReferenceService) -> None:
    """The transcript contains a message that was refused for its undeclared type."""
    _keep_refusals(service, lambda call: content_type_of(call) in SENDABLE - set(call.contact.content_types))


@fault("SendMessage.refusal.no-effect")
def shows_messages_that_are_too_long(service: ReferenceService) -> None:
    """The transcript contains a message that was refused for too many bytes."""
    _keep_refusals(service, lambda call: len(call.get("Content")) < len(call.get("Content").encode()))


@fault("SendMessage.refusal.no-effect")
def shows_the_beginning_of_messages_that_are_too_long(service: ReferenceService) -> None:
    """The transcript contains the beginning of a message that was refused for too many bytes."""
    own = service.handle

    def handle(request: Request) -> Response:
        response, document = own(request), document_of(request)
        caller = service.context.state.connection_tokens.get(request.header("x-amz-bearer") or "")
        refused = operation_of(request) == "SendMessage" and response.status == HTTPStatus.BAD_REQUEST
        if refused and caller and caller.participant.present and len(str(document)) > MESSAGE_BYTES:
            kept = str(document["Content"])[:4_000]
            who = caller.participant
            publish(who.contact, new_item(service.context, who.contact, who, MESSAGE, content_type=TEXT, content=kept))
        return response

    service.handle = handle


@fault("SendMessage.refusal.no-effect", may=("Tokens.*", "CreateParticipant.*"))
def shows_messages_of_those_who_left(service: ReferenceService) -> None:
    """The transcript contains a refused message of a participant who has left."""
    own = service.handle

    def handle(request: Request) -> Response:
        response, document = own(request), document_of(request)
        caller = service.context.state.connection_tokens.get(request.header("x-amz-bearer") or "")
        content = document.get("Content") if isinstance(document, dict) else None
        refused = operation_of(request) == SEND and not response.succeeded
        if refused and caller and not caller.participant.present and isinstance(content, str):
            who = caller.participant
            item = new_item(service.context, who.contact, who, MESSAGE, content_type=TEXT, content=content)
            publish(who.contact, item)
        return response

    service.handle = handle
