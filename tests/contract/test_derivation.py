from collections.abc import Iterator

import pytest

from conformance.contract.catalogue import catalogue
from conformance.contract.derivation import free_texts, is_identifier
from conformance.contract.model import operation
from conformance.contract.requirements import ConstraintKind, Direction, Level, Requirement
from conformance.contract.statements import statement
from tests.contract.service_models import ALL_OPERATIONS, INTEGERS, PARTICIPANT_OPERATIONS, Node, nodes, operation_model

GET = tuple(name for name in ALL_OPERATIONS if operation_model(name).http["method"] == "GET")
# The output members that the documents describe as ISO 8601 times.
ISO_TIMES = {
    "CreateParticipantConnection.output.Websocket.ConnectionExpiry",
    "CreateParticipantConnection.output.ConnectionCredentials.Expiry",
    "GetAttachment.output.UrlExpiry",
    "GetTranscript.output.Transcript.member.AbsoluteTime",
    "GetTranscript.output.Transcript.member.MessageMetadata.Receipts.member.DeliveredTimestamp",
    "GetTranscript.output.Transcript.member.MessageMetadata.Receipts.member.ReadTimestamp",
    "SendEvent.output.AbsoluteTime",
    "SendMessage.output.AbsoluteTime",
    "StartAttachmentUpload.output.UploadMetadata.UrlExpiry",
    "StartChatContact.output.Websocket.ConnectionExpiry",
    "StartChatContact.output.ConnectionCredentials.Expiry",
    "CreateParticipant.output.ParticipantCredentials.Expiry",
}


def requirements_derived_for(name: str) -> dict[str, Requirement]:
    return {r.id: r for r in catalogue().values() if r.derived and r.operation == name}


def limits(node: Node) -> Iterator[str]:
    """The limits that botocore reads on one shape, as the last part of a requirement id."""
    kind, metadata = node.shape.type_name, node.shape.metadata
    prefix = {"string": "length", "list": "size", "map": "size"} | dict.fromkeys(INTEGERS, "range")
    for bound in ("min", "max"):
        if bound in metadata and kind in prefix:
            yield f"{prefix[kind]}-{bound}"
    yield from (word for word in ("enum", "pattern") if word in metadata)


def input_rules(node: Node, *, has_body: bool) -> Iterator[str]:
    if node.required:
        yield "required"
    if node.location == "body" and node.name not in ("", "key"):
        yield "type"
    if node.location == "body" and node.name not in ("", "member", "key", "value"):
        yield "null"
        if not node.required and len(node.path) > 1:
            yield "optional"
    yield from limits(node)
    if (
        node.shape.type_name == "structure"
        and has_body
        and node.path.count("ValueMap") + node.path.count("ValueList") == 0
    ):
        yield "unknown-member"


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_every_limit_of_an_input_is_a_requirement_and_nothing_else_is(name: str) -> None:
    expected = {
        ".".join((name, *(node.path or ("input",)), rule))
        for node in nodes(operation_model(name).input_shape)
        for rule in input_rules(node, has_body=name not in GET)
    }
    found = {
        rid
        for rid, r in requirements_derived_for(name).items()
        if r.constraint and r.constraint.direction is Direction.INPUT
    }
    assert found == expected


@pytest.mark.parametrize("name", [n for n in ALL_OPERATIONS if n != "DescribeContact"])
def test_every_limit_of_an_output_is_a_requirement_and_nothing_else_is(name: str) -> None:
    expected = set()
    for node in nodes(operation_model(name).output_shape):
        if node.path:
            # Nothing is shorter than an empty text or map, but a number can be less than 0.
            words = [w for w in limits(node) if w not in ("length-min", "size-min") or node.shape.metadata["min"] != 0]
            words += [] if node.name == "key" else ["type"]
            expected |= {".".join((name, "output", *node.path, word)) for word in words}
    # The real service was seen to send an empty NextToken, so its minimum of 1 is no promise that can be judged.
    expected -= {"GetTranscript.output.NextToken.length-min"}
    found = {
        rid
        for rid, r in requirements_derived_for(name).items()
        if r.constraint
        and r.constraint.direction is Direction.OUTPUT
        and r.constraint.kind not in (ConstraintKind.PRESENT, ConstraintKind.TIME, ConstraintKind.TIME_FRACTION)
    }
    assert found == expected


