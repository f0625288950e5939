"""The headers that AWS SDKs send beside those of a request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping


def sdk_headers(attempt: int) -> Mapping[str, str]:
    """Who the client is, and that this is attempt number `attempt` of three."""
    return {
        "User-Agent": f"aws-sdk-js/3.{attempt} ua/2.1 os/linux lang/js",
        "X-Amz-User-Agent": "aws-sdk-js/3.0.0 aws-chat-js/5.0.0",
        "amz-sdk-invocation-id": str(uuid.uuid4()),
        "amz-sdk-request": f"attempt={attempt}; max=3",
    }
