"""Lawful variants of an error's form: which type is named, where it is named, and where its text stands."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.wire import Request, Response
from conformance.reference.variants.reply_forms import with_members, without_header
from conformance.reference.variants.variant import Change, Variant


def _type_in(place: str, form: str) -> Change:
    """Moves the exception type from the header to a member of the body, decorated as `form`."""

    def change(_: Request, response: Response) -> Response:
        name = response.error_name
        if response.succeeded or name is None:
            return response
        bare = replace(response, headers=without_header(response.headers, "x-amzn-ErrorType"))
        return with_members(bare, {**response.members, place: form.format(name)})

    return change


def _suffix(_: Request, response: Response) -> Response:
    name = response.error_name
    if response.succeeded or name is None:
        return response
    decorated = f"{name}:http://internal.amazon.com/coral/com.amazon.connect/"
    return replace(
        response, headers=(*without_header(response.headers, "x-amzn-ErrorType"), ("X-Amzn-Errortype", decorated))
    )


def _capital_message(_: Request, response: Response) -> Response:
    members = dict(response.members)
    if response.succeeded or "message" not in members:
        return response
    members["Message"] = members.pop("message")
    return with_members(response, members)


def _other_bad_input(_: Request, response: Response) -> Response:
    if response.error_name != "InvalidParameterException":
        return response
    headers = (*without_header(response.headers, "x-amzn-ErrorType"), ("x-amzn-ErrorType", "InvalidRequestException"))
    return replace(response, headers=headers)


def _unnamed_denial(_: Request, response: Response) -> Response:
    if response.error_name != "AccessDeniedException":
        return response
    text = "User is not authorized to access this resource with an explicit deny"
    return with_members(
        replace(response, headers=without_header(response.headers, "x-amzn-ErrorType")), {"Message": text}
    )


VARIANTS = (
    # These change which type is named, so they stand before those that change where it is named.
    Variant(
        "invalid-request",
        "The endpoint may name InvalidParameterException or InvalidRequestException for bad input.",
        change=_other_bad_input,
    ),
    Variant(
        "unnamed-denial",
        "The gateway's 403 may name no type.",
        change=_unnamed_denial,
        warns=("*.error.named-when-denied",),
    ),
    Variant(
        "type-in-body",
        "The endpoint may name the exception type in the body's __type.",
        change=_type_in("__type", "{}"),
    ),
    Variant(
        "type-in-code", "The endpoint may name the exception type in the body's code.", change=_type_in("code", "{}")
    ),
    Variant(
        "type-with-namespace",
        "The exception type may have a namespace and # before its name.",
        change=_type_in("__type", "com.amazonaws.connect#{}"),
    ),
    Variant("type-with-suffix", "The exception type may have a colon and more text after its name.", change=_suffix),
    Variant(
        "capital-message", "The endpoint may put the text of an error into message or Message.", change=_capital_message
    ),
)
