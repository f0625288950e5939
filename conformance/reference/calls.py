"""StartWebRTCContact."""

from __future__ import annotations

from conformance.contract.content_types import TEXT
from conformance.reference.clock import HOUR
from conformance.reference.contacts import contact_of, refuse_above_quota, register
from conformance.reference.context import Call, Context, Members
from conformance.reference.instances import refuse_unknown_flow
from conformance.reference.meetings import connection_data
from conformance.reference.participants import CUSTOMER, add_participant
from conformance.reference.state import VOICE, Contact

# No document limits a call; one that nobody ended is over after this.
LONGEST_CALL = 24 * HOUR


def start_webrtc_contact(context: Context, call: Call) -> Members:
    """StartWebRTCContact: a call, its customer and the meeting to join.

    Raises Refusal for an unknown instance, flow or related contact, and above the quota (LimitExceededException).
    """
    refuse_unknown_flow(call.operation, call.get("InstanceId"), call.get("ContactFlowId"))
    contact = _new_contact(context, call)
    refuse_above_quota(context, call.operation, contact, context.quotas.active_calls)
    register(context, contact)
    customer = add_participant(context, contact, CUSTOMER, call.get("ParticipantDetails")["DisplayName"])
    return {
        "ContactId": contact.id,
        "ParticipantId": customer.id,
        "ParticipantToken": customer.token,
        "ConnectionData": connection_data(context, contact, customer),
    }


def _new_contact(context: Context, call: Call) -> Contact:
    now, related = context.now(), call.get("RelatedContactId")
    return Contact(
        id=context.identifiers.uuid(),
        instance_id=call.get("InstanceId"),
        flow_id=call.get("ContactFlowId"),
        channel=VOICE,
        started_at=now,
        moved_before=context.clock.moved,
        ends_at=now + LONGEST_CALL,
        attributes=dict(call.get("Attributes") or {}),
        content_types=(TEXT,),
        segment_attributes=dict(call.get("SegmentAttributes") or {}),
        description=call.get("Description"),
        related=contact_of(context, call.operation, call.get("InstanceId"), related) if related else None,
    )
