"""Faults of whose a token is: what reaches other chats, what refusals tell and do, and which tokens are handed out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from conformance.contract.wire import Request, Response
from conformance.reference.clock import DAY
from conformance.reference.contacts import end_contact
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.bearers import CONNECTING, bearer_of, owner_of
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, then
from conformance.reference.items import new_item, publish
from conformance.reference.lifecycle import ContactEvent
from conformance.reference.service import Handler, ReferenceService
from conformance.reference.state import EVENT, MESSAGE, Connection, Contact

OF_CHATS = ("*.own-chat-only", "LifeCycle.*", "*.other-chats-go-on", "GetTranscript.*", "Surfaces.*", "WebSocket.*")
EVERYTHING = ("*",)  # whoever speaks for somebody else, or for nobody, breaks all that rests on it
FORBIDDEN = 403


def _others(context: Context, own: Contact) -> Iterator[Contact]:
    """The other active contacts, the newest first."""
    contacts = reversed(list(context.state.contacts.values()))
    return (contact for contact in contacts if contact.active and contact is not own)


@fault("SendMessage.bearer.own-chat-only", "GetTranscript.bearer.own-chat-only", may=OF_CHATS)
def says_it_in_the_newest_chat_too(service: ReferenceService) -> None:
    """The endpoint adds a message to the newest other chat, too."""

    def add(context: Context, call: Call, _: Members) -> None:
        for other in list(_others(context, call.contact))[:1]:
            other.items.append(call.contact.items[-1])

    then(service, "SendMessage", add)


@fault(
    "SendMessage.bearer.own-chat-only",
    "GetTranscript.bearer.own-chat-only",
    may=(*OF_CHATS, "StartChatContact.*", "Tokens.*"),
)
def reads_all_chats(service: ReferenceService) -> None:
    """GetTranscript shows the messages of every active chat."""
    perform = service.handlers["GetTranscript"]

    def read(context: Context, call: Call) -> Members:
        contact, own = call.contact, call.contact.items
        others = [item for other in _others(context, contact) for item in other.items]
        contact.items = sorted([*own, *others], key=lambda item: item.at)
        try:
            return perform(context, call)
        finally:
            contact.items = own

    service.handlers["GetTranscript"] = read


@fault("SendEvent.bearer.own-chat-only", may=OF_CHATS)
def shows_typing_in_other_chats(service: ReferenceService) -> None:
    """The transcripts of all other chats contain an event."""

    def show(context: Context, call: Call, members: Members) -> None:
        kind = call.get("ContentType")
        for other in _others(context, call.contact):
            item = new_item(context, other, call.participant, EVENT, content_type=kind)
            item.id = members["Id"]
            other.items.append(item)

    then(service, "SendEvent", show)


LEAVING = ("DisconnectParticipant.bearer.own-chat-only", "DisconnectParticipant.effect.other-chats-go-on")


@fault(*LEAVING, may=(*OF_CHATS, "Tokens.*", "DisconnectParticipant.*"))
def ends_the_chat_before_too(service: ReferenceService) -> None:
    """A participant who disconnects ends also the chat that was started before its own."""

    def end(context: Context, call: Call, _: Members) -> None:
        contacts = list(context.state.contacts.values())
        place = contacts.index(call.contact)
        if place and contacts[place - 1].active:
            end_contact(context, contacts[place - 1], ContactEvent.STOP)

    then(service, "DisconnectParticipant", end)


@fault("CreateParticipantConnection.bearer.own-chat-only", may=EVERYTHING)
def connects_to_the_newest_other_chat(service: ReferenceService) -> None:
    """CreateParticipantConnection connects to the newest other chat where three are active."""

    def note_connection(context: Context, call: Call, members: Members) -> None:
        others = list(_others(context, call.contact))
        if "ConnectionCredentials" in members and len(others) > 1:
            token = members["ConnectionCredentials"]["ConnectionToken"]
            context.state.connection_tokens[token] = Connection(others[0].participants[0], context.now() + DAY)

    then(service, CONNECTING, note_connection)


OF_ATTACHMENTS = ("*Attachment*",)


def _as_its_owner(service: ReferenceService, name: str, member: str) -> None:
    """Operation `name` is performed by the customer whose chat the attachment belongs to."""
    perform = service.handlers[name]

    def perform_as_owner(context: Context, call: Call) -> Members:
        given = call.get(member)
        attachment = context.state.attachments.get(given if isinstance(given, str) else given[0])
        return perform(context, replace(call, caller=attachment.contact.participants[0]) if attachment else call)

    service.handlers[name] = perform_as_owner


@fault("GetAttachment.bearer.own-chat-only", "StartAttachmentUpload.bearer.own-chat-only", may=OF_ATTACHMENTS)
def opens_the_attachments_of_any_chat(service: ReferenceService) -> None:
    """GetAttachment opens every attachment, whichever chat its token is of."""
    _as_its_owner(service, "GetAttachment", "AttachmentId")


@fault("CompleteAttachmentUpload.bearer.own-chat-only", may=OF_ATTACHMENTS)
def completes_the_attachments_of_any_chat(service: ReferenceService) -> None:
    """CompleteAttachmentUpload completes every upload, whichever chat its token is of."""
    _as_its_owner(service, "CompleteAttachmentUpload", "AttachmentIds")


def _tell_of(service: ReferenceService, attribute: str) -> Handler:
    """A denial for a token that resembles a right one shows that `attribute` of the right one's owner."""

    def handle(request: Request) -> Response:
        response, token = service.handle(request), bearer_of(request)
        owner = owner_of(service, token) or _owner_of_similar(service, token)
        if response.status != FORBIDDEN or owner is None:
            return response
        body = {"message": f"This is denied to {getattr(owner, attribute)}."}
        return Response(response.status, response.headers, json.dumps(body).encode())

    return handle


