"""Faults of views and of customers' authentication."""

from __future__ import annotations

from itertools import count

from conformance.reference.context import Call, Context, Members
from conformance.reference.errors import Refusal
from conformance.reference.faults_kit.fault import fault
from conformance.reference.faults_kit.hooks import gives, on_refusal, refuses, takes, then
from conformance.reference.instances import AUTH_SESSION_ID, VIEW_TOKEN
from conformance.reference.service import ReferenceService
from conformance.reference.state import Contact

VIEW, GET, CANCEL = "DescribeView", "GetAuthenticationUrl", "CancelParticipantAuthentication"
SIGN_IN = ("GetAuthenticationUrl.*", "CancelParticipantAuthentication.*")


@fault("DescribeView.ViewToken.unknown-refused", may=("DescribeView.*",))
def shows_a_view_for_any_token(service: ReferenceService) -> None:
    """The endpoint returns a view for any ViewToken."""
    takes(service, VIEW, lambda _, __: {"ViewToken": VIEW_TOKEN})


@fault("DescribeView.ViewToken.unknown-refused", may=("DescribeView.*",))
def shows_a_view_for_the_beginning_of_its_token(service: ReferenceService) -> None:
    """The endpoint returns the view for a ViewToken that was cut short."""
    whole = {"ViewToken": VIEW_TOKEN}
    takes(service, VIEW, lambda _, call: whole if VIEW_TOKEN.startswith(call.get("ViewToken")) else {})


@fault("DescribeView.ViewToken.gives-view", may=("DescribeView.*",))
def shows_empty_views(service: ReferenceService) -> None:
    """DescribeView returns a view without Content."""
    gives(service, VIEW, lambda _, __, members: {"View": {k: v for k, v in members["View"].items() if k != "Content"}})


@fault("DescribeView.ViewToken.percent-encoded", may=("DescribeView.*",))
def decodes_a_slash_in_the_first_path_only(service: ReferenceService) -> None:
    """DescribeView refuses a ViewToken with a slash after its first call."""
    asked = count()
    takes(
        service, VIEW, lambda _, call: {"ViewToken": call.get("ViewToken").replace("/", "%2F" if next(asked) else "/")}
    )


@fault("GetAuthenticationUrl.AuthenticationUrl.sign-in", may=SIGN_IN)
def signs_in_without_tls(service: ReferenceService) -> None:
    """The sign-in URL begins with http."""
    gives(service, GET, lambda _, __, m: {"AuthenticationUrl": m["AuthenticationUrl"].replace("https:", "http:", 1)})


@fault("GetAuthenticationUrl.SessionId.unknown-refused", may=SIGN_IN)
def signs_in_for_any_session(service: ReferenceService) -> None:
    """The endpoint returns a URL for any SessionId."""
    takes(service, GET, lambda _, __: {"SessionId": AUTH_SESSION_ID})


@fault("CancelParticipantAuthentication.SessionId.unknown-refused", may=SIGN_IN)
def cancels_any_session(service: ReferenceService) -> None:
    """The endpoint accepts the cancellation of any SessionId."""
    on_refusal(service, CANCEL, lambda _, __, ___: {})


@fault("CancelParticipantAuthentication.effect.session-cancelled", may=SIGN_IN)
def cancels_no_session_with_a_url(service: ReferenceService) -> None:
    """CancelParticipantAuthentication refuses a chat that has asked for the session's URL."""
    asked: set[str] = set()
    then(service, GET, lambda _, call, __: asked.add(call.contact.id))
    refuses(service, CANCEL, lambda call: call.contact.id in asked)


@fault("CancelParticipantAuthentication.success.valid-request", may=SIGN_IN)
def cancels_no_session(service: ReferenceService) -> None:
    """The endpoint refuses every cancellation."""
    refuses(service, CANCEL, lambda _: True)


@fault("GetAuthenticationUrl.SessionId.cancelled", may=SIGN_IN)
def goes_on_after_cancelling(service: ReferenceService) -> None:
    """The endpoint still returns a URL for a cancelled session."""

    def forget(_: Context, call: Call, members: Members) -> Members:
        call.contact.sign_in_cancelled = False
        return members

    gives(service, CANCEL, forget)


@fault("GetAuthenticationUrl.SessionId.one-minute", may=SIGN_IN)
def signs_in_for_ever(service: ReferenceService) -> None:
    """The endpoint returns a URL for a session of any age."""

    def young(context: Context, call: Call) -> Members:
        call.contact.moved_before = context.clock.moved
        return {}

    takes(service, GET, young)


@fault("DescribeView.ViewToken.unknown-refused", may=("DescribeView.*",))
def shows_a_view_for_more_than_its_token(service: ReferenceService) -> None:
    """The endpoint returns the view for a ViewToken with more text behind it or in other letter case."""
    whole = {"ViewToken": VIEW_TOKEN}

    def alike(_: Context, call: Call) -> Members:
        return whole if call.get("ViewToken").lower().startswith(VIEW_TOKEN.lower()) else {}

    takes(service, VIEW, alike)


@fault("DescribeView.ViewToken.gives-view", may=("DescribeView.*", "Tokens.*"))
def shows_a_view_once(service: ReferenceService) -> None:
    """DescribeView refuses a ViewToken whose view it has shown in the chat."""
    shown: list[Contact] = []
    refuses(service, VIEW, lambda call: call.contact in shown)
    then(service, VIEW, lambda _, call, __: shown.append(call.contact))


@fault("CancelParticipantAuthentication.refusal.no-effect", may=SIGN_IN)
def cancels_what_it_refuses_to_cancel(service: ReferenceService) -> None:
    """A refused cancelling cancels the session of its chat."""

    def act(_: Context, call: Call, __: Refusal) -> None:
        call.contact.sign_in_cancelled = True

    on_refusal(service, CANCEL, act)


@fault("GetAuthenticationUrl.SessionId.again", may=SIGN_IN)
def signs_in_once(service: ReferenceService) -> None:
    """The endpoint returns the URL of a session only once."""
    asked: list[Contact] = []
    refuses(service, GET, lambda call: call.contact in asked)
    then(service, GET, lambda _, call, __: asked.append(call.contact))