def test_a_description_is_judged_down_to_its_own_members() -> None:
    deepest = max(
        len(r.constraint.member.path)
        for r in requirements_derived_for("DescribeContact").values()
        if r.constraint and r.constraint.direction is Direction.OUTPUT
    )
    assert deepest == 2
    assert "DescribeContact.output.Contact.Channel.enum" in catalogue()
    # A number can be less than 0, a text cannot be shorter than empty.
    assert "DescribeContact.output.Contact.TotalPauseCount.range-min" in catalogue()


def test_exactly_the_documented_times_are_times() -> None:
    for word in ("time", "time-fraction"):
        found = {rid.removesuffix(f".{word}") for rid in catalogue() if rid.endswith(f".{word}") and ".output." in rid}
        assert found == ISO_TIMES


@pytest.mark.parametrize(
    ("rid", "limit"),
    [
        ("SendEvent.ContentType.length-max", 100),
        ("SendEvent.Content.length-max", 16_384),
        ("SendEvent.ConnectionToken.length-max", 1_000),
        ("SendMessage.ClientToken.length-max", 500),
        ("StartChatContact.ParticipantDetails.DisplayName.length-max", 256),
        ("StartChatContact.ChatDurationInMinutes.range-min", 60),
        ("StartChatContact.ChatDurationInMinutes.range-max", 10_080),
        ("StartChatContact.ConnectionTypes.size-max", 2),
        ("StartChatContact.DisconnectOnCustomerExit.size-max", 1),
        ("StartChatContact.Attributes.key.length-max", 32_767),
        ("CompleteAttachmentUpload.AttachmentIds.size-max", 1),
        ("GetAttachment.UrlExpiryInSeconds.range-min", 5),
        ("GetAttachment.UrlExpiryInSeconds.range-max", 300),
        ("GetTranscript.MaxResults.range-max", 100),
        ("GetTranscript.SortOrder.enum", ("DESCENDING", "ASCENDING")),
        ("GetAuthenticationUrl.SessionId.length-min", 36),
        ("StartWebRTCContact.AllowedCapabilities.Customer.Video.enum", ("SEND",)),
        ("StartWebRTCContact.References.value.Arn.pattern", "^[-:/A-Za-z0-9]+"),
        ("SendEvent.output.Id.length-max", 256),
        ("GetAttachment.output.AttachmentSizeInBytes.range-min", 1),
    ],
)
def test_a_documented_limit_is_the_requirements_limit(rid: str, limit: object) -> None:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    assert constraint.limit == limit


