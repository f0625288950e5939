"""Faults of calls that must leave nothing behind: refused and repeated ones that count, connect or use something up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from conformance.contract.limits import ATTACHMENTS
from conformance.contract.wire import Request, Response
from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import access_denied, refusal_of
from conformance.reference.faults_kit.fault import Rows, Seed, fault
from conformance.reference.faults_kit.hooks import first, operation_of, then
from conformance.reference.participants import join
from conformance.reference.service import Handler, ReferenceService

CONNECT, CREATE, START = "CreateParticipantConnection", "CreateParticipant", "StartAttachmentUpload"
PLACES = 5  # beside the customer, in the reference's quota
REFUSED = 400  # and above: the status of a refusal
UPLOADS = ("StartAttachmentUpload.*", "CompleteAttachmentUpload.*", "Surfaces.*")


def _after(service: ReferenceService, name: str, act: Callable[[Request, Response], None]) -> Handler:
    """What answers requests where `act` is told each request of operation `name` with its reply."""
    own = service.handle

    def handle(request: Request) -> Response:
        response = own(request)
        if operation_of(request) == name:
            act(request, response)
        return response

    return handle


def _bearer(request: Request) -> str:
    return request.header("x-amz-bearer") or ""


@fault("CreateParticipantConnection.refusal.no-effect", may=("CreateParticipant*", "WebSocket.*", "SendEvent.*"))
def lets_the_refused_join(service: ReferenceService) -> Handler:
    """The endpoint marks a participant as connected whom it refuses a connection as bad input."""

    def act(request: Request, response: Response) -> None:
        who = service.context.state.participant_tokens.get(_bearer(request))
        if response.status == REFUSED and who is not None and who.present:
            join(service.context, who)

    return _after(service, CONNECT, act)


@fault("CreateParticipantConnection.refusal.no-effect", may=("CreateParticipant*", "Tokens.*"))
def counts_refused_connections(service: ReferenceService) -> Handler:
    """A participant who was refused five connections gets no other one."""
    refused: Counter[str] = Counter()

    def check(_: Context, call: Call) -> None:
        if refused[call.participant.token] >= PLACES:
            raise access_denied("There were too many calls.")

    first(service, CONNECT, check)
    return _after(service, CONNECT, lambda request, reply: _count(refused, _bearer(request), reply))


def _count(refused: Counter[str], who: str, reply: Response) -> None:
    refused[who] += reply.status == REFUSED


@fault("CreateParticipant.refusal.no-effect", may=("CreateParticipant.*",))
def counts_refused_participants(service: ReferenceService) -> Handler:
    """A refused participant takes a place in the chat."""
    refused: Counter[str] = Counter()

    def check(context: Context, call: Call) -> None:
        contact = context.state.contacts.get(call.get("ContactId"))
        if contact is not None and len(contact.present) + refused[contact.id] > PLACES:
            raise refusal_of(call.operation, ("ServiceQuotaExceededException",), "The contact has no room for another.")

    def note(request: Request, reply: Response) -> None:
        for contact in service.context.state.contacts:
            refused[contact] += reply.status == REFUSED and contact.encode() in request.body

    first(service, CREATE, check)
    return _after(service, CREATE, note)


def _no_others(_: Context, __: Call) -> int:
    return 0


def _uploads(context: Context, call: Call) -> int:
    """How many uploads were started in the chat of a call."""
    return sum(one.contact is call.contact for one in context.state.attachments.values())


def _count_replies(counting: tuple[Callable[[Response], bool], Callable[[Context, Call], int]]) -> Seed:
    """Each call of StartAttachmentUpload whose reply the first part holds for counts as an attachment.

    The second part gives how many others count.
    """
    counted, others = counting

    def seed(service: ReferenceService) -> Handler:
        counts: Counter[str] = Counter()

        def check(context: Context, call: Call) -> None:
            if counts[call.contact.id] + others(context, call) >= ATTACHMENTS:
                raise refusal_of(call.operation, ("ServiceQuotaExceededException",), "The contact has its most.")

        def note(request: Request, reply: Response) -> None:
            connection = service.context.state.connection_tokens.get(_bearer(request))
            if connection is not None and counted(reply):
                counts[connection.participant.contact.id] += 1

        first(service, START, check)
        return _after(service, START, note)

    return seed


_counting = Rows(_count_replies, "StartAttachmentUpload.quota.only-attachments-count", may=UPLOADS)
COUNTING = (
    _counting(
        "counts-repeated-uploads",
        "The endpoint counts each repetition of StartAttachmentUpload as an attachment.",
        (lambda reply: reply.succeeded, _no_others),
    ),
    _counting(
        "counts-refused-uploads",
        "The endpoint counts each refused StartAttachmentUpload as an attachment.",
        (lambda reply: reply.status == REFUSED, _uploads),
    ),
)


STARTS = 20


@fault("LifeCycle.chats.outlive-others", may=("*",))
def forgets_a_chat_after_other_starts(service: ReferenceService) -> None:
    """The tokens of a chat open nothing any more when 20 others were started after it."""
    started: list[str] = []

    def act(context: Context, _: Call, members: Members) -> None:
        started.append(members["ContactId"])
        old = started[-STARTS - 1] if len(started) > STARTS else None
        tokens = context.state.connection_tokens
        for token in [token for token, connection in tokens.items() if connection.participant.contact.id == old]:
            del tokens[token]

    then(service, "StartChatContact", act)


@fault("LifeCycle.chats.outlive-others", may=("*",))
def describes_the_latest_chats_only(service: ReferenceService) -> None:
    """DescribeContact does not find a contact any more when 20 others were started after it."""
    started: list[str] = []
    then(service, "StartChatContact", lambda _, __, members: started.append(members["ContactId"]))

    def check(_: Context, call: Call) -> None:
        if call.get("ContactId") in started[: -STARTS or None]:
            raise refusal_of(call.operation, ("ResourceNotFoundException",), "No such contact in this instance.")

    first(service, "DescribeContact", check)
