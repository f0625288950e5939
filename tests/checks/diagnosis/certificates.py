"""Certificates for 127.0.0.1 that something is wrong with, made by the machine's openssl."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_CONFIGURATION = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = {names}
"""
NOW = ("20240101000000Z", "20991231000000Z")
PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("20980101000000Z", "20991231000000Z")


def certificate(folder: Path, dates: Sequence[str] = NOW, names: str = "IP:127.0.0.1") -> Path:
    """A self-signed certificate that is valid between two dates and for `names`, with its key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    folder.mkdir(parents=True, exist_ok=True)
    configuration, key, request, made = (folder / name for name in ("ca.cnf", "key.pem", "request.pem", "made.pem"))
    configuration.write_text(_CONFIGURATION.format(folder=folder, names=names))
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    asking = (openssl, "req", "-new", *curve, "-keyout", key, "-out", request, "-subj", "/CN=endpoint")
    subprocess.run(asking, check=True, capture_output=True)
    signing = ("-selfsign", "-keyfile", key, "-in", request, "-startdate", dates[0], "-enddate", dates[1])
    out = (openssl, "ca", "-batch", "-notext", "-config", configuration, *signing, "-out", made)
    subprocess.run(out, check=True, capture_output=True)
    file = folder / "endpoint.pem"
    file.write_text(key.read_text() + made.read_text())
    return file
