"""CreateParticipant: a custom bot joins a chat, a customer joins a call, each with its own identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from conformance.checks.errors import describe
from conformance.checks.replies import judged_reply
from conformance.contract.wire import Exchange
from conformance.scenario.markers import verifies, verifies_each
from conformance.scenario.participants import Chat, Participant, object_at
from conformance.scenario.scenario import Scenario
from conformance.scenario.timestamps import instant, present_of
from conformance.scenario.transcripts import id_of, ids, items_with

QUOTA_EXCEEDED = 402
LONGEST = "\U0001f916" + "n" * 255  # 256 code points
CAPABILITIES = {"Video": "SEND", "ScreenShare": "SEND"}


def _create(chat: Chat, role: str | None, name: str = "Another", **more: Any) -> Exchange:
    details = {"DisplayName": name, **({"ParticipantRole": role} if role else {}), **more}
    return chat.on_contact("CreateParticipant", ParticipantDetails=details)


@verifies("CreateParticipant.chat.custom-bot", "CreateParticipant.ParticipantToken.lives-with-participant")
def test_a_custom_bot_joins_a_chat(scenario: Scenario) -> None:
    """The endpoint adds a CUSTOM_BOT to a chat, and the bot's ParticipantToken opens connections repeatedly."""
    quiet, talking = scenario.new_chat(), scenario.chat()
    scenario.need(talking.say())
    for chat in (quiet, talking):
        added = _create(chat, "CUSTOM_BOT")
        namesake = _create(chat, "CUSTOM_BOT")
        with scenario.claim("CreateParticipant.chat.custom-bot") as claim:
            claim.success(added, "CreateParticipant of a CUSTOM_BOT in an active chat")
            claim.success(namesake, "CreateParticipant of another CUSTOM_BOT of the same name")
        bot = chat.participant_of(added)
        with scenario.claim("CreateParticipant.chat.custom-bot") as claim:
            claim.success(bot.connect(), "the first CreateParticipantConnection of the bot")
        with scenario.claim("CreateParticipant.ParticipantToken.lives-with-participant") as claim:
            for _ in range(2):
                claim.success(bot.connect(), "another CreateParticipantConnection of the bot")


_OTHER_ROLES = {
    "CreateParticipant.chat.agent-refused": "AGENT",
    "CreateParticipant.chat.customer-refused": "CUSTOMER",
    "CreateParticipant.chat.system-refused": "SYSTEM",
    "CreateParticipant.chat.supervisor-refused": "SUPERVISOR",
}


@verifies_each("requirement", *_OTHER_ROLES)
def test_no_other_role_joins_a_chat(scenario: Scenario, requirement: str) -> None:
    """The endpoint refuses a role other than CUSTOM_BOT for a chat contact."""
    role = _OTHER_ROLES[requirement]
    added = _create(scenario.chat(), role)
    with scenario.claim(requirement) as claim:
        claim.refusal(added, f"CreateParticipant of role {role} in a chat")


@verifies("CreateParticipant.call.customer")
def test_a_customer_joins_a_call(scenario: Scenario) -> None:
    """The endpoint adds further CUSTOMERs to a WebRTC contact, each with its own identifiers."""
    call = scenario.webrtc_call()
    added = [_create(call, "CUSTOMER", "Bea"), _create(call, "CUSTOMER", "Cid", ParticipantCapabilities=CAPABILITIES)]
    with scenario.claim() as claim:
        for answer in added:
            claim.success(answer, "CreateParticipant of a CUSTOMER in a call")
    guests = [call.participant_of(answer) for answer in added]
    with scenario.claim() as claim:
        for of in ("participant_id", "participant_token"):
            own = [getattr(who, of) for who in (call, *guests)]
            claim.equal(len(set(own)), len(own), f"the number of different {of}s in the call")
        for guest in guests:
            claim.success(guest.connect("WEBRTC_CONNECTION"), "CreateParticipantConnection of a customer of a call")


@verifies("CreateParticipant.call.custom-bot-refused")
def test_no_custom_bot_joins_a_call(scenario: Scenario) -> None:
    """The endpoint refuses the role CUSTOM_BOT for a WebRTC contact."""
    added = _create(scenario.webrtc_call(), "CUSTOM_BOT")
    with scenario.claim() as claim:
        claim.refusal(added, "CreateParticipant of role CUSTOM_BOT in a call")


@verifies("CreateParticipant.ParticipantRole.omitted")
def test_what_no_role_gets_is_written_down(scenario: Scenario) -> None:
    """The test records whether ParticipantDetails without a ParticipantRole are refused or get the only valid role."""
    added = _create(scenario.chat(), None)
    with scenario.claim() as claim:
        claim.record(describe(judged_reply(added)))


