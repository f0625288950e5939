"""What the plainest call of an operation needs, provided by a chat of a scenario."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract.model import operation
from conformance.endpoint.conversation import headers_to_include, settled
from conformance.scenario.participants import Participant, text_at
from conformance.wire import Request, to_request
from strategies.examples import fill_in, plain_arguments

if TYPE_CHECKING:
    from conformance.scenario.scenario import Scenario

FILE = b"hello"  # the content of an uploaded attachment


@dataclass(slots=True)
class Provisions(Mapping[str, str]):
    """Resources of `participant`, created by its calls at their first use, else options of the run."""

    participant: Participant
    made: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        if name not in self.made:
            make = _MADE_BY.get(name)
            self.made[name] = make(self) if make else self.participant.scenario.option(name)
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_MADE_BY)

    def __len__(self) -> int:
        return len(_MADE_BY)

    def plain(self, name: str, /, **members: Any) -> Request:
        """The plainest request of operation `name` with `members` added to its own or replacing them.

        Raises SetupFailed where the endpoint refused what it needs, MissingOption where its owner did not give it.
        """
        arguments = {**plain_arguments(operation(name)), **members}
        return to_request(operation(name), fill_in(arguments, self))

    def upload(self) -> str:
        """Upload an attachment without completing it. Returns its id."""
        scenario = self.participant.scenario
        started = scenario.need(scenario.send(self.plain("StartAttachmentUpload", AttachmentSizeInBytes=len(FILE))))
        put_file(scenario, started)
        return text_at(started, "AttachmentId")

    def attach(self) -> str:
        """Upload and complete an attachment, and wait until the endpoint returns it. Returns its id."""
        attachment, own = self.upload(), self.participant
        completing = {"AttachmentIds": [attachment], "ClientToken": str(uuid.uuid4())}
        own.scenario.need(own.call("CompleteAttachmentUpload", **completing))
        own.scenario.until(lambda: settled(own.call("GetAttachment", AttachmentId=attachment)))
        return attachment

    def say(self) -> str:
        """Send a message. Returns its id."""
        return text_at(self.participant.scenario.need(self.participant.say()), "Id")

    def stream(self) -> str:
        """Start streaming on the contact. Returns the streaming id."""
        scenario = self.participant.scenario
        return text_at(scenario.need(scenario.send(self.plain("StartContactStreaming"))), "StreamingId")


def put_file(scenario: Scenario, started: Mapping[str, Any]) -> None:
    """Upload FILE as the reply `started` of StartAttachmentUpload says. What the endpoint answers is not looked at.

    Raises SetupFailed for a URL that may not be followed.
    """
    url = text_at(started, "UploadMetadata", "Url")
    scenario.fetch("PUT", url, headers_to_include(started), FILE)


_MADE_BY: Mapping[str, Callable[[Provisions], str]] = {
    "contact_id": lambda own: own.participant.contact_id,
    "participant_token": lambda own: own.participant.participant_token,
    "connection_token": lambda own: own.participant.connection_token,
    "message_id": Provisions.say,
    "uploaded_attachment_id": Provisions.upload,
    "attachment_id": Provisions.attach,
    "streaming_id": Provisions.stream,
}
