"""A certificate for 127.0.0.1 that nobody trusts unless told to."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


class NoCertificate(RuntimeError):
    """No certificate can be made here. The text says what is missing."""


def certificate_in(directory: Path) -> Path:
    """The PEM file of a certificate and its key below `directory`; made at the first call. Raises NoCertificate."""
    file = directory / "gateway.pem"
    if file.exists():
        return file
    openssl = shutil.which("openssl")
    if openssl is None:
        raise NoCertificate("a gateway with TLS needs a certificate: install openssl")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(file)]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [openssl, "req", "-x509", "-days", "2", "-out", str(file), *key, *subject]
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603 - openssl, no shell
    return file
