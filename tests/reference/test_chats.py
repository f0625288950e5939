"""StartChatContact: what its page says beyond the limits of single members."""

from __future__ import annotations

import pytest

from conformance.reference.choices import Quotas
from conformance.reference.instances import (
    CONTACT_FLOW_ID,
    INSTANCE_ID,
    SECOND_CONTACT_FLOW_ID,
    SECOND_INSTANCE_ID,
    STREAMING_ENDPOINT_ARN,
)
from tests.reference.account import (
    BOTH,
    INVALID_PARAMETER,
    INVALID_REQUEST,
    NOT_FOUND,
    Account,
    Chat,
    members_of,
    refusal_of,
)

PLAIN, MARKDOWN, JSON = "text/plain", "text/markdown", "application/json"
INTERACTIVE = "application/vnd.amazonaws.connect.message.interactive"
RESPONSE = "application/vnd.amazonaws.connect.message.interactive.response"
ELSEWHERE = {"InstanceId": SECOND_INSTANCE_ID, "ContactFlowId": SECOND_CONTACT_FLOW_ID}
GUIDE = {"connect:Subtype": {"ValueString": "connect:Guide"}}


def test_a_chat_starts_with_three_identifiers(account: Account) -> None:
    """The reply names contact and participant and holds a token, of the size of real ones and within 1,000."""
    reply = members_of(account.start())
    assert set(reply) == {"ContactId", "ParticipantId", "ParticipantToken"}
    assert 300 < len(reply["ParticipantToken"]) <= 1000


@pytest.mark.parametrize(
    ("instance", "flow", "status"),
    [
        (INSTANCE_ID, CONTACT_FLOW_ID, 200),
        (SECOND_INSTANCE_ID, SECOND_CONTACT_FLOW_ID, 200),
        ("unknown", CONTACT_FLOW_ID, 404),
        (INSTANCE_ID, "unknown", 404),
        (INSTANCE_ID, SECOND_CONTACT_FLOW_ID, 404),
        (SECOND_INSTANCE_ID, CONTACT_FLOW_ID, 404),
        (INSTANCE_ID, "", 404),
    ],
)
def test_instance_and_flow_must_exist(account: Account, instance: str, flow: str, status: int) -> None:
    """What does not exist there is ResourceNotFoundException (W-16); ContactFlowId has no minimum length (S-38)."""
    assert account.start(InstanceId=instance, ContactFlowId=flow).status == status


@pytest.mark.parametrize(
    "declared",
    [
        [PLAIN],
        [PLAIN, MARKDOWN, JSON],
        [MARKDOWN, PLAIN],
        [PLAIN, JSON, RESPONSE],
        [RESPONSE, INTERACTIVE, JSON, MARKDOWN, PLAIN],
    ],
)
def test_supported_types_in_any_order_with_text_plain_are_taken(account: Account, declared: list[str]) -> None:
    """The documented examples and all five types."""
    assert account.start(SupportedMessagingContentTypes=declared).status == 200


@pytest.mark.parametrize("declared", [[], [MARKDOWN], [PLAIN, "text/html"], ["TEXT/PLAIN"], [PLAIN, " text/markdown"]])
def test_other_lists_of_content_types_are_refused(account: Account, declared: list[str]) -> None:
    """Without text/plain, or with a type that is not supported, no chat starts."""
    assert refusal_of(account.start(SupportedMessagingContentTypes=declared)) == INVALID_PARAMETER


@pytest.mark.parametrize(
    ("declared", "status"),
    [([PLAIN, INTERACTIVE, RESPONSE], 200), ([PLAIN, INTERACTIVE], 400), ([PLAIN, RESPONSE], 400)],
)
def test_a_guide_needs_both_interactive_types(account: Account, declared: list[str], status: int) -> None:
    """connect:Guide is set only where both interactive types are declared."""
    assert account.start(SupportedMessagingContentTypes=declared, SegmentAttributes=GUIDE).status == status


def test_another_subtype_needs_no_interactive_types(account: Account) -> None:
    """The rule is about guides alone."""
    assert account.start(SegmentAttributes={"connect:Subtype": {"ValueString": "connect:Chat"}}).status == 200


