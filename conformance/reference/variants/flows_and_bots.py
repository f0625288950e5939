"""Lawful variants of what else happens in a chat: what a flow, a bot and an agent say and do there."""

from __future__ import annotations

from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import access_denied
from conformance.reference.items import EVENT_TYPES, announce, new_item, publish
from conformance.reference.lifecycle import ParticipantStage
from conformance.reference.service import ReferenceService
from conformance.reference.state import MESSAGE, Contact, Participant, Socket
from conformance.reference.variants.variant import Variant

FLOW_ATTRIBUTES = {"flow-began": "yes", "language": "en"}
GREETING = "Welcome. Somebody will be with you soon."


def _say(context: Context, contact: Contact, role: str, name: str, text: str) -> None:
    speaker = Participant(f"{role}-{contact.id}"[:256], contact, role, name, "")
    publish(contact, new_item(context, contact, speaker, MESSAGE, content_type="text/plain", content=text))


def _greeting_at_the_start(service: ReferenceService) -> None:
    own = service.handlers["StartChatContact"]

    def start_chat_contact(context: Context, call: Call) -> Members:
        members = own(context, call)
        _say(context, context.state.contacts[members["ContactId"]], "SYSTEM", "SYSTEM_MESSAGE", GREETING)
        return members

    service.handlers["StartChatContact"] = start_chat_contact


def _greeting_of_nobody(service: ReferenceService) -> None:
    """The flow speaks at the start, and what it says names no participant, no role and no display name."""
    own = service.handlers["StartChatContact"]

    def start_chat_contact(context: Context, call: Call) -> Members:
        members = own(context, call)
        contact = context.state.contacts[members["ContactId"]]
        publish(contact, new_item(context, contact, None, MESSAGE, content_type="text/plain", content=GREETING))
        return members

    service.handlers["StartChatContact"] = start_chat_contact


def _greeting_on_the_socket(service: ReferenceService) -> None:
    """The flow begins when the first socket has subscribed, and an agent is invited."""
    greeted: set[str] = set()
    own = service.sockets.receive

    def receive(socket: Socket, text: str) -> None:
        own(socket, text)
        contact = socket.participant.contact
        if socket.subscribed and contact.active and contact.id not in greeted:
            greeted.add(contact.id)
            _say(service.context, contact, "SYSTEM", "SYSTEM_MESSAGE", GREETING)
            announce(service.context, contact, EVENT_TYPES + "participant.invited")
            announce(service.context, contact, EVENT_TYPES + "participant.idle", socket.participant)

    service.sockets.receive = receive  # type: ignore[method-assign]


def _echo(service: ReferenceService) -> None:
    """A bot says everything again that it is told."""
    own = service.handlers["SendMessage"]

    def send_message(context: Context, call: Call) -> Members:
        members = own(context, call)
        _say(context, call.contact, "SYSTEM", "BOT", call.get("Content"))
        return members

    service.handlers["SendMessage"] = send_message


def _silence_until_joining(service: ReferenceService) -> None:
    """The flow begins with the first web socket, and nothing shows in the transcript before (domain fact S-03)."""
    own = service.handlers["GetTranscript"]

    def get_transcript(context: Context, call: Call) -> Members:
        if any(participant.stage is not ParticipantStage.INVITED for participant in call.contact.participants):
            return own(context, call)
        return {"InitialContactId": call.contact.id, "Transcript": []}

    service.handlers["GetTranscript"] = get_transcript


def _demand_joining(service: ReferenceService) -> None:
    """Whoever has not come by a web socket, or was not marked as connected, says nothing."""
    for name in ("SendMessage", "SendEvent"):
        service.handlers[name] = _for_the_connected(service.handlers[name])


def _for_the_connected(own: OperationHandler) -> OperationHandler:
    def handler(context: Context, call: Call) -> Members:
        if call.participant.stage is ParticipantStage.INVITED:
            raise access_denied("The participant is not connected yet.")
        return own(context, call)

    return handler


def _attributes_of_the_flow(service: ReferenceService) -> None:
    """The flow sets attributes of its own as soon as a contact is started."""
    for name in ("StartChatContact", "StartWebRTCContact"):
        service.handlers[name] = _setting_attributes(service.handlers[name])


def _setting_attributes(own: OperationHandler) -> OperationHandler:
    def handler(context: Context, call: Call) -> Members:
        members = own(context, call)
        context.state.contacts[members["ContactId"]].attributes.update(FLOW_ATTRIBUTES)
        return members

    return handler


VARIANTS = (
    Variant(
        "attributes-of-the-flow",
        "A flow may set attributes of a contact as soon as it begins.",
        alter=_attributes_of_the_flow,
    ),
    Variant(
        "greeting-at-start",
        "A flow may send a message before any participant has subscribed.",
        alter=_greeting_at_the_start,
    ),
    Variant("greeting-of-nobody", "A message of a flow may name no participant.", alter=_greeting_of_nobody),
    Variant(
        "greeting-on-socket",
        "A flow may send a message as soon as a participant has subscribed.",
        alter=_greeting_on_the_socket,
    ),
    Variant(
        "silent-until-joined",
        "A chat may begin with the first web socket, and its transcript be empty before.",
        alter=_silence_until_joining,
    ),
    Variant(
        "joined-before-speaking",
        "A participant may have to be connected before it can send messages.",
        alter=_demand_joining,
    ),
    Variant("echoing-bot", "A bot may answer each message, and in the same words.", alter=_echo),
)