LEVELS = {
    Level.MUST: [
        "required", "type", "length-min", "length-max", "range-min", "range-max", "enum", "pattern",
        "size-min", "size-max",
        "output present", "output type", "output length-max", "output enum", "output time",
        "error.status", "error.type", "error.body", "reply.no-server-error", "robustness.huge-integer",
        "robustness.nul",
    ],
    Level.SHOULD: [
        "null", "unknown-member", "output time-fraction", "success.status", "request.charset", "request.header-case",
        "reply.request-id",
    ],
    Level.RECORD: [
        "request.wrong-path", "request.wrong-method", "request.duplicate-keys", "request.content-type",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("level", "family"), [(level, family) for level, all_ in LEVELS.items() for family in all_])
def test_a_family_has_the_level_of_the_design(level: Level, family: str) -> None:
    members = [r for r in catalogue().values() if r.derived and r.family == family]
    assert members
    assert {r.level for r in members} == {level}


@pytest.mark.parametrize("family", ["error.status", "error.type", "error.body", "reply.no-server-error"])
def test_a_family_of_every_operation_has_one_requirement_each(family: str) -> None:
    assert {rid for rid in catalogue() if rid.endswith(f".{family}")} == {f"{name}.{family}" for name in ALL_OPERATIONS}


def takes_an_integer(name: str) -> bool:
    """Whether the body of an operation's request can hold an integer."""
    found = nodes(operation_model(name).input_shape)
    return any(node.shape.type_name in INTEGERS and node.location == "body" for node in found)


def test_families_apply_only_where_they_make_sense() -> None:
    def having(rule: str) -> set[str]:
        return {rid.split(".", 1)[0] for rid in catalogue() if rid.endswith(f".{rule}")}

    assert having("request.broken-json") == set(ALL_OPERATIONS) - set(GET)
    assert having("error.named-when-denied") == set(PARTICIPANT_OPERATIONS)
    assert having("robustness.huge-integer") == {name for name in ALL_OPERATIONS if takes_an_integer(name)}
    assert having("robustness.nul") >= {
        "CompleteAttachmentUpload", "CreateParticipant", "DisconnectParticipant", "SendEvent", "SendMessage",
        "StartAttachmentUpload", "StartChatContact", "StartContactStreaming", "StartWebRTCContact",
        "UpdateContactAttributes",
    }  # fmt: skip
    # The body of these holds tokens, ids, enumerations and numbers only, or there is none; that of StopContact beside
    # them a reason that its documents keep for outbound campaigns.
    assert having("robustness.nul").isdisjoint((
        "CancelParticipantAuthentication", "CreateParticipantConnection", "DescribeContact", "DescribeView",
        "GetAttachment", "GetAuthenticationUrl", "GetContactAttributes", "GetTranscript", "StopContact",
        "StopContactStreaming",
    ))  # fmt: skip


def names_something(node: Node) -> bool:
    """Whether a text of an input is the id, token or address of something that must exist."""
    names = ("NextToken", "ViewToken", "StreamingEndpointArn", "Arn")
    is_id = node.name.endswith("Id") and node.name != "CustomerId"
    text = node.shape.type_name == "string" and node.location != "header"
    return text and (is_id or node.name in names or node.path[-2:] == ("AttachmentIds", "member"))


@pytest.mark.parametrize("name", ALL_OPERATIONS)
def test_an_identifier_is_what_names_something(name: str) -> None:
    expected = {".".join(n.path) for n in nodes(operation_model(name).input_shape) if names_something(n)}
    found = [m.dotted for m in operation(name).input.walk() if is_identifier(operation(name), m)]
    assert set(found) == expected
    assert (f"{name}.refusal.before-lookup" in catalogue()) == bool(expected)


@pytest.mark.parametrize(
    ("rid", "values"),
    [
        # SendEvent of the older and of the newer page: typing is the event that needs nothing else.
        ("SendEvent.ContentType.length-max", ("application/vnd.amazonaws.connect.event.typing",)),
        ("StartChatContact.ConnectionTypes.member.enum", ("WEBSOCKET", "CONNECTION_CREDENTIALS")),
        ("CreateParticipant.ParticipantDetails.ParticipantRole.enum", ("CUSTOM_BOT",)),
        ("StartWebRTCContact.References.value.Type.enum", ("URL", "NUMBER", "STRING", "DATE", "EMAIL")),
        ("SendMessage.Content.length-max", ()),
    ],
)
def test_a_closed_vocabulary_is_accepted_by_its_words(rid: str, values: tuple[str, ...]) -> None:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    assert constraint.values == values
    assert constraint.promise == ("vocabulary" if values else None)


def test_a_range_whose_own_edge_has_no_documented_meaning_is_accepted_inside() -> None:
    narrowed = {r.constraint.member.dotted for r in catalogue().values() if r.constraint and r.constraint.edges}
    assert narrowed == {"MaxResults", "StartPosition.MostRecent"}
    constraint = catalogue()["GetTranscript.MaxResults.range-max"].constraint
    assert constraint is not None
    assert (constraint.edges, constraint.promise) == ((1, 100), "condition")


def test_a_derived_requirement_says_where_in_the_model_it_stands() -> None:
    assert catalogue()["SendEvent.Content.length-max"].locator == "SendEvent input Content"
    assert catalogue()["SendEvent.output.Id.type"].locator == "SendEvent output Id"
    assert catalogue()["SendEvent.input.unknown-member"].locator == "SendEvent input"
    assert catalogue()["SendEvent.error.type"].locator == "SendEvent"
    assert [r.id for r in catalogue().values() if not r.locator] == []


def test_an_empty_text_that_another_promise_forbids_cannot_be_shown() -> None:
    # Only values of the system are accepted in SegmentAttributes, and none is shorter than nothing.
    reasons = {rid: r.untested for rid, r in catalogue().items() if r.untested and rid.endswith("length-min")}
    assert {rid for rid, reason in reasons.items() if reason.startswith("nothing is shorter than an empty text")} == {
        f"{name}.SegmentAttributes.value.{member}.length-min"
        for name in ("StartChatContact", "StartWebRTCContact")
        for member in ("ValueString", "ValueArn")
    }
    assert catalogue()["StartChatContact.Attributes.value.length-min"].untested is None


def test_a_limit_of_the_path_that_the_path_hides_says_so() -> None:
    assert catalogue()["DescribeView.ViewToken.required"].untested
    assert catalogue()["DescribeView.ViewToken.length-min"].untested
    assert catalogue()["DescribeView.ViewToken.length-max"].untested is None
    assert "DescribeView.ViewToken.type" not in catalogue()


@pytest.mark.parametrize(
    ("rid", "why"),
    [
        ("StartChatContact.RelatedContactId.length-max", "contact"),
        ("SendEvent.ContentType.length-max", "listed event types"),
        ("GetTranscript.NextToken.length-max", "earlier page"),
        ("StartChatContact.InstanceId.length-max", "instance"),
        ("CreateParticipantConnection.ParticipantToken.length-max", "token"),
    ],
)
def test_an_edge_that_another_promise_forbids_says_why(rid: str, why: str) -> None:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    assert constraint.accepts is not None
    assert why in constraint.accepts


@pytest.mark.parametrize(
    "rid",
    [
        "StartChatContact.ClientToken.length-max",
        "StartChatContact.CustomerId.length-max",
        "SendMessage.Content.length-max",
    ],
)
def test_an_edge_that_nothing_else_forbids_is_accepted(rid: str) -> None:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    assert constraint.accepts is None


def test_connection_information_is_present_where_it_was_asked_for() -> None:
    for name, by in (("CreateParticipantConnection", "Type"), ("StartChatContact", "ConnectionTypes")):
        constraint = catalogue()[f"{name}.output.Websocket.present"].constraint
        assert constraint is not None
        assert constraint.asked_by == (by, "WEBSOCKET")


def test_the_empty_next_token_of_the_real_service_is_lawful() -> None:
    assert "GetTranscript.output.NextToken.length-min" not in catalogue()
    assert "GetTranscript.output.NextToken.length-max" in catalogue()


def test_free_texts_are_those_without_another_promise() -> None:
    assert [m.dotted for m in free_texts(operation("SendMessage"))] == ["Content", "ClientToken"]
    assert "ParticipantDetails.DisplayName" in [m.dotted for m in free_texts(operation("StartChatContact"))]
    assert "ContactFlowId" not in [m.dotted for m in free_texts(operation("StartChatContact"))]
    # A key has letters, digits, a hyphen and an underscore only.
    assert [m.dotted for m in free_texts(operation("UpdateContactAttributes"))] == ["Attributes.value"]


@pytest.mark.parametrize(
    ("rid", "says"),
    [
        ("SendEvent.Content.length-max", "The endpoint refuses more than 16,384 code points in Content."),
        ("StartChatContact.Attributes.value.length-min", "The endpoint accepts an empty text for Attributes.value."),
        (
            "GetAttachment.UrlExpiryInSeconds.range-max",
            "The endpoint accepts 300 for UrlExpiryInSeconds and refuses more.",
        ),
        ("SendMessage.ClientToken.length-max", "The endpoint accepts 500 code points in ClientToken and refuses more."),
        ("SendEvent.input.unknown-member", "The endpoint ignores a member that the input does not have."),
        ("SendMessage.output.Id.present", "The reply contains Id."),
        ("SendEvent.Content.length-min", "The endpoint refuses fewer than 1 code point in Content."),
        ("GetTranscript.MaxResults.range-min", "The endpoint refuses less than 0 for MaxResults."),
        (
            "GetTranscript.SortOrder.enum",
            "The endpoint accepts each of DESCENDING, ASCENDING for SortOrder and refuses any other text or case.",
        ),
    ],
)
def test_a_limit_is_stated_in_a_sentence(rid: str, says: str) -> None:
    constraint = catalogue()[rid].constraint
    assert constraint is not None
    assert statement(constraint) == catalogue()[rid].statement == says


def test_every_kind_of_constraint_has_words_in_its_direction() -> None:
    stated = {(r.constraint.direction, r.constraint.kind) for r in catalogue().values() if r.constraint}
    assert {kind for _, kind in stated} == set(ConstraintKind)