@pytest.mark.parametrize(
    ("key", "status"), [("a-B_9", 200), ("connect:Subtype", 200), ("a b", 400), ("aws:x", 400), ("ä", 400)]
)
def test_segment_attributes_have_plain_names(account: Account, key: str, status: int) -> None:
    """Keys are alphanumeric, - and _; the system's own have the prefix that the documents' example shows."""
    assert account.start(SegmentAttributes={key: {"ValueString": "v"}}).status == status


@pytest.mark.parametrize(
    "value", [{"ValueArn": "x"}, {"ValueMap": {"a": {"ValueArn": "arn:aws"}}}, {"ValueList": [{"ValueArn": ""}]}]
)
def test_an_arn_of_a_segment_attribute_is_one(account: Account, value: dict[str, object]) -> None:
    """ValueArn has to be a valid ARN, at any depth."""
    assert refusal_of(account.start(SegmentAttributes={"a": value})) == INVALID_PARAMETER
    arn = {"ValueArn": f"arn:aws:connect:us-west-2:123456789012:instance/{INSTANCE_ID}"}
    assert account.start(SegmentAttributes={"a": {**arn, "ValueMap": {"b": arn}, "ValueList": [arn]}}).status == 200


@pytest.mark.parametrize("key", ["a b", "a.b", "é", "a:b", "a\n", "\u0661"])
def test_attribute_keys_are_alphanumeric_dash_and_underscore(account: Account, key: str) -> None:
    """Any other character in a key is refused."""
    assert refusal_of(account.start(Attributes={key: "v"})) == INVALID_PARAMETER
    assert account.start(Attributes={"aZ0-_": "v"}).status == 200


