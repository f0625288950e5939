"""The lawful choices of this endpoint: what it does where the documents are silent or leave room, in one place.

Each field says what the documents leave open and what its values mean; the defaults are this endpoint's readings.
Another value is another endpoint that is just as right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conformance.contract.limits import ATTACHMENTS

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Choices:
    """One reading of what the documents leave open (the U numbers are those of the project's list of unknowns)."""

    # U4: the same ClientToken with other parameters gets the first call's result, or is refused as bad input.
    other_parameters: Literal["first result", "refused"] = "first result"
    # U4: within which a token of the Participant Service names one call: the calling participant, or the whole chat.
    client_token_scope: Literal["participant", "contact"] = "participant"
    # An empty ClientToken (the model's minimum is 0) counts as none, or is a token like any other.
    empty_client_token: Literal["absent", "token"] = "absent"
    # StopContact of a contact that has ended: ContactNotFoundException 410, or success.
    stop_of_ended_contact: Literal["410", "success"] = "410"
    # U5: a participant's sixth web socket is refused, or takes the place of the oldest.
    sixth_socket: Literal["refused", "replaces the oldest"] = "refused"
    # U7: the item at StartPosition is on the page, or the page begins behind it.
    start_position: Literal["inclusive", "exclusive"] = "inclusive"
    # U8: MaxResults 0 is the default of 10, or a page without items.
    max_results_zero: Literal["default", "empty page"] = "default"
    # U12: typing passes by, or stands in the transcript too.
    typing_in_transcript: bool = False
    # U3: a body that is not declared as JSON is refused with 415, or its Content-Type is not looked at.
    other_media_types: Literal["415", "read as JSON"] = "415"
    # A repeated StartChatContact gives the first ParticipantToken, or a new one that works beside it.
    repeated_start_token: Literal["first", "fresh"] = "first"
    # U18: a request that is wrong in both ways is refused for its bearer first, or for its members.
    first_checked: Literal["bearer", "members"] = "bearer"
    # A chat that continues another begins a session of its own, as the guide words it, or belongs to the first one's.
    continued_chats: Literal["other sessions", "the same session"] = "other sessions"
    # U9: the last page has no NextToken, or one that leads to a page without items.
    last_page: Literal["no token", "leads to an empty page"] = "no token"
    # A chat that its last customer leaves is over, or goes on without them until it is stopped.
    when_the_customer_leaves: Literal["over", "goes on"] = "over"
    # how long a web socket URL says that it lives, in seconds (a real one said 66 minutes; the text 100 seconds).
    websocket_url_seconds: int = 3_600
    # U10: the expiry of GetAttachment's URL when none is asked for, in seconds.
    download_url_seconds: int = 300
    # The expiry of StartAttachmentUpload's URL, in seconds.
    upload_url_seconds: int = 900


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits that an account may have raised. Each default is the documented one unless it says otherwise."""

    # Documented are 100 for each instance; a run of a conformance suite should not meet it by chance.
    active_chats: int = 1_000
    active_calls: int = 1_000
    participants_in_a_contact: int = 6
    open_sockets_of_a_participant: int = 5
    attachments_in_a_contact: int = ATTACHMENTS
    attachment_bytes: int = 20 * MEGABYTE
