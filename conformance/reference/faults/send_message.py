"""Faults of SendMessage: which types a chat takes, and the Id, time and refusal of a message."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from http import HTTPStatus

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.contract.limits import MESSAGE_BYTES
from conformance.contract.wire import Request, Response
from conformance.reference.clock import HOUR, SECOND, iso
from conformance.reference.content_types import SENDABLE
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, lacks, operation_of
from conformance.reference.faults_kit.middleware import document_of
from conformance.reference.items import new_item, publish
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import a_message_has_a_sendable_type
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE

SEND = "SendMessage"
MARKDOWN, JSON = "text/markdown", "application/json"
LONGEST_TYPE = 100  # code points
Takes = Callable[[Context, Call, Sequence[str]], bool]


def deciding(takes: Takes) -> Seed:
    """Whether a chat takes a message is what `takes` says, which is given the types that the chat declared."""

    def seed(service: ReferenceService) -> None:
        perform = service.handlers[SEND]

        def decided(context: Context, call: Call) -> Members:
            contact, declared = call.contact, call.contact.content_types
            contact.content_types = (call.get("ContentType"),) if takes(context, call, declared) else ()
            try:
                return perform(context, call)
            finally:
                contact.content_types = declared

        service.handlers[SEND] = decided

    return seed


def _kind(call: Call) -> str:
    return str(call.get("ContentType"))


_typed = Rows(deciding)


def _of_any_chat(context: Context, call: Call, _: Sequence[str]) -> bool:
    return any(_kind(call) in contact.content_types for contact in context.state.contacts.values() if contact.active)


def _of_newest_chat(context: Context, call: Call, _: Sequence[str]) -> bool:
    return _kind(call) in list(context.state.contacts.values())[-1].content_types


TYPES = (
    _typed(
        "takes-what-no-chat-declared",
        "The endpoint accepts every type that can be sent, declared or not.",
        lambda *_: True,
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "takes-undeclared-markdown",
        "The endpoint accepts Markdown in every chat.",
        lambda _, call, declared: _kind(call) in (MARKDOWN, *declared),
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "takes-responses-with-the-interactive-type",
        "The endpoint accepts interactive responses where only the interactive message is declared.",
        lambda _, call, declared: (
            _kind(call) in declared or any(kind.startswith(_kind(call)[:50]) for kind in declared)
        ),
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "takes-what-any-chat-declared",
        "The endpoint accepts a type that any chat declared.",
        _of_any_chat,
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "takes-what-the-newest-chat-declared",
        "Every chat accepts the types that the newest chat declared.",
        _of_newest_chat,
        "SendMessage.ContentType.undeclared-refused",
        "SendMessage.ContentType.declared-accepted",
        may=("SendMessage.*", "Surfaces.*", "GetTranscript.*", "WebSocket.*"),
    ),
    _typed(
        "lets-bots-send-undeclared-types",
        "The endpoint applies the chat's list of types to the customer only.",
        lambda _, call, declared: _kind(call) in declared or call.participant.role != CUSTOMER,
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "keeps-bots-to-plain-text",
        "The endpoint accepts nothing but plain text from added participants.",
        lambda _, call, declared: _kind(call) in declared if call.participant.role == CUSTOMER else _kind(call) == TEXT,
        "SendMessage.ContentType.declared-accepted",
    ),
    _typed(
        "reads-two-types-of-the-list",
        "The endpoint accepts only the first two types of a chat's list.",
        lambda _, call, declared: _kind(call) in declared[:2],
        "SendMessage.ContentType.declared-accepted",
        may=("SendMessage.Content.*", "Surfaces.*", "GetTranscript.*", "WebSocket.*"),
    ),
    _typed(
        "needs-the-interactive-type-for-responses",
        "The endpoint refuses interactive responses where the interactive message is not declared too.",
        lambda _, call, declared: (
            _kind(call) in declared and (_kind(call) != INTERACTIVE_RESPONSE or INTERACTIVE in declared)
        ),
        "SendMessage.ContentType.declared-accepted",
    ),
    _typed(
        "refuses-json-beside-markdown",
        "The endpoint refuses JSON where Markdown is declared.",
        lambda _, call, declared: _kind(call) in declared and not (_kind(call) == JSON and MARKDOWN in declared),
        "SendMessage.ContentType.declared-accepted",
        may=("SendMessage.Content.*", "Surfaces.*", "GetTranscript.*", "WebSocket.*"),
    ),
    _typed(
        "looks-for-plain-text-first-in-the-list",
        "The endpoint refuses text/plain where it is not the first type of the list.",
        lambda _, call, declared: _kind(call) in declared and (_kind(call) != TEXT or declared[0] == TEXT),
        "SendMessage.ContentType.text-plain-always",
        may=("StartChatContact.*", "GetTranscript.*"),
    ),
    _typed(
        "refuses-plain-text-beside-responses",
        "The endpoint refuses text/plain where only interactive responses are declared beside it.",
        lambda _, call, declared: (
            _kind(call) in declared and (_kind(call) != TEXT or set(declared) != {TEXT, INTERACTIVE_RESPONSE})
        ),
        "SendMessage.ContentType.text-plain-always",
        may=("StartChatContact.*",),
    ),
)


def _take_types(is_taken: Callable[[str], bool]) -> Seed:
    """Takes types beyond the four: those that `is_taken` is true of, whatever the chat declared."""

    def rule(call: Call) -> None:
        if not is_taken(_kind(call)):
            a_message_has_a_sendable_type(call)

    def seed(service: ReferenceService) -> None:
        lacks(service, SEND, a_message_has_a_sendable_type, rule)
        deciding(lambda _, call, declared: _kind(call) in declared or is_taken(_kind(call)))(service)

    return seed


_loose = Rows(_take_types, "SendMessage.ContentType.unsupported-refused")
LOOSE = (
    _loose(
        "takes-every-text",
        "The endpoint accepts any type text/*.",
        lambda kind: kind.lower().startswith("text/") and kind not in SENDABLE,
    ),
    _loose(
        "compares-the-beginning-of-types",
        "The endpoint accepts a type that begins as a supported one.",
        lambda kind: kind[:10] == TEXT and kind != TEXT,
    ),
    _loose(
        "compares-the-end-of-types",
        "The endpoint accepts a type that ends in a supported one.",
        lambda kind: kind.endswith(TEXT) and kind != TEXT,
    ),
    _loose(
        "looks-for-a-type-inside-the-type",
        "The endpoint accepts a type that holds a supported one.",
        lambda kind: kind not in SENDABLE and any(known in kind for known in SENDABLE),
    ),
    _loose(
        "takes-types-of-100-characters",
        "The endpoint accepts a type too long to be any.",
        lambda kind: len(kind) == LONGEST_TYPE,
    ),
    _loose(
        "takes-events-as-messages",
        "The endpoint accepts an event's type for a message.",
        lambda kind: ".event." in kind,
    ),
    _loose(
        "takes-images-as-messages",
        "The endpoint accepts an image's type for a message.",
        lambda kind: kind.startswith("image/"),
    ),
    _loose(
        "takes-what-belongs-to-connect",
        "The endpoint accepts any type of the vendor's own tree.",
        lambda kind: (
            kind.startswith("application/vnd.amazonaws.connect.message.")
            and kind not in (INTERACTIVE, INTERACTIVE_RESPONSE)
        ),
    ),
)


@fault("SendMessage.ContentType.interactive-refused")
def lets_participants_send_interactive_messages(service: ReferenceService) -> None:
    """The endpoint accepts the interactive message from a participant where the chat declares it."""

    def rule(call: Call) -> None:
        if _kind(call) != INTERACTIVE:
            a_message_has_a_sendable_type(call)

    lacks(service, SEND, a_message_has_a_sendable_type, rule)


@fault("SendMessage.ContentType.unsupported-refused", "SendMessage.ContentType.interactive-refused")
def denies_unsupported_types(service: ReferenceService) -> None:
    """The endpoint refuses an unsupported type as if the caller had no access."""

    def rule(call: Call) -> None:
        if _kind(call) not in SENDABLE:
            raise Refusal("AccessDeniedException", 403, "This type is not taken.")

    lacks(service, SEND, a_message_has_a_sendable_type, rule)


OF_IDS = ("SendEvent.*", "LifeCycle.*", "CreateParticipant.*", "*.ClientToken.*", "StartChatContact.PersistentChat.*")


def _named(service: ReferenceService, name: Callable[[Context, Call, Members], str]) -> None:
    """The Id of a message, in the reply and the transcript, is what `name` gives."""

    def renamed(context: Context, call: Call, members: Members) -> Members:
        item = call.contact.items[-1]
        item.id = name(context, call, members)
        return {**members, "Id": item.id}

    gives(service, SEND, renamed)


@fault("SendMessage.Id.unique", may=OF_IDS)
def names_messages_by_their_content(service: ReferenceService) -> None:
    """The endpoint gives two messages with the same content the same Id."""
    _named(service, lambda _, call, __: str(uuid.uuid5(uuid.NAMESPACE_OID, call.contact.id + call.get("Content"))))


@fault("SendMessage.Id.unique", may=OF_IDS)
def counts_messages_for_each_participant(service: ReferenceService) -> None:
    """Ids count the messages of each participant of the chat, so that two participants have the same ones."""
    counters: Counter[str] = Counter()

    def name(_: Context, call: Call, __: Members) -> str:
        counters[call.participant.id] += 1
        return f"{call.contact.id}-{counters[call.participant.id]}"

    _named(service, name)


@fault("SendMessage.Id.unique", may=OF_IDS)
def names_every_tenth_message_as_the_one_before(service: ReferenceService) -> None:
    """SendMessage gives every tenth message of a chat the Id of the one before it."""
    before: defaultdict[str, list[str]] = defaultdict(list)

    def name(_: Context, call: Call, members: Members) -> str:
        ids = before[call.contact.id]
        ids.append(members["Id"] if (len(ids) + 1) % 10 else ids[-1])
        return ids[-1]

    _named(service, name)


OF_TIMES = ("*.AbsoluteTime.*", "GetTranscript.*", "Surfaces.frame-and-transcript.*", "Surfaces.reply-and-frame.*")


def _timed(service: ReferenceService, move: Callable[[Context, Call, int], int]) -> None:
    """The time of a message, in the reply and the transcript, is what `move` makes of it, in milliseconds."""

    def retimed(context: Context, call: Call, members: Members) -> Members:
        item = call.contact.items[-1]
        item.at = move(context, call, item.at)
        return {**members, "AbsoluteTime": iso(item.at)}

    gives(service, SEND, retimed)


@fault("SendMessage.AbsoluteTime.when-sent", may=OF_TIMES)
def tells_times_of_another_zone(service: ReferenceService) -> None:
    """SendMessage dates a message an hour ahead, marked as UTC."""
    _timed(service, lambda context, _, __: context.now() + HOUR)


@fault("SendMessage.AbsoluteTime.when-sent", may=OF_TIMES)
def stamps_messages_with_the_start_of_the_chat(service: ReferenceService) -> None:
    """SendMessage dates all messages of a chat at its start."""
    _timed(service, lambda _, call, __: call.contact.started_at)


@fault("SendMessage.AbsoluteTime.never-back", may=OF_TIMES)
def stamps_the_messages_of_bots_a_second_early(service: ReferenceService) -> None:
    """SendMessage dates messages of added participants a second before they are sent."""
    _timed(service, lambda _, call, at: at if call.participant.role == CUSTOMER else at - SECOND)


def _keeps_refused(service: ReferenceService, which: Callable[[Call], bool]) -> None:
    own = service.perform

    def perform(call: Call) -> Members:
        try:
            return own(call)
        except Refusal:
            if call.operation.name == SEND and which(call):
                content = call.get("Content")
                item = new_item(
                    service.context, call.contact, call.participant, MESSAGE, content_type=_kind(call), content=content
                )
                publish(call.contact, item)
            raise

    service.perform = perform


@fault("SendMessage.refusal.no-effect")
def shows_messages_of_refused_types(service: ReferenceService) -> None:
    """The transcript contains a message that was refused for its undeclared type."""
    _keeps_refused(service, lambda call: _kind(call) in SENDABLE - set(call.contact.content_types))


@fault("SendMessage.refusal.no-effect")
def shows_messages_that_are_too_long(service: ReferenceService) -> None:
    """The transcript contains a message that was refused for too many bytes."""
    _keeps_refused(service, lambda call: len(call.get("Content")) < len(call.get("Content").encode()))


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