@pytest.mark.parametrize("character", ["a", "é", "€", "😀"])
@pytest.mark.parametrize("keys", [1, 7, 400])
def test_attributes_have_32768_bytes_in_all(account: Account, character: str, keys: int) -> None:
    """Keys and values count, in UTF-8 bytes, over all pairs: the edge is taken, one byte more is not."""
    attributes = {f"key-{number:03}": "" for number in range(keys)}
    budget = 32_768 - sum(len(key) for key in attributes)
    share = min(budget // keys, 30_000 * len(character.encode()))
    for key in attributes:
        attributes[key] = character * (share // len(character.encode()))
    missing = 32_768 - sum(len(key) + len(value.encode()) for key, value in attributes.items())
    attributes["key-000"] += "x" * missing
    assert account.start(Attributes=attributes).status == 200
    attributes["key-000"] += "x"
    assert refusal_of(account.start(Attributes=attributes)) == INVALID_PARAMETER


def test_the_first_message_is_the_first_item(account: Account) -> None:
    """InitialMessage stands in the transcript, from the customer."""
    chat = account.chat(InitialMessage={"ContentType": PLAIN, "Content": "I need help"})
    (item,) = chat.transcript()
    assert (item["Content"], item["ContentType"], item["ParticipantRole"]) == ("I need help", PLAIN, "CUSTOMER")
    assert (item["DisplayName"], item["ParticipantId"]) == ("Zoë", chat.participant_id)


@pytest.mark.parametrize(
    ("declared", "content_type", "status"),
    [
        (None, PLAIN, 200),
        (None, MARKDOWN, 400),
        ([PLAIN, MARKDOWN], MARKDOWN, 200),
        ([PLAIN, JSON], JSON, 200),
        ([PLAIN, RESPONSE], RESPONSE, 200),
        ([PLAIN, INTERACTIVE], INTERACTIVE, 400),
        ([PLAIN], "text/html", 400),
    ],
)
def test_the_first_message_has_a_type_of_its_chat(
    account: Account, declared: list[str] | None, content_type: str, status: int
) -> None:
    """A type that the list declares, text/plain without one; the interactive type is not for participants to send."""
    message = {"ContentType": content_type, "Content": "{}"}
    assert account.start(InitialMessage=message, SupportedMessagingContentTypes=declared).status == status


@pytest.mark.parametrize(("content", "status"), [("é" * 8_192, 200), ("é" * 8_192 + "x", 400)])
def test_the_first_message_has_16384_bytes(account: Account, content: str, status: int) -> None:
    """The limit is in bytes."""
    assert account.start(InitialMessage={"ContentType": PLAIN, "Content": content}).status == status


def test_related_and_persistent_exclude_each_other(account: Account, chat: Chat) -> None:
    """Either is taken alone, both together never."""
    account.stop(chat.contact_id)
    persistent = {"RehydrationType": "FROM_SEGMENT", "SourceContactId": chat.contact_id}
    assert account.start(RelatedContactId=chat.contact_id).status == 200
    assert account.start(PersistentChat=persistent).status == 200
    assert refusal_of(account.start(PersistentChat=persistent, RelatedContactId=chat.contact_id)) == INVALID_REQUEST


def test_a_related_contact_must_exist(account: Account) -> None:
    """RelatedContactId names a contact of the instance."""
    assert refusal_of(account.start(RelatedContactId="unknown")) == NOT_FOUND


@pytest.mark.parametrize(
    ("types", "members"),
    [
        (None, set()),
        (["WEBSOCKET"], {"Websocket"}),
        (["CONNECTION_CREDENTIALS"], {"ConnectionCredentials"}),
        (BOTH, {"Websocket", "ConnectionCredentials"}),
        (["AUTHENTICATION_SESSION"], set()),
    ],
)
def test_connection_types_decide_what_comes_back(account: Account, types: list[str] | None, members: set[str]) -> None:
    """Two values act, another gives nothing, and without the member nothing comes."""
    reply = members_of(account.start(ConnectionTypes=types))
    assert set(reply) - {"ContactId", "ParticipantId", "ParticipantToken"} == members


def test_connection_information_of_the_start_works(account: Account) -> None:
    """The token of the reply opens the chat without CreateParticipantConnection."""
    reply = members_of(account.start(ConnectionTypes=BOTH))
    token = reply["ConnectionCredentials"]["ConnectionToken"]
    assert account.call("SendMessage", token, ContentType=PLAIN, Content="hello").status == 200


def test_streaming_from_the_start_has_an_identifier(account: Account) -> None:
    """ChatStreamingConfiguration gives a StreamingId that StopContactStreaming takes."""
    reply = members_of(account.start(ChatStreamingConfiguration={"StreamingEndpointArn": STREAMING_ENDPOINT_ARN}))
    here = {"InstanceId": INSTANCE_ID, "ContactId": reply["ContactId"]}
    assert account.call("StopContactStreaming", **here, StreamingId=reply["StreamingId"]).status == 200


def test_attributes_and_customer_id_come_back(account: Account) -> None:
    """DescribeContact and GetContactAttributes give back what was set."""
    attributes = {"a": "é😀", "b": ""}
    chat = account.chat(
        Attributes=attributes,
        CustomerId="customer 7",
        SegmentAttributes=GUIDE | {"x": {"ValueInteger": 1}},
        SupportedMessagingContentTypes=[PLAIN, INTERACTIVE, RESPONSE],
    )
    contact = account.describe(chat.contact_id)
    read = members_of(account.call("GetContactAttributes", InstanceId=INSTANCE_ID, InitialContactId=chat.contact_id))
    assert contact["Attributes"] == read["Attributes"] == attributes
    assert contact["CustomerId"] == "customer 7"
    assert contact["SegmentAttributes"] == GUIDE | {"x": {"ValueInteger": 1}}


def test_an_instance_has_room_for_so_many_active_chats() -> None:
    """Above the quota LimitExceededException 429; an ended chat makes room, another instance has its own."""
    account = Account(quotas=Quotas(active_chats=2))
    first = account.chat()
    account.chat()
    assert refusal_of(account.start()) == (429, "LimitExceededException")
    assert account.start(**ELSEWHERE).status == 200
    account.stop(first.contact_id)
    assert account.start().status == 200


@pytest.mark.parametrize(("minutes", "lasts"), [(None, 25 * 3600), (60, 3600), (10_080, 7 * 86_400)])
def test_a_chat_lasts_as_long_as_it_was_given(account: Account, minutes: int | None, lasts: int) -> None:
    """ChatDurationInMinutes, 25 hours by default: then the chat has ended for everybody."""
    chat = account.chat(ChatDurationInMinutes=minutes)
    account.service.advance(lasts - 1)
    assert "DisconnectTimestamp" not in account.describe(chat.contact_id)
    account.service.advance(1)
    assert account.describe(chat.contact_id)["DisconnectReason"] == "EXPIRED"
    assert account.call("CreateParticipantConnection", chat.participant_token, Type=BOTH).status == 403
