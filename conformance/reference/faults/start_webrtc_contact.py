"""Faults of StartWebRTCContact: the identifiers of a call, and where none is started."""

from __future__ import annotations

from typing import Any

from conformance.reference.context import Call, Context
from conformance.reference.errors import Refusal, bad_value, not_found
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import first, on_refusal, takes
from conformance.reference.instances import CONTACT_FLOW_ID, FLOWS, INSTANCE_ID
from conformance.reference.service import ReferenceService
from conformance.reference.state import VOICE, Contact

START = "StartWebRTCContact"
DESCRIPTIONS = ("DescribeContact.*", "StartWebRTCContact.RelatedContactId.returned")


def _calls(context: Context) -> list[Contact]:
    return [contact for contact in context.state.contacts.values() if contact.channel == VOICE]


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_no_call(service: ReferenceService) -> None:
    """DescribeContact does not find calls."""

    def act(context: Context, call: Call) -> None:
        if call.get("ContactId") in [contact.id for contact in _calls(context)]:
            raise not_found(call.operation, "No such contact in this instance.")

    first(service, "DescribeContact", act)


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_the_call_before(service: ReferenceService) -> None:
    """DescribeContact of a call describes the one that was started before it."""

    def describe(context: Context, call: Call) -> dict[str, Any]:
        ids, wanted = [contact.id for contact in _calls(context)], call.get("ContactId")
        return {"ContactId": ids[max(0, ids.index(wanted) - 1)] if wanted in ids else wanted}

    takes(service, "DescribeContact", describe)


# Where none is started


@fault("StartWebRTCContact.InstanceId.unknown-refused", may=("StartWebRTCContact.InstanceId.unknown-not-found",))
def calls_start_in_any_instance(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any InstanceId."""
    takes(service, START, lambda _, call: {} if call.get("InstanceId") in FLOWS else {"InstanceId": INSTANCE_ID})


@fault("StartWebRTCContact.InstanceId.unknown-refused")
def calls_start_where_an_instance_begins_so(service: ReferenceService) -> None:
    """StartWebRTCContact accepts the beginning of an InstanceId."""

    def resolve(_: Context, call: Call) -> dict[str, Any]:
        given = call.get("InstanceId")
        return {"InstanceId": next((known for known in FLOWS if known.startswith(given)), given)}

    takes(service, START, resolve)


@fault(
    "StartWebRTCContact.ContactFlowId.unknown-refused",
    "StartWebRTCContact.ContactFlowId.of-another-instance",
    may=("StartWebRTCContact.ContactFlowId.unknown-not-found",),
)
def calls_start_with_any_flow(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any ContactFlowId."""
    takes(service, START, lambda _, call: {"ContactFlowId": FLOWS.get(call.get("InstanceId"))})


@fault("StartWebRTCContact.ContactFlowId.unknown-refused")
def calls_start_with_a_flow_that_begins_so(service: ReferenceService) -> None:
    """StartWebRTCContact ignores the last character of a ContactFlowId."""

    def resolve(_: Context, call: Call) -> dict[str, Any]:
        given = call.get("ContactFlowId")
        return {"ContactFlowId": CONTACT_FLOW_ID if given[:-1] == CONTACT_FLOW_ID[:-1] else given}

    takes(service, START, resolve)


@fault("StartWebRTCContact.ContactFlowId.of-another-instance")
def calls_start_with_flows_of_other_instances(service: ReferenceService) -> None:
    """StartWebRTCContact accepts any flow that the account has."""

    def resolve(_: Context, call: Call) -> dict[str, Any]:
        flow = FLOWS.get(call.get("InstanceId"))
        return {"ContactFlowId": flow} if call.get("ContactFlowId") in FLOWS.values() else {}

    takes(service, START, resolve)


@fault("StartWebRTCContact.InstanceId.unknown-not-found", "StartWebRTCContact.ContactFlowId.unknown-not-found")
def calls_call_the_unknown_bad_input(service: ReferenceService) -> None:
    """The endpoint answers an unknown instance or flow with InvalidParameterException."""

    def act(_: Context, call: Call, refusal: Refusal) -> None:
        if refusal.exception == "ResourceNotFoundException":
            raise bad_value(call.operation, refusal.message)

    on_refusal(service, START, act)


@fault("StartWebRTCContact.ContactId.names-the-contact", may=DESCRIPTIONS)
def describes_the_last_two_calls_only(service: ReferenceService) -> None:
    """DescribeContact has forgotten a call when two more were started."""

    def act(context: Context, call: Call) -> None:
        if call.get("ContactId") in [contact.id for contact in _calls(context)[:-2]]:
            raise not_found(call.operation, "No such contact in this instance.")

    first(service, "DescribeContact", act)
