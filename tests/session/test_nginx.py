"""A real nginx before the reference: what it forwards lawfully is no news, each misconfiguration gets its sentence."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from conformance.contract.model import operation
from tests.checks.diagnosis.certificates import certificate
from tests.reference.served import Served
from tests.session.looking import closing, look_at

pytestmark = pytest.mark.slow  # a server that is overloaded is asked again and again

FORWARDING = "proxy_http_version 1.1; proxy_set_header Host $http_host;"
COMPRESSING = "gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;"  # for who asks for it
# Each server: what stands in its location, and what is said of it (None: nothing).
SERVERS: dict[str, tuple[str, str, str | None]] = {
    "plain": ("/", f"proxy_pass {{upstream}}; {FORWARDING}", None),
    "gzip": ("/", f"proxy_pass {{upstream}}; {FORWARDING} {COMPRESSING}", None),
    "headers": ("/", f"proxy_pass {{upstream}}; {FORWARDING} add_header Via '1.1 edge' always;", None),
    "http-1.0": ("/", "proxy_pass {upstream}; proxy_http_version 1.0; proxy_set_header Host $http_host;", None),
    "host": ("/", "proxy_pass {upstream}; proxy_http_version 1.1;", "rewrites the Host header"),
    "prefix": ("/connect/", f"proxy_pass {{upstream}}/; {FORWARDING}", "takes /connect off the path"),
    "authorization": (
        "/",
        f'proxy_pass {{upstream}}; {FORWARDING} proxy_set_header Authorization "";',
        "the Authorization header did not reach the endpoint",
    ),
    "bearer": (
        "/",
        f'proxy_pass {{upstream}}; {FORWARDING} proxy_set_header X-Amz-Bearer "";',
        "may drop the header X-Amz-Bearer",
    ),
    "redirect": ("/", "return 308 https://$host$request_uri;", "give --target https://127.0.0.1"),
    "no-upstream": ("/", "proxy_pass http://127.0.0.1:9;", "a gateway got no usable reply from the endpoint behind it"),
    "unavailable": ("/", "return 503;", "is not ready or is overloaded"),
    "elsewhere": ("/", "return 404;", "has nothing at PUT /contact/chat"),
}


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of each server by its name, and of one with TLS."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("needs nginx")
    folder = tmp_path_factory.mktemp("nginx")
    file = certificate(folder / "tls")
    with Served.running() as served:
        places = {name: _free_port() for name in (*SERVERS, "tls", "slash")}
        (folder / "nginx.conf").write_text(_configuration(folder, file, served.origin, places))
        process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"])
        try:
            _wait(places["plain"])
            yield {name: f"http://127.0.0.1:{port}" for name, port in places.items()} | {"certificate": str(file)}
        finally:
            process.terminate()
            process.wait(timeout=10)


def _configuration(folder: Path, file: Path, upstream: str, places: dict[str, int]) -> str:
    servers = [
        f"server {{ listen 127.0.0.1:{places[name]}; location {where} {{ {what.format(upstream=upstream)} }} }}"
        for name, (where, what, _) in SERVERS.items()
    ]
    servers.append(
        f"server {{ listen 127.0.0.1:{places['tls']} ssl; ssl_certificate {file}; ssl_certificate_key {file}; "
        f"location / {{ proxy_pass {upstream}; {FORWARDING} }} }}"
    )
    servers.append(
        f"server {{ listen 127.0.0.1:{places['slash']}; location / {{ proxy_pass {upstream}/; {FORWARDING} }} }}"
    )
    paths = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    top = f"daemon off; pid {folder}/nginx.pid; events {{ worker_connections 64; }}"
    return f"{top} http {{ access_log off; {paths} {' '.join(servers)} }}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)


@pytest.mark.parametrize("name", SERVERS)
def test_a_gateway_gets_the_sentence_of_what_is_wrong_with_it(nginx: dict[str, str], name: str) -> None:
    base, _, sentence = SERVERS[name]
    with closing(look_at(nginx[name] + base.rstrip("/"))) as looked:
        if sentence is None:
            assert looked.said is None
        else:
            assert looked.said is not None
            assert sentence in looked.said


def test_a_gateway_with_tls_is_named_by_how_it_is_asked(nginx: dict[str, str]) -> None:
    plain, tls = nginx["tls"], nginx["tls"].replace("http", "https")
    with closing(look_at(plain)) as looked:
        assert "the port speaks TLS, not plain HTTP; give --target with https://" in str(looked.said)
    with closing(look_at(tls)) as looked:
        assert "give that certificate with --ca-bundle FILE" in str(looked.said)
    with closing(look_at(nginx["plain"].replace("http", "https"))) as looked:
        assert "the port does not speak TLS; give --target with http://" in str(looked.said)
    with closing(look_at(tls, ca_bundle=nginx["certificate"])) as looked:
        assert looked.said is None


def test_a_slash_that_it_decodes_is_named(nginx: dict[str, str]) -> None:
    with closing(look_at(nginx["slash"])) as looked:
        assert "the path holds a slash as %2F" in looked.verifier.probe(operation("DescribeView")).reason
