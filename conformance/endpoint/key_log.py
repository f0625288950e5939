"""SSLKEYLOGFILE: where Python's TLS writes the keys of each connection, for who looks into the traffic."""

from __future__ import annotations

import os
from pathlib import Path

from conformance.endpoint.addresses import SettingsError

KEY_LOG = "SSLKEYLOGFILE"


def check_key_log() -> None:
    """Raise SettingsError where the file cannot be written: each TLS connection would fail as if by the endpoint."""
    named = os.environ.get(KEY_LOG)
    if not named:
        return
    try:
        with Path(os.path.expandvars(named)).open("ab"):
            pass
    except OSError as wrong:
        reason = wrong.strerror or type(wrong).__name__
        raise SettingsError(
            f"the environment variable {KEY_LOG} names {named}, which cannot be written ({reason}): "
            "unset it or name another file"
        ) from wrong
