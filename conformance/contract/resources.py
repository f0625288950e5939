"""What a request needs and only the endpoint or its owner can give: tokens, ids, ARNs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """Stands for a value that a chat provides under `name`, filled in when a request is sent.

    `{}` in `form` is replaced by it. With `code_points` the text is brought to exactly that length by blanks
    before its last character, which leaves a JSON text the same JSON.
    """

    name: str
    form: str = "{}"
    code_points: int | None = None

    def __deepcopy__(self, _: dict[int, Any]) -> Resource:
        """Itself, as for every value that cannot change: plain arguments are copied for each request."""
        return self

    def text(self, provided: str) -> str:
        """The text that stands in for this resource when `provided` is its value."""
        text = self.form.format(provided)
        padding = max(0, (self.code_points or 0) - len(text))
        return f"{text[:-1]}{' ' * padding}{text[-1:]}"


INSTANCE, FLOW, CONTACT = Resource("instance_id"), Resource("contact_flow_id"), Resource("contact_id")
CONNECTION, CLIENT_TOKEN = Resource("connection_token"), Resource("client_token")
TOPIC, SESSION = Resource("streaming_endpoint_arn"), Resource("auth_session_id")
UPLOAD, STREAM = Resource("uploaded_attachment_id"), Resource("streaming_id")
RECEIPT = Resource("message_id", '{{"messageId":"{}"}}')


def fill_in(value: Any, resources: Mapping[str, str]) -> Any:
    """`value` with every `Resource` replaced by what `resources` has under its name.

    Raises whatever `resources` raises for a name that it cannot provide.
    """
    if isinstance(value, Resource):
        return value.text(str(uuid.uuid4()) if value.name == CLIENT_TOKEN.name else resources[value.name])
    if isinstance(value, Mapping):
        return {key: fill_in(below, resources) for key, below in value.items()}
    if isinstance(value, list):
        return [fill_in(below, resources) for below in value]
    return value


def resource_names(value: Any) -> Iterator[str]:
    """The names of the resources in `value`."""
    if isinstance(value, Resource):
        yield value.name
    below = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for part in below:
        yield from resource_names(part)
