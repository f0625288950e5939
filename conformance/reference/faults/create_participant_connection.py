"""Faults of CreateParticipantConnection: which information comes back, and for how long it works."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from conformance.contract.wire import Request, Response
from conformance.reference.clock import DAY, HOUR, MINUTE, iso
from conformance.reference.context import Call, Context, Members
from conformance.reference.faults.bearers import OF_EVERY_CHAT
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import gives, operation_of, refuses, takes, then
from conformance.reference.service import Handler, ReferenceService

CONNECT = "CreateParticipantConnection"
WEBSOCKET, CREDENTIALS = "WEBSOCKET", "CONNECTION_CREDENTIALS"


# What comes back


def connection_types(call: Call) -> list[str]:
    """The types of connection that a call asks for."""
    return list(call.get("Type") or ())


@fault("CreateParticipantConnection.Type.only-what-is-asked")
def gives_credentials_with_every_socket(service: ReferenceService) -> None:
    """A participant who asks for a web socket gets credentials too."""
    takes(
        service,
        CONNECT,
        lambda _, call: {"Type": [*connection_types(call), *[CREDENTIALS] * (WEBSOCKET in connection_types(call))]},
    )


@fault("CreateParticipantConnection.Type.only-what-is-asked")
def gives_a_socket_with_all_credentials(service: ReferenceService) -> None:
    """A participant who asks for credentials gets a web socket too."""
    takes(
        service,
        CONNECT,
        lambda _, call: {"Type": [*connection_types(call), *[WEBSOCKET] * (CREDENTIALS in connection_types(call))]},
    )


@fault("CreateParticipantConnection.Type.any-order", may=("CreateParticipantConnection.*",))
def refuses_credentials_first(service: ReferenceService) -> None:
    """The endpoint refuses CONNECTION_CREDENTIALS before WEBSOCKET."""
    refuses(service, CONNECT, lambda call: connection_types(call) == [CREDENTIALS, WEBSOCKET])


@fault("CreateParticipantConnection.Type.any-order", may=("CreateParticipantConnection.*",))
def gives_the_first_type_only(service: ReferenceService) -> None:
    """CreateParticipantConnection returns only ConnectionCredentials where they are the first Type."""

    def ask(_: Context, call: Call) -> Members:
        return {"Type": [CREDENTIALS]} if connection_types(call)[:1] == [CREDENTIALS] else {}

    takes(service, CONNECT, ask)


def _without(member: str) -> Seed:
    def give(_: Context, __: Call, members: Members) -> Members:
        members.get("WebRTCConnection", {}).pop(member, None)
        return members

    return lambda service: gives(service, CONNECT, give)


_lacking = Rows(_without, "CreateParticipantConnection.Type.webrtc-on-call")
LACKING = tuple(
    _lacking(f"connects-calls-without-{member}", f"The endpoint returns a WebRTCConnection without {member}.", member)
    for member in ("Attendee", "Meeting")
)


# Whether it works


@fault(
    "CreateParticipantConnection.ConnectParticipant.with-credentials",
    may=(
        "CreateParticipantConnection.ConnectParticipant.*",
        "CreateParticipantConnection.Type.null",
        "CreateParticipantConnection.again.accepted",
    ),
)
def refuses_credentials_without_a_socket(service: ReferenceService) -> None:
    """The endpoint refuses ConnectParticipant without the Type WEBSOCKET."""
    refuses(
        service, CONNECT, lambda call: bool(call.get("ConnectParticipant")) and WEBSOCKET not in connection_types(call)
    )


@fault("CreateParticipantConnection.ConnectParticipant.with-credentials", may=("StartChatContact.ParticipantToken.*",))
def voids_credentials_without_a_socket(service: ReferenceService) -> None:
    """The endpoint refuses the token of a connection made with ConnectParticipant."""

    def give(context: Context, call: Call, members: Members) -> Members:
        if call.get("ConnectParticipant"):
            context.state.connection_tokens.pop(members.get("ConnectionCredentials", {}).get("ConnectionToken"), None)
        return members

    gives(service, CONNECT, give)


def _shut_out(name: str) -> Seed:
    """Operation `name` does not take the token of a connection without a web socket."""

    def seed(service: ReferenceService) -> Handler:
        bare: set[str] = set()

        def act(_: Context, call: Call, members: Members) -> None:
            if (
                WEBSOCKET not in connection_types(call)
                and CREDENTIALS in connection_types(call)
                and not call.get("ConnectParticipant")
            ):
                bare.add(members["ConnectionCredentials"]["ConnectionToken"])

        then(service, CONNECT, act)

        def handle(request: Request) -> Response:
            shut = operation_of(request) == name and request.header("X-Amz-Bearer") in bare
            return service.handle(request.with_header("X-Amz-Bearer", "none") if shut else request)

        return handle

    return seed


_shutting = Rows(
    _shut_out,
    "CreateParticipantConnection.ConnectionToken.works",
    may=("SendMessage.ContentType.text-plain-always",),
)
SHUTTING = tuple(
    _shutting(f"shuts-out-of-{name}", f"{name} refuses the token of a connection without a web socket.", name)
    for name in OF_EVERY_CHAT
)


# For how long

Lasting = Callable[[Context, Call], int]


def _date(part: str, member: str) -> Callable[[Lasting], Seed]:
    """The reply says another time of expiry, in milliseconds since the epoch."""

    def seed_of(at: Lasting) -> Seed:
        def give(context: Context, call: Call, members: Members) -> Members:
            if part in members:
                members[part][member] = iso(at(context, call))
            return members

        return lambda service: gives(service, CONNECT, give)

    return seed_of


def _end_of_chat(_: Context, call: Call) -> int:
    return call.contact.ends_at


def _within_the_chat(context: Context, call: Call) -> int:
    return min(context.now() + DAY, call.contact.ends_at)


def _ahead(milliseconds: int) -> Lasting:
    return lambda context, _: context.now() + milliseconds


_tokens = Rows(_date("ConnectionCredentials", "Expiry"), "CreateParticipantConnection.ConnectionToken.one-day")
_sockets = Rows(_date("Websocket", "ConnectionExpiry"), "CreateParticipantConnection.Websocket.expiry-in-the-future")
EXPIRING = (
    _tokens("tokens-live-with-the-chat", "The endpoint dates Expiry at the end of the chat.", _end_of_chat),
    _tokens("tokens-live-an-hour", "The endpoint dates Expiry an hour ahead.", _ahead(HOUR)),
    _tokens("tokens-live-25-hours", "The endpoint dates Expiry 25 hours ahead.", _ahead(DAY + HOUR)),
    _tokens(
        "tokens-die-with-the-chat", "The endpoint dates Expiry at the end of the chat at the latest.", _within_the_chat
    ),
    _sockets("sockets-expire-in-the-past", "The endpoint dates ConnectionExpiry a minute ago.", _ahead(-MINUTE)),
    _sockets("sockets-expire-an-hour-ago", "The endpoint dates ConnectionExpiry an hour ago.", _ahead(-HOUR)),
)


@fault("CreateParticipantConnection.refusal.no-effect", may=("*",))
def ends_connections_by_refusals(service: ReferenceService) -> None:
    """CreateParticipantConnection ends the connections of a participant whom it refuses another one."""
    own = service.handle

    def handle(request: Request) -> Response:
        response = own(request)
        if operation_of(request) == "CreateParticipantConnection" and response.status == HTTPStatus.BAD_REQUEST:
            _end(service, request.header("x-amz-bearer") or "")
        return response

    service.handle = handle


def _end(service: ReferenceService, token: str) -> None:
    state = service.context.state
    caller = state.participant_tokens.get(token)
    for name in [name for name, one in state.connection_tokens.items() if one.participant is caller]:
        del state.connection_tokens[name]