@verifies("CreateParticipant.ParticipantId.own")
def test_each_participant_has_identifiers_of_its_own(scenario: Scenario) -> None:
    """Participants that are added in turn or at the same time have different ParticipantIds and ParticipantTokens."""
    chat = scenario.spendable_chat(alone=True)
    added = [_create(chat, "CUSTOM_BOT"), *scenario.at_once([partial(_create, chat, "CUSTOM_BOT")] * 2)]
    everybody = [chat, *(chat.participant_of(answer) for answer in added)]
    with scenario.claim() as claim:
        for of in ("participant_id", "participant_token"):
            own = [getattr(who, of) for who in everybody]
            claim.equal(len(set(own)), len(own), f"the number of different {of}s")


@verifies(
    "CreateParticipant.ParticipantId.same-throughout",
    "CreateParticipant.transcript.role-and-name",
    "CreateParticipant.transcript.shared",
)
def test_what_each_participant_sends_stands_under_its_name_for_all(scenario: Scenario) -> None:
    """Every transcript contains the items of all participants with the sender's id, role and display name."""
    chat = scenario.spendable_chat(alone=True)
    names = scenario.edges((LONGEST, " Zweiter  \U0001f916 ", "Bot"), (LONGEST, " Zweiter  \U0001f916 "))
    bots = {name: chat.add_participant(name=name) for name in names}
    sent = {name: bot.say(f"I am {name}") for name, bot in bots.items()}
    everything = [chat.say("I am the customer"), *sent.values()]
    for reader in (chat, *bots.values()):
        with scenario.claim("CreateParticipant.transcript.shared") as claim:
            claim.holds(_sees(reader, everything), "every message in every participant's transcript", "one is missing")
    items = {str(item.get("Id")): item for item in items_with(chat, *everything)}
    for name, bot in bots.items():
        item: Mapping[str, Any] = items[id_of(sent[name])]
        with scenario.claim("CreateParticipant.ParticipantId.same-throughout") as claim:
            claim.equal(item.get("ParticipantId"), bot.participant_id, "the ParticipantId of the bot's message")
        with scenario.claim("CreateParticipant.transcript.role-and-name") as claim:
            claim.equal(item.get("ParticipantRole"), "CUSTOM_BOT", "the ParticipantRole of the bot's message")
            claim.equal(item.get("DisplayName"), name, "the DisplayName of the bot's message")


def _sees(reader: Participant, sent: list[Exchange]) -> bool:
    wanted = {id_of(exchange) for exchange in sent}
    return bool(reader.scenario.until(lambda: True if wanted <= set(ids(reader.items())) else None))


@verifies("CreateParticipant.Expiry.in-the-future")
def test_credentials_expire_in_the_future(scenario: Scenario) -> None:
    """Expiry, where the reply has it, is later than the reply itself by the endpoint's clock."""
    added = _create(scenario.chat(), "CUSTOM_BOT")
    stated = object_at(scenario.need(added), "ParticipantCredentials").get("Expiry")
    if stated is None:
        scenario.not_applicable("the reply holds no Expiry, nor need it")
        return
    expiry, present = instant(stated), present_of(scenario, added)
    with scenario.claim() as claim:
        claim.holds(present.fits(lambda now, apart: expiry > now - apart), f"an Expiry after {present}", expiry)


@verifies("CreateParticipant.bot.disconnect-leaves-chat")
def test_a_bot_that_leaves_leaves_the_chat_open(scenario: Scenario) -> None:
    """The customer's tokens still work after the added participant has disconnected."""
    chat = scenario.spendable_chat()
    bot = chat.add_participant()
    scenario.need(chat.say())
    scenario.need(bot.leave())
    with scenario.claim() as claim:
        claim.success(chat.say(), "the customer's SendMessage after the bot has left")
        claim.success(chat.connect(), "the customer's CreateParticipantConnection after the bot has left")


@verifies("CreateParticipant.ended.refused")
def test_nobody_joins_a_chat_that_is_over(scenario: Scenario) -> None:
    """The endpoint adds no participant to a contact that has ended."""
    chat = scenario.spendable_chat()
    scenario.need(chat.stop())
    scenario.wait_for_refusal(chat.connect)
    refused = scenario.wait_for_refusal(lambda: _create(chat, "CUSTOM_BOT"))
    with scenario.claim() as claim:
        claim.any_refusal(refused, "CreateParticipant in a chat that is over")
        answer = judged_reply(refused)
        claim.holds(answer.status != QUOTA_EXCEEDED, "a refusal before the quota of participants", describe(answer))
