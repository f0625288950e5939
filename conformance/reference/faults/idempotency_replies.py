"""Faults of ClientTokens: repetitions whose replies are not what the first one was, or do not work."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.attachments import start_attachment_upload
from conformance.reference.clock import iso
from conformance.reference.context import Call, Context, Members, OperationHandler
from conformance.reference.errors import not_found
from conformance.reference.faults_kit.idempotency import GIVING_TOKENS, SENDING, every_operation, repeating
from conformance.reference.idempotency import Memory
from conformance.reference.participants import CUSTOMER, add_participant

SAME_TOKEN_SAME_RESULT = (
    "SendEvent.ClientToken.same-token-same-result",
    "SendMessage.ClientToken.same-token-same-result",
    "StartChatContact.ClientToken.same-token-same-result",
    "StartWebRTCContact.ClientToken.same-token-same-result",
    "CreateParticipant.ClientToken.same-token-same-result",
)
REPLAYED_TOKEN_WORKS = (
    "StartChatContact.ClientToken.replayed-token-works",
    "StartWebRTCContact.ClientToken.replayed-token-works",
    "CreateParticipant.ClientToken.replayed-token-works",
)
REPLAYED_URL_WORKS = ("StartAttachmentUpload.ClientToken.replayed-url-works",)
CONNECTION_INFORMATION = ("StartChatContact.ClientToken.connection-information",)
AFTER_END = ("StartChatContact.ClientToken.after-end", "StartWebRTCContact.ClientToken.after-end")


def _times_anew(context: Context, _call: Call, members: Members) -> Members:
    return {**members, "AbsoluteTime": iso(context.now() + 1)}


def _renames(member: str) -> Callable[[Context, Call, Members], Members]:
    return lambda context, _call, members: {**members, member: context.identifiers.uuid()}


TIME_ANEW = every_operation(
    "gives-another-time",
    "returns the time of the repetition instead of that of the first call",
    repeating(_times_anew),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.*",),
    only=SENDING,
)
PARTICIPANT_ANEW = every_operation(
    "gives-another-participant-id",
    "returns another ParticipantId with each repetition",
    repeating(_renames("ParticipantId")),
    SAME_TOKEN_SAME_RESULT,
    may=("*.ClientToken.*",),
    only=GIVING_TOKENS,
)


def _dead_token(context: Context, call: Call, members: Members) -> Members:
    token = context.identifiers.token()
    if call.operation.name == "CreateParticipant":
        return {**members, "ParticipantCredentials": {**members["ParticipantCredentials"], "ParticipantToken": token}}
    return {**members, "ParticipantToken": token}


def _other_customer(context: Context, _call: Call, members: Members) -> Members:
    contact = context.state.contacts[members["ContactId"]]
    return {**members, "ParticipantToken": add_participant(context, contact, CUSTOMER, "Ann").token}


DEAD_TOKEN = every_operation(
    "repeats-a-dead-token",
    "returns a ParticipantToken with a repetition that opens nothing",
    repeating(_dead_token),
    REPLAYED_TOKEN_WORKS,
)
OTHER_CUSTOMER = every_operation(
    "repeats-anothers-token",
    "returns a ParticipantToken with a repetition that is another participant's",
    repeating(_other_customer),
    REPLAYED_TOKEN_WORKS,
    only=("StartChatContact",),
)


def _other_upload(context: Context, call: Call, members: Members) -> Members:
    return {**members, "UploadMetadata": start_attachment_upload(context, call)["UploadMetadata"]}


OTHER_URL = every_operation(
    "repeats-with-another-url",
    "returns the Url of another upload with each repetition",
    repeating(_other_upload),
    REPLAYED_URL_WORKS,
)


def _bare(_context: Context, _call: Call, members: Members) -> Members:
    return {name: value for name, value in members.items() if name not in ("Websocket", "ConnectionCredentials")}


def _with_dead_token(context: Context, _call: Call, members: Members) -> Members:
    worn = {"ConnectionCredentials": {"ConnectionToken": context.identifiers.token(), "Expiry": iso(context.now())}}
    return members | (worn if "ConnectionCredentials" in members else {})


BARE = every_operation(
    "repeats-without-connection",
    "leaves the connection information out of a repetition",
    repeating(_bare),
    CONNECTION_INFORMATION,
)


def _with_dead_url(_context: Context, _call: Call, members: Members) -> Members:
    socket = members.get("Websocket")
    return members | {"Websocket": {**socket, "Url": f"{socket['Url']}0"}} if socket else members


WORN = every_operation(
    "repeats-with-a-dead-connection",
    "returns a ConnectionToken with a repetition that opens nothing",
    repeating(_with_dead_token),
    CONNECTION_INFORMATION,
)
UNPLUGGED = every_operation(
    "repeats-with-a-dead-url",
    "returns a web socket URL with a repetition that connects nowhere",
    repeating(_with_dead_url),
    CONNECTION_INFORMATION,
)


def _over(memory: Memory, context: Context, call: Call, perform: OperationHandler) -> Members:
    members = memory.once(context, call, perform)
    return members if context.state.contacts[members["ContactId"]].active else perform(context, call)


def _refuses_over(context: Context, call: Call, members: Members) -> Members:
    if context.state.contacts[members["ContactId"]].active:
        return members
    raise not_found(call.operation, "The contact has ended.")


ANEW_AFTER_END = every_operation(
    "starts-anew-after-the-end",
    "starts another contact for the ClientToken of one that has ended",
    lambda: _over,
    AFTER_END,
    may=("*.ClientToken.seven-days", "*.ClientToken.shortest-and-longest"),
)
REFUSED_AFTER_END = every_operation(
    "refuses-after-the-end",
    "refuses the ClientToken of a contact that has ended",
    repeating(_refuses_over),
    AFTER_END,
    may=("*.ClientToken.seven-days", "*.ClientToken.shortest-and-longest"),
)
