"""Files at URLs that an endpoint hands out: sent and fetched byte for byte, from known hosts only, within bounds."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest

from conformance.endpoint.preconditions import SetupFailed
from conformance.endpoint.settings import build_settings
from conformance.endpoint.transfers import FILE_LIMIT, Transfers
from tests.endpoint.raw_endpoint import OK, Peer, StartEndpoint

TIMEOUT = 0.4  # seconds


def transfers(url: str) -> Transfers:
    return Transfers(build_settings(url, instance_id="i", contact_flow_id="f", timeout=TIMEOUT))


def test_what_is_sent_and_fetched_is_exact(endpoint: StartEndpoint) -> None:
    content = bytes(range(256))
    reply = b"HTTP/1.1 403 X\r\nX-Kind: file\r\nContent-Length: 256\r\n\r\n" + content
    served = endpoint(lambda peer: (peer.request(), peer.send(reply)))
    fetched = transfers(served.url).fetch("PUT", served.url + "/f?sig=%2F", {"X-One": "1"}, content)
    assert (fetched.status, fetched.header("x-kind"), fetched.body, fetched.truncated) == (403, "file", content, False)
    assert served.received[0].line == "PUT /f?sig=%2F HTTP/1.1"
    assert served.received[0].values("x-one") == ["1"]
    assert served.received[0].body == content


def test_a_redirect_is_an_answer_and_not_followed(endpoint: StartEndpoint) -> None:
    reply = b"HTTP/1.1 307 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    served = endpoint(lambda peer: (peer.request(), peer.send(reply)))
    assert transfers(served.url).fetch("GET", served.url, {}).status == 307


@pytest.mark.parametrize("host", ["elsewhere.example", "169.254.169.254"])
def test_another_host_is_not_asked(host: str) -> None:
    with pytest.raises(SetupFailed, match=f'a signed URL leads to "{host}": give --allow-host {host} to follow it'):
        transfers("http://mock.example").fetch("GET", f"http://{host}/f", {})


@pytest.mark.parametrize(
    "url", ["string", "", "file:///etc/passwd", "/uploads/1?signature=s3cr3t", "http://", "http:///x"]
)
def test_what_is_no_url_is_called_that(url: str) -> None:
    """It is shown as far as it tells what it is, and not what may be secret in it."""
    with pytest.raises(SetupFailed, match="a signed URL is no http or https URL: it begins with") as failed:
        transfers("http://mock.example").fetch("GET", url, {})
    assert f'"{url[:16]}' in failed.value.reason
    assert "s3cr3t" not in failed.value.reason
    assert "--allow-host" not in failed.value.reason


def test_an_endless_file_is_cut(endpoint: StartEndpoint) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.wait(0):
            peer.send(b"x" * 2**16)

    served = endpoint(script)
    fetched = transfers(served.url).fetch("GET", served.url, {})
    assert fetched.truncated
    assert len(fetched.body) <= FILE_LIMIT


def test_a_drip_ends_in_time(endpoint: StartEndpoint) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not peer.wait(0.05):
            peer.send(b"1\r\nx\r\n")

    served = endpoint(script)
    began = time.monotonic()
    assert transfers(served.url).fetch("GET", served.url, {}).truncated
    assert time.monotonic() - began < 4 * TIMEOUT


def test_a_transfer_that_breaks_off_is_no_answer(endpoint: StartEndpoint) -> None:
    served = endpoint(lambda peer: (peer.request(), peer.send(OK.replace(b"Length: 2", b"Length: 9"))))
    with pytest.raises(SetupFailed, match="a signed URL brought no whole reply: the body of the reply is broken off"):
        transfers(served.url).fetch("GET", served.url, {})


THROTTLED, CRASHED, BUSY = (b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status for status in (429, 500, 503))


@pytest.mark.parametrize("first", [b"", THROTTLED, CRASHED, BUSY])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_single_fault_of_the_line_is_passed_over(endpoint: StartEndpoint, first: bytes, method: str) -> None:
    """Where the connection was closed, or a gateway answered, the same is asked once more."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(OK if peer.number > 1 else first)

    served = endpoint(script)
    assert transfers(served.url).fetch(method, served.url + "/f", {}, b"file").status == 200
    assert [request.body for request in served.received] == [b"file"] * 2


def test_a_second_fault_is_the_endpoints(endpoint: StartEndpoint) -> None:
    served = endpoint(lambda peer: peer.request())
    with pytest.raises(SetupFailed, match="a signed URL brought no whole reply"):
        transfers(served.url).fetch("GET", served.url + "/f", {})
    assert len(served.received) == 2


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("x-gzip", 31), ("deflate", 15), ("Deflate", -15)])
def test_a_file_that_comes_compressed_is_decoded(endpoint: StartEndpoint, encoding: str, wbits: int) -> None:
    packed = zlib.compress(b"a file", wbits=wbits)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    served = endpoint(lambda peer: (peer.request(), peer.send(head + packed)))
    assert transfers(served.url).fetch("GET", served.url, {}).body == b"a file"


def test_a_decompression_bomb_is_cut(endpoint: StartEndpoint) -> None:
    packed = zlib.compress(b" " * 2**27, wbits=31)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    served = endpoint(lambda peer: (peer.request(), peer.send(head + packed)))
    tracemalloc.start()
    fetched = transfers(served.url).fetch("GET", served.url, {})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fetched.truncated
    assert len(fetched.body) == FILE_LIMIT
    assert most < 4 * FILE_LIMIT


def test_what_is_no_gzip_stays_as_it_came(endpoint: StartEndpoint) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    served = endpoint(lambda peer: (peer.request(), peer.send(reply)))
    assert transfers(served.url).fetch("GET", served.url, {}).body == b"abc"


def test_a_url_is_asked_as_clients_write_it(endpoint: StartEndpoint) -> None:
    served = endpoint(lambda peer: (peer.request(), peer.send(OK)))
    transfers(served.url).fetch("GET", served.url + "/a file?sig=a%2Fb#part", {})
    transfers(served.url).fetch("GET", served.url.replace("//", "//user:word@") + "?x", {})
    assert [asked.target for asked in served.received] == ["/a%20file?sig=a%2Fb", "/?x"]
    assert served.received[1].values("host") == [served.url.removeprefix("http://")]
