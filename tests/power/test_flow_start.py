"""A chat that begins only with its first web socket is joined, and then judged like any other."""

from __future__ import annotations

import pytest

from conformance.power.bench import Bench, Trial

CLAIMS = frozenset(
    {
        "CreateParticipantConnection.ConnectionToken.works",
        "GetTranscript.Transcript.holds-what-was-sent",
        "StartChatContact.ConnectionTypes.token-works",
        "WebSocket.sockets.five",
        "WebSocket.subscribe.delivers",
    }
)


@pytest.mark.parametrize("beside", [(), ("url-opens-once",), ("one-connection-each",)])
@pytest.mark.parametrize("variant", ["silent-until-joined", "joined-before-speaking"])
def test_a_chat_that_waits_for_a_web_socket_is_joined(bench: Bench, variant: str, beside: tuple[str, ...]) -> None:
    findings = bench.judge(Trial(variants=(variant, *beside), claims=CLAIMS))
    assert not findings.reds
    assert not findings.unseen
    assert not findings.errors
