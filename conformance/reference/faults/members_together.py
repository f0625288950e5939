"""Faults of members that are taken alone and not together, or together and not alone."""

from __future__ import annotations

from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import refuses
from conformance.reference.service import ReferenceService


@fault("StartWebRTCContact.success.valid-request", may=("StartWebRTCContact.*",))
def refuses_a_description_beside_attributes(service: ReferenceService) -> None:
    """A call is not started with both Description and Attributes."""
    refuses(
        service,
        "StartWebRTCContact",
        lambda call: call.get("Description") is not None and call.get("Attributes") is not None,
    )


@fault("GetAttachment.success.valid-request", may=("GetAttachment.*",))
def refuses_a_disposition_beside_an_expiry(service: ReferenceService) -> None:
    """An attachment is not returned to a request with both UrlContentDisposition and UrlExpiryInSeconds."""
    refuses(
        service,
        "GetAttachment",
        lambda call: call.get("UrlContentDisposition") is not None and call.get("UrlExpiryInSeconds") is not None,
    )


@fault("StartChatContact.success.valid-request", may=("StartChatContact.*", "DescribeContact.*", "StopContact.*"))
def wants_attributes_of_a_known_customer(service: ReferenceService) -> None:
    """CustomerId is taken beside Attributes only, so that a request with many members hides it."""
    refuses(
        service,
        "StartChatContact",
        lambda call: call.get("CustomerId") is not None and call.get("Attributes") is None,
    )


@fault("StartWebRTCContact.success.valid-request", may=("StartWebRTCContact.*",))
def refuses_a_description_of_one_letter(service: ReferenceService) -> None:
    """A Description of one code point is refused, which is the plainest value."""
    refuses(service, "StartWebRTCContact", lambda call: len(call.get("Description") or "") == 1)
