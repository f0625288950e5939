"""A chat in a scenario: its identifiers, and the calls of its participants in the words of the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.diagnosis.bodies import lacking, text_in
from conformance.contract.operation_traits import TRAITS
from conformance.contract.wire import Exchange
from conformance.endpoint.chat_member import ChatMember
from conformance.endpoint.chat_resources import ChatResources
from conformance.endpoint.preconditions import SetupFailed, usable_reply
from conformance.scenario.calls import ScenarioCalls
from conformance.scenario.next_pages import NextPages

_CONTACT_IDS = ("ContactId", "InitialContactId")  # as operations call the contact that they are about
PAGE = 100  # items, the most that GetTranscript returns at once
PAGES = 50  # a transcript with more pages is not read to its end
FEW_PAGES = 2  # nor one with more than these where messages hardly ever came to stand in a transcript


@dataclass(slots=True)
class Participant(ChatMember[ScenarioCalls]):
    """One participant of a chat in a scenario, which keeps its calls."""

    @property
    def scenario(self) -> ScenarioCalls:
        """The scenario that the participant is part of."""
        return self.calls

    def resources(self) -> ChatResources:
        """What plain requests of this participant need, made anew at the first use of each."""
        return ChatResources(self.calls, self)

    def call(self, name: str, /, **members: Any) -> Exchange:
        """Call a Participant Service operation with this participant's connection token, or one given."""
        self.come()
        own = {} if "ConnectionToken" in members else {"ConnectionToken": self.connection_token}
        return self.scenario.call(name, {**own, **members})

    def say(self, content: str = "Hello", content_type: str = "text/plain", **members: Any) -> Exchange:
        """Call SendMessage."""
        return self.call("SendMessage", ContentType=content_type, Content=content, **members)

    def signal(self, event: str = "typing", **members: Any) -> Exchange:
        """Call SendEvent; `event` is the end of a content type application/vnd.amazonaws.connect.event.*."""
        return self.call("SendEvent", ContentType=f"application/vnd.amazonaws.connect.event.{event}", **members)

    def transcript(self, **members: Any) -> Exchange:
        """Call GetTranscript once."""
        return self.call("GetTranscript", **members)

    def leave(self, **members: Any) -> Exchange:
        """Call DisconnectParticipant."""
        return self.call("DisconnectParticipant", **members)

    def items(self, **members: Any) -> list[Mapping[str, Any]]:
        """Every item of the transcript, oldest first, page by page. Raises SetupFailed on an error.

        An endpoint that makes up each page never comes to the last one.
        """
        pages: list[list[Mapping[str, Any]]] = []
        next_pages = NextPages()
        for _ in range(FEW_PAGES if self.scenario.verifier.polling.hardly_shows("GetTranscript") else PAGES):
            more = {"NextToken": next_pages.token} if next_pages.token else {}
            reply = self.transcript(MaxResults=PAGE, SortOrder="ASCENDING", **more, **members)
            page = self.scenario.need(reply)
            pages.insert(0, objects_at(page, "Transcript"))
            if not next_pages.lead_on(pages[0], page.get("NextToken") or None):
                break
        return [item for page in pages for item in page]


@dataclass(slots=True)
class Chat(Participant):
    """A chat contact, seen by the customer who started it."""

    def stop(self) -> Exchange:
        """Call StopContact."""
        return self.on_contact("StopContact")

    def on_contact(self, name: str, /, **members: Any) -> Exchange:
        """Call a Connect operation about this contact; its identifiers go under the operation's own names."""
        own = {"InstanceId": self.scenario.option("instance_id"), **dict.fromkeys(_CONTACT_IDS, self.contact_id)}
        ids = {member: own[member] for member in TRAITS[name].plain if member in own}
        return self.scenario.call(name, {**ids, **members})

    def add_participant(self, role: str = "CUSTOM_BOT", name: str = "Bot") -> Participant:
        """Add a participant with CreateParticipant. Raises SetupFailed when that is refused."""
        details = {"ParticipantRole": role, "DisplayName": name}
        return self.participant_of(self.on_contact("CreateParticipant", ParticipantDetails=details))

    def participant_of(self, created: Exchange) -> Participant:
        """The participant that a CreateParticipant call added. Raises SetupFailed when it was refused."""
        reply = self.scenario.need(created)
        token = text_at(reply, "ParticipantCredentials", "ParticipantToken")
        return Participant(self.scenario, self.contact_id, text_at(reply, "ParticipantId"), token)


def members_of(exchange: Exchange, what: str = "") -> Mapping[str, Any]:
    """The members of a reply that the scenario cannot continue without. Raises SetupFailed for any but a success.

    `what` says which call it was; by default the name of its operation.
    """
    return usable_reply(exchange, what).members


def text_at(members: Mapping[str, Any], *path: str) -> str:
    """The text at `path` in a reply. Raises SetupFailed where it is missing: that is the reply's own violation."""
    value = text_in(members, path)
    if value is None:
        raise SetupFailed(f"a reply {lacking(members, path)}")
    return value


def object_at(members: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at `path` in a reply or an item, empty where there is none."""
    value = _at(members, path)
    return value if isinstance(value, Mapping) else {}


def objects_at(members: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """The objects of the list at `path` in a reply or an item, none where there is no list."""
    value = _at(members, path)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _at(members: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = members
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
