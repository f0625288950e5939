"""StopContact, DescribeContact, the attributes and the streaming of a contact."""

from __future__ import annotations

from conformance.reference.choices import Choices
from conformance.reference.instances import INSTANCE_ID, SECOND_INSTANCE_ID, STREAMING_ENDPOINT_ARN
from tests.reference.account import INVALID_PARAMETER, INVALID_REQUEST, NOT_FOUND, Account, Chat, members_of, refusal_of

STREAM = {"StreamingEndpointArn": STREAMING_ENDPOINT_ARN}


def update(chat: Chat, **attributes: str) -> tuple[int, str | None]:
    names = {"InstanceId": INSTANCE_ID, "InitialContactId": chat.contact_id}
    return refusal_of(chat.account.call("UpdateContactAttributes", **names, Attributes=attributes))


def attributes_of(chat: Chat) -> dict[str, str]:
    names = {"InstanceId": INSTANCE_ID, "InitialContactId": chat.contact_id}
    return dict(members_of(chat.account.call("GetContactAttributes", **names))["Attributes"])


def test_a_contact_is_described_in_epoch_seconds(account: Account, chat: Chat) -> None:
    """DescribeContact's times are numbers; the end of the chat shows as a time and a reason."""
    account.service.advance(90)
    account.stop(chat.contact_id)
    contact = account.describe(chat.contact_id)
    assert contact["InitiationTimestamp"] == 1_772_366_400.047
    assert contact["DisconnectTimestamp"] == 1_772_366_490.047
    assert (contact["Channel"], contact["InitiationMethod"], contact["Id"]) == ("CHAT", "API", chat.contact_id)
    assert contact["Arn"].endswith(f"instance/{INSTANCE_ID}/contact/{chat.contact_id}")


def test_a_contact_belongs_to_one_instance(account: Account, chat: Chat) -> None:
    """Neither an unknown contact nor one of another instance is found."""
    for instance, contact in (
        (INSTANCE_ID, "unknown"),
        (SECOND_INSTANCE_ID, chat.contact_id),
        ("unknown", chat.contact_id),
    ):
        for name in ("DescribeContact", "StopContact"):
            assert refusal_of(account.call(name, InstanceId=instance, ContactId=contact)) == NOT_FOUND


def test_a_second_stop_finds_no_contact(account: Account, chat: Chat) -> None:
    """StopContact of an ended contact is its own ContactNotFoundException 410 (a choice)."""
    assert account.stop(chat.contact_id).status == 200
    assert refusal_of(account.stop(chat.contact_id)) == (410, "ContactNotFoundException")


def test_a_second_stop_may_succeed() -> None:
    """The other lawful variant: stopping is idempotent."""
    account = Account(Choices(stop_of_ended_contact="success"))
    chat = account.chat()
    assert [account.stop(chat.contact_id).status for _ in range(2)] == [200, 200]


def test_attributes_are_merged(account: Account) -> None:
    """UpdateContactAttributes adds and overwrites, and leaves the others alone."""
    chat = account.chat(Attributes={"kept": "1", "changed": "1"})
    assert update(chat, changed="2", added="😀")[0] == 200
    assert attributes_of(chat) == {"kept": "1", "changed": "2", "added": "😀"}


def test_the_bytes_of_attributes_add_up(account: Account) -> None:
    """32,768 bytes are the limit of all attributes of the contact; a refused update changes nothing."""
    chat = account.chat(Attributes={"a": "x" * 20_000})
    assert update(chat, b="x" * 12_767) == INVALID_PARAMETER
    assert attributes_of(chat) == {"a": "x" * 20_000}
    assert update(chat, b="x" * 12_766)[0] == 200
    assert update(chat, a="", c="x" * 19_999)[0] == 200


def test_keys_of_an_update_have_the_same_alphabet(chat: Chat) -> None:
    """Keys are alphanumeric, dash and underscore here too."""
    assert update(chat, **{"a b": "c"}) == INVALID_PARAMETER


def test_attributes_of_an_ended_contact_can_be_updated(account: Account, chat: Chat) -> None:
    """The text says so: for both ongoing and completed contacts."""
    account.stop(chat.contact_id)
    assert update(chat, a="b")[0] == 200
    assert attributes_of(chat) == {"a": "b"}


def test_streaming_is_started_and_stopped_once(account: Account, chat: Chat) -> None:
    """StopContactStreaming takes the StreamingId of StartContactStreaming, once."""
    reply = members_of(
        account.call("StartContactStreaming", **chat.here(), ChatStreamingConfiguration=STREAM, ClientToken="t")
    )
    stops = [account.call("StopContactStreaming", **chat.here(), StreamingId=reply["StreamingId"]) for _ in range(2)]
    assert stops[0].status == 200
    assert refusal_of(stops[1]) == NOT_FOUND


def test_streaming_needs_a_topic_and_an_active_contact(account: Account, chat: Chat) -> None:
    """The endpoint is a standard SNS topic, not a FIFO one; an ended contact streams nothing."""
    for arn in ("a", "arn:aws:sqs:us-west-2:123456789012:queue", STREAMING_ENDPOINT_ARN + ".fifo"):
        wrong = {"StreamingEndpointArn": arn}
        reply = account.call("StartContactStreaming", **chat.here(), ChatStreamingConfiguration=wrong, ClientToken="t")
        assert refusal_of(reply) == INVALID_PARAMETER
    account.stop(chat.contact_id)
    reply = account.call("StartContactStreaming", **chat.here(), ChatStreamingConfiguration=STREAM, ClientToken="t")
    assert refusal_of(reply) == INVALID_REQUEST
