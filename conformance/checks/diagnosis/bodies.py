"""What a body is that should have been a JSON object, and what is wrong with one of its members."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from conformance.checks.diagnosis.cause import quote
from conformance.checks.diagnosis.json_mistakes import mistake_in, refuse_constant
from conformance.contract.wire import Response

_FLAGS = re.IGNORECASE | re.DOTALL
_HEAD = 4_096  # bytes of a body that are looked at
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", _FLAGS)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", _FLAGS)
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", _FLAGS)
_TAG = re.compile(r"<[^>]+>")
_CODING = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# Encodings in which a body is JSON that is none in UTF-8; that of UTF-32 begins like one of UTF-16.
_ENCODINGS = {
    "utf-8-sig": "JSON behind a byte order mark",
    "utf-32": "JSON in UTF-32",
    "utf-16": "JSON in UTF-16",
    "latin-1": "JSON with bytes that are not UTF-8",
}
_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}  # by their first bytes
BROKEN_OFF = "JSON that breaks off"
_KINDS = {list: "list", str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}


def not_an_object(response: Response) -> str | None:
    """What the body of `response` is where it is no JSON object, such as ``an HTML page``; None for an object.

    An empty body counts as an empty object.
    """
    if not response.body.strip():
        return None
    try:
        document = response.document
    except ValueError:
        return _not_json(response)
    return None if isinstance(document, dict) else f"a JSON {_KINDS[type(document)]}"


def content_coding(response: Response) -> str | None:
    """The content coding of a body, such as ``gzip``, which no request of this suite accepts; None without one."""
    codings = _CODING.findall(response.header("Content-Encoding") or "")
    applied = [coding for coding in codings if coding.lower() != "identity"]
    return ", ".join(applied) or None


def is_html(response: Response) -> bool:
    """Whether the body is an HTML page, by its content type or its beginning."""
    kind = (response.header("Content-Type") or "").lower()
    return bool(response.body) and (kind.startswith(("text/html", "application/xhtml")) or _begins_as_html(response))


def _begins_as_html(response: Response) -> bool:
    return _HTML.match(_text(response)) is not None


def _not_json(response: Response) -> str:
    coding = content_coding(response)
    if coding is not None:
        return f"a body in the content coding {coding}, which the request did not accept (Accept-Encoding: identity)"
    if is_html(response):
        return _page(response)
    if _text(response).lstrip().startswith("<"):
        return "an XML document"
    for encoding, words in _ENCODINGS.items():
        if _is_json_in(encoding, response.body):
            return words
    return _mistake_in(response.body)


def _mistake_in(body: bytes) -> str:
    for first, coding in _COMPRESSED.items():
        if body.startswith(first):
            return f"a body in {coding}, which no Content-Encoding tells"
    if _breaks_off(body):
        return f"{BROKEN_OFF} after {len(body):,} bytes"
    return mistake_in(body) or f"{len(body):,} bytes that are not JSON"


def _breaks_off(body: bytes) -> bool:
    """Whether `body` is a JSON object or list as far as it goes."""
    text = body.decode("utf-8", "ignore").strip()
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as wrong:
        return wrong.pos >= len(text) or wrong.msg.startswith("Unterminated string")
    except (ValueError, RecursionError):
        return False
    return False


def _is_json_in(encoding: str, body: bytes) -> bool:
    """Whether `body` is JSON in `encoding`, and would be none without it: NaN is no JSON in any."""
    try:
        json.loads(body.decode(encoding), parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _page(response: Response) -> str:
    """An HTML page, named by its title or its first heading."""
    text = _text(response)
    found = _TITLE.search(text) or _HEADING.search(text)
    title = unescape(_TAG.sub("", found[1])).strip() if found else ""
    return f"an HTML page titled {quote(title)}" if title else "an HTML page"


def _text(response: Response) -> str:
    return response.body[:_HEAD].decode("utf-8", "replace")


def text_in(members: Mapping[str, Any], path: Sequence[str]) -> str | None:
    """The text at `path` of `members`, or None where there is none or an empty one: see `lacking`."""
    value = _at(members, path)
    return value if isinstance(value, str) and value else None


def lacking(members: Mapping[str, Any], path: Sequence[str]) -> str:
    """What is wrong with the text at `path` of `members`, as in ``has an empty ContactId``."""
    name, value = ".".join(path), _at(members, path)
    if value is None:
        return f"has no {name}{_in_other_letters(members, path)}"
    if value == "":
        return f"has an empty {name}"
    kind = "object" if isinstance(value, dict) else _KINDS[type(value)]
    return f"has a {name} that is no string but a JSON {kind}"


def _in_other_letters(members: Mapping[str, Any], path: Sequence[str]) -> str:
    """A member that differs from the one at `path` in letter case or in what parts its words."""
    *above, name = path
    siblings = _at(members, above)
    alike = [other for other in siblings if _plain(other) == _plain(name)] if isinstance(siblings, Mapping) else []
    return f" but {quote(alike[0])}" if alike and alike[0] != name else ""


def _plain(name: str) -> str:
    return re.sub("[-_]", "", name).lower()


def _at(members: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = members
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
