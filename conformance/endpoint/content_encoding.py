"""Bodies that came compressed, decoded within bounds: a few kilobytes may decode to gigabytes."""

from __future__ import annotations

import zlib
from dataclasses import replace

from conformance.contract.wire import Response

_GZIP_OR_ZLIB, _RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_WINDOWS = {"gzip": (_GZIP_OR_ZLIB,), "x-gzip": (_GZIP_OR_ZLIB,), "deflate": (_GZIP_OR_ZLIB, _RAW)}


def decode(response: Response, limit: int) -> Response:
    """`response` with its body decoded, cut at `limit` bytes; as it came where its encoding is none of gzip's."""
    encoding = (response.header("Content-Encoding") or "").strip().lower()
    for window in _WINDOWS.get(encoding, ()):
        decoder = zlib.decompressobj(window)
        try:
            body = decoder.decompress(response.body, limit + 1)
        except zlib.error:
            continue
        return replace(response, body=body[:limit], truncated=response.truncated or len(body) > limit)
    return response