def _owner_of_similar(service: ReferenceService, token: str) -> object:
    """Whose token begins like `token`, with 40 characters or more."""
    state, begin = service.context.state, token[: max(40, len(token) // 3)]
    tokens = [*state.connection_tokens, *state.participant_tokens]
    return next((owner_of(service, one) for one in tokens if one.startswith(begin)), None)


@fault("Tokens.refusal.reveals-nothing")
def tells_names_to_wrong_tokens(service: ReferenceService) -> Handler:
    """A denial contains the name of the participant whose token the wrong one resembles."""
    return _tell_of(service, "display_name")


@fault("Tokens.refusal.reveals-nothing")
def tells_ids_to_wrong_tokens(service: ReferenceService) -> Handler:
    """A denial contains the id of the participant whose token the wrong one resembles."""
    return _tell_of(service, "id")


@fault("Tokens.refusal.reveals-nothing")
def tells_tokens_to_wrong_tokens(service: ReferenceService) -> Handler:
    """A denial contains the right token that the wrong one resembles."""
    return _tell_of(service, "token")


@fault("Tokens.refusal.no-effect", may=("SendMessage.refusal.no-effect", "GetTranscript.*", "Surfaces.*"))
def keeps_messages_of_wrong_tokens(service: ReferenceService) -> Handler:
    """The transcript contains a message that was denied for a token of the wrong kind."""

    def handle(request: Request) -> Response:
        response, owner = service.handle(request), owner_of(service, bearer_of(request))
        if response.status == FORBIDDEN and owner and owner.contact.active and request.path == "/participant/message":
            content = json.loads(request.body).get("Content")
            item = new_item(service.context, owner.contact, owner, MESSAGE, content_type="text/plain", content=content)
            publish(owner.contact, item)
        return response

    return handle


@fault("Tokens.refusal.no-effect", may=("Tokens.*", "*.connection-token-only"))
def ends_chats_of_wrong_tokens(service: ReferenceService) -> Handler:
    """A refused disconnect with a participant token ends the chat."""

    def handle(request: Request) -> Response:
        response, owner = service.handle(request), owner_of(service, bearer_of(request))
        tried = request.path == "/participant/disconnect" and response.status == FORBIDDEN
        if tried and owner and owner.contact.active and bearer_of(request) == owner.token:
            end_contact(service.context, owner.contact, ContactEvent.STOP)
        return response

    return handle


@fault("Tokens.issue.header-safe", may=("StartChatContact.ConnectionTypes.*", "WebSocket.url.*"))
def hands_out_tokens_of_two_lines(service: ReferenceService) -> None:
    """A token contains a line break."""
    made = service.context.identifiers.token
    service.context.identifiers.token = lambda *size: f"{made(*size)}\n="  # type: ignore[method-assign]


@fault("Tokens.issue.header-safe", may=EVERYTHING)
def hands_out_tokens_with_a_blank_behind(service: ReferenceService) -> None:
    """A connection token ends in a blank, which no header keeps."""

    def blank(_: Context, __: Call, members: Members) -> Members:
        credentials = members.get("ConnectionCredentials")
        if credentials:
            token = credentials["ConnectionToken"]
            credentials["ConnectionToken"] = f"{token} "
        return members

    gives(service, CONNECTING, blank)


@fault("Tokens.issue.different", may=EVERYTHING)
def hands_out_one_connection_token(service: ReferenceService) -> None:
    """Every participant gets the connection token of the participant who connected last."""

    def share(context: Context, call: Call, members: Members) -> None:
        if "ConnectionCredentials" in members:
            context.state.connection_tokens["one-for-all"] = Connection(call.participant, context.now() + DAY)
            members["ConnectionCredentials"]["ConnectionToken"] = "one-for-all"

    then(service, CONNECTING, share)


@fault("Tokens.issue.different")
def hands_participant_tokens_out_as_connection_tokens(service: ReferenceService) -> None:
    """The endpoint returns the participant token as the connection token."""

    def same(context: Context, call: Call, members: Members) -> None:
        if "ConnectionCredentials" in members:
            context.state.connection_tokens[call.participant.token] = Connection(call.participant, context.now() + DAY)
            members["ConnectionCredentials"]["ConnectionToken"] = call.participant.token

    then(service, CONNECTING, same)
