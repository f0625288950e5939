"""``python -m conformance.reference``: the endpoint as a child process that dies with its parent."""

from __future__ import annotations

from conformance.reference.serving import serve_child

serve_child()
