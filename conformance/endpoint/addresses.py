"""Addresses of endpoints as a user gives them, checked and brought to one form."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_PATH = re.compile(r"[!-~]*")  # what an HTTP request line can carry


class SettingsError(ValueError):
    """A setting cannot be used. Its text is one sentence: what, in which option, and what to do."""


def check_url(option: str, text: str) -> str:
    """The base address `text` without a slash at its end; its path is kept as it is written.

    Raises SettingsError, naming `option`, for anything but an http or https address of a host.
    """
    parts = _split(option, text)
    if parts.scheme not in {"http", "https"}:
        raise SettingsError(f"{option} {text!r} is no address: give one that starts with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise SettingsError(f"{option} holds a user name or password: remove it and use --header instead")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise SettingsError(f"{option} {text!r} has a query or fragment: give the address up to its path")
    if not _PATH.fullmatch(parts.path):
        raise SettingsError(f"{option} {text!r} has blanks or non-ASCII characters in its path: percent-encode them")
    return f"{parts.scheme}://{_authority(option, text, parts)}{parts.path.rstrip('/')}"


def _split(option: str, text: str) -> SplitResult:
    if text != text.strip() or any(ord(character) < ord(" ") for character in text):
        raise SettingsError(f"{option} {text!r} has blanks around it or control characters in it: remove them")
    try:
        return urlsplit(text)
    except ValueError as wrong:
        raise SettingsError(f"{option} {text!r} is no address ({wrong}): give one such as http://host:8080") from wrong


def _authority(option: str, text: str, parts: SplitResult) -> str:
    """The host, in the ASCII form of its name, with the port if one is given."""
    try:
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except UnicodeError as wrong:
        raise SettingsError(f"{option} {text!r} has an impossible host name: correct it") from wrong
    except ValueError as wrong:
        if parts.netloc.count(":") > 1 and "[" not in parts.netloc:
            sentence = f"{option} {text!r} has an IPv6 address without brackets: give it as in http://[::1]:8080"
            raise SettingsError(sentence) from wrong
        raise SettingsError(f"{option} {text!r} has no usable port: give a number from 1 to 65535") from wrong
    if not re.fullmatch(r"[0-9A-Za-z._:%-]+", host):
        raise SettingsError(f"{option} {text!r} names no host: give an address such as http://host:8080")
    if port == 0:
        raise SettingsError(f"{option} {text!r} has port 0: give a number from 1 to 65535")
    host = f"[{host}]" if ":" in host else host
    return host if port is None else f"{host}:{port}"
