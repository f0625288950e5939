"""Whether a chat begins when it is started, or only with the first web socket of its customer.

On the real service the flow begins with the socket; before that a transcript stays empty (domain fact S-03). No
document says so, and an endpoint may do the same. To open a socket in every chat of any other would cost a run time.
"""

from __future__ import annotations

from functools import partial

from conformance.contract.model import operation
from conformance.contract.wire import to_request
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.endpoint import Endpoint
from conformance.endpoint.preconditions import SetupFailed
from conformance.engine.conversations import Conversations
from conformance.scenario.participants import objects_at


def learn_flow_start(endpoint: Endpoint, conversations: Conversations) -> None:
    """Have `endpoint` join every chat by a web socket from now on, where nothing is said without and it is with one."""
    if endpoint.joins or _shows_messages(endpoint, conversations):
        return
    endpoint.joins = True
    endpoint.joins = _shows_messages(endpoint, conversations)


def _shows_messages(endpoint: Endpoint, conversations: Conversations) -> bool:
    """Whether a message of a new chat's customer is taken and comes to stand in the transcript."""
    try:
        with conversations.own() as conversation:
            message = conversation["message_id"]
            return bool(conversations.polling.until(partial(_is_shown, endpoint, conversation, message)))
    except SetupFailed:
        return False


def _is_shown(endpoint: Endpoint, conversation: ChatResources, message: str) -> bool | None:
    """Whether the message stands in the transcript, None while it does not; False where there is no transcript."""
    token = conversation["connection_token"]
    read = endpoint.send(to_request(operation("GetTranscript"), {"ConnectionToken": token}))
    if read.response is None or not read.response.succeeded:
        return False
    return any(item.get("Id") == message for item in objects_at(read.response.members, "Transcript")) or None
