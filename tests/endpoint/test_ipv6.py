"""An endpoint at an IPv6 address: reached, signed for, and followed to its web sockets and files like any other."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from conformance.contract.model import operation
from conformance.contract.wire import Response, to_request
from conformance.endpoint.client import HttpTarget
from conformance.endpoint.hosts import is_own, require_followed
from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import Settings, build_settings
from conformance.endpoint.sockets import open_socket
from conformance.endpoint.transfers import Transfers
from conformance.reference.instances import CONTACT_FLOW_ID, INSTANCE_ID
from tests.reference.served import Served


def _is_spoken() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as one:
        one.bind(("::1", 0))
        return True
    return False


def settings(target: str, **more: object) -> Settings:
    return build_settings(target, instance_id=INSTANCE_ID, contact_flow_id=CONTACT_FLOW_ID, **more)  # type: ignore[arg-type]


def call_target(target: HttpTarget, name: str, **members: object) -> Response:
    response = target.send(to_request(operation(name), members)).response
    assert response is not None
    assert response.succeeded, response.body
    return response


@pytest.mark.skipif(not _is_spoken(), reason="this machine has no IPv6 loopback address")
def test_a_chat_with_a_socket_and_a_file_at_an_ipv6_address() -> None:
    with Served.running("::1") as served:
        assert served.origin.startswith("http://[::1]:")
        given = settings(served.origin)
        with HttpTarget(given) as target:
            ids = {"InstanceId": INSTANCE_ID, "ContactFlowId": CONTACT_FLOW_ID}
            chat = call_target(target, "StartChatContact", **ids, ParticipantDetails={"DisplayName": "Ann"}).members
            types = ["WEBSOCKET", "CONNECTION_CREDENTIALS"]
            token = chat["ParticipantToken"]
            made = call_target(target, "CreateParticipantConnection", ParticipantToken=token, Type=types).members
            opened = open_socket(given, made["Websocket"]["Url"])
            assert opened.is_open, opened.failure
            opened.close()
            upload = call_target(
                target,
                "StartAttachmentUpload",
                ConnectionToken=made["ConnectionCredentials"]["ConnectionToken"],
                ContentType="text/plain",
                AttachmentSizeInBytes=5,
                AttachmentName="note.txt",
                ClientToken="t-1",
            ).members["UploadMetadata"]
        transfers = Transfers(given)
        assert transfers.fetch("PUT", upload["Url"], upload["HeadersToInclude"], b"hello").succeeded
        transfers.close()


@pytest.mark.parametrize("spelt", ["::1", "0:0:0:0:0:0:0:1", "[::1]", "[0::1]", "localhost", "127.0.0.1"])
def test_one_address_has_many_spellings(spelt: str) -> None:
    assert is_own(settings("http://[::1]:80"), spelt)


@pytest.mark.parametrize("allowed", ["2001:db8::1", "[2001:DB8::1]", "2001:db8:0:0:0:0:0:1"])
def test_an_address_is_allowed_however_it_is_spelt(allowed: str) -> None:
    given = settings("http://[::1]:80", allow_hosts=(allowed,))
    require_followed(given, "2001:db8::1", "a URL")
    require_followed(given, "2001:0db8::1", "a URL")
    with pytest.raises(SetupFailed, match="give --allow-host 2001:db8::2 to follow it"):
        require_followed(given, "2001:db8::2", "a URL")


def test_both_targets_keep_their_brackets() -> None:
    given = settings("http://[2001:DB8::1]:8080/base/", participant_target="https://[::1]")
    assert (given.target, given.participant_target) == ("http://[2001:db8::1]:8080/base", "https://[::1]")
