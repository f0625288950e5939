"""Faults of the types of messages: which ones a chat takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conformance.contract.content_types import INTERACTIVE, INTERACTIVE_RESPONSE, TEXT
from conformance.reference.content_types import SENDABLE
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import content_type_of, lacks
from conformance.reference.participants import CUSTOMER
from conformance.reference.rules import a_message_has_a_sendable_type
from conformance.reference.service import ReferenceService

SEND = "SendMessage"
MARKDOWN, JSON = "text/markdown", "application/json"
LONGEST_TYPE = 100  # code points
Takes = Callable[[Context, Call, Sequence[str]], bool]


def deciding(takes: Takes) -> Seed:
    """Whether a chat takes a message is what `takes` says, which is given the types that the chat declared."""

    def seed(service: ReferenceService) -> None:
        perform = service.handlers[SEND]

        def decide(context: Context, call: Call) -> Members:
            contact, declared = call.contact, call.contact.content_types
            contact.content_types = (call.get("ContentType"),) if takes(context, call, declared) else ()
            try:
                return perform(context, call)
            finally:
                contact.content_types = declared

        service.handlers[SEND] = decide

    return seed


_typed = Rows(deciding)


def _of_any_chat(context: Context, call: Call, _: Sequence[str]) -> bool:
    return any(
        content_type_of(call) in contact.content_types for contact in context.state.contacts.values() if contact.active
    )


def _of_newest_chat(context: Context, call: Call, _: Sequence[str]) -> bool:
    return content_type_of(call) in list(context.state.contacts.values())[-1].content_types


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
        lambda _, call, declared: content_type_of(call) in (MARKDOWN, *declared),
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "takes-responses-with-the-interactive-type",
        "The endpoint accepts interactive responses where only the interactive message is declared.",
        lambda _, call, declared: (
            content_type_of(call) in declared or any(kind.startswith(content_type_of(call)[:50]) for kind in declared)
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
        lambda _, call, declared: content_type_of(call) in declared or call.participant.role != CUSTOMER,
        "SendMessage.ContentType.undeclared-refused",
    ),
    _typed(
        "keeps-bots-to-plain-text",
        "The endpoint accepts nothing but plain text from added participants.",
        lambda _, call, declared: (
            content_type_of(call) in declared if call.participant.role == CUSTOMER else content_type_of(call) == TEXT
        ),
        "SendMessage.ContentType.declared-accepted",
    ),
    _typed(
        "reads-two-types-of-the-list",
        "The endpoint accepts only the first two types of a chat's list.",
        lambda _, call, declared: content_type_of(call) in declared[:2],
        "SendMessage.ContentType.declared-accepted",
        may=("SendMessage.Content.*", "Surfaces.*", "GetTranscript.*", "WebSocket.*"),
    ),
    _typed(
        "needs-the-interactive-type-for-responses",
        "The endpoint refuses interactive responses where the interactive message is not declared too.",
        lambda _, call, declared: (
            content_type_of(call) in declared
            and (content_type_of(call) != INTERACTIVE_RESPONSE or INTERACTIVE in declared)
        ),
        "SendMessage.ContentType.declared-accepted",
    ),
    _typed(
        "refuses-json-beside-markdown",
        "The endpoint refuses JSON where Markdown is declared.",
        lambda _, call, declared: (
            content_type_of(call) in declared and not (content_type_of(call) == JSON and MARKDOWN in declared)
        ),
        "SendMessage.ContentType.declared-accepted",
        may=("SendMessage.Content.*", "Surfaces.*", "GetTranscript.*", "WebSocket.*"),
    ),
    _typed(
        "looks-for-plain-text-first-in-the-list",
        "The endpoint refuses text/plain where it is not the first type of the list.",
        lambda _, call, declared: (
            content_type_of(call) in declared and (content_type_of(call) != TEXT or declared[0] == TEXT)
        ),
        "SendMessage.ContentType.text-plain-always",
        may=("StartChatContact.*", "GetTranscript.*"),
    ),
    _typed(
        "refuses-plain-text-beside-responses",
        "The endpoint refuses text/plain where only interactive responses are declared beside it.",
        lambda _, call, declared: (
            content_type_of(call) in declared
            and (content_type_of(call) != TEXT or set(declared) != {TEXT, INTERACTIVE_RESPONSE})
        ),
        "SendMessage.ContentType.text-plain-always",
        may=("StartChatContact.*",),
    ),
)


def _take_types(is_taken: Callable[[str], bool]) -> Seed:
    """Takes types beyond the four: those that `is_taken` is true of, whatever the chat declared."""

    def rule(call: Call) -> None:
        if not is_taken(content_type_of(call)):
            a_message_has_a_sendable_type(call)

    def seed(service: ReferenceService) -> None:
        lacks(service, SEND, a_message_has_a_sendable_type, rule)
        deciding(lambda _, call, declared: content_type_of(call) in declared or is_taken(content_type_of(call)))(
            service
        )

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
        if content_type_of(call) != INTERACTIVE:
            a_message_has_a_sendable_type(call)

    lacks(service, SEND, a_message_has_a_sendable_type, rule)


@fault("SendMessage.ContentType.unsupported-refused", "SendMessage.ContentType.interactive-refused")
def denies_unsupported_types(service: ReferenceService) -> None:
    """The endpoint refuses an unsupported type as if the caller had no access."""

    def rule(call: Call) -> None:
        if content_type_of(call) not in SENDABLE:
            raise Refusal("AccessDeniedException", 403, "This type is not taken.")

    lacks(service, SEND, a_message_has_a_sendable_type, rule)
