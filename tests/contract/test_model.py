import pytest

from conformance.contract.botocore_data import own_loader
from conformance.contract.model import Kind, Location, Member, _operation, operation, operations, plain_text
from tests.contract.service_models import (
    ALL_OPERATIONS,
    CONNECT_OPERATIONS,
    PARTICIPANT_OPERATIONS,
    Node,
    nodes,
    operation_model,
)


def by_path(root: Member) -> dict[str, Member]:
    return {member.dotted: member for member in root.walk()}


def test_the_whole_participant_service_and_the_operations_of_the_table_are_covered() -> None:
    assert sorted(operations()) == sorted(ALL_OPERATIONS)


def test_an_operation_outside_the_contract_is_unknown() -> None:
    with pytest.raises(KeyError):
        operation("ListQueues")


@pytest.mark.parametrize(
    ("name", "method", "uri"),
    [
        ("StartChatContact", "PUT", "/contact/chat"),
        ("StartWebRTCContact", "PUT", "/contact/webrtc"),
        ("CreateParticipantConnection", "POST", "/participant/connection"),
        ("SendEvent", "POST", "/participant/event"),
        ("DescribeView", "GET", "/participant/views/{ViewToken}"),
        ("DescribeContact", "GET", "/contacts/{InstanceId}/{ContactId}"),
    ],
)
def test_an_operation_has_the_documented_address(name: str, method: str, uri: str) -> None:
    assert (operation(name).method, operation(name).uri, operation(name).status) == (method, uri, 200)


@pytest.mark.parametrize(
    ("name", "inputs", "outputs"),
    [
        # SendEvent: connectionToken, contentType, clientToken and content of the older page.
        ("SendEvent", 4, 2),
        ("SendMessage", 4, 3),
        # CreateParticipantConnection: ParticipantToken, Type, ConnectParticipant.
        ("CreateParticipantConnection", 3, 3),
        ("DisconnectParticipant", 2, 0),
        ("GetTranscript", 7, 3),
        ("StartAttachmentUpload", 5, 2),
        ("CompleteAttachmentUpload", 3, 0),
        ("GetAttachment", 4, 3),
        ("DescribeView", 2, 1),
        ("StopContact", 3, 0),
        ("DescribeContact", 2, 1),
        # StartWebRTCContact: the nine parameters of the older page, SegmentAttributes since then.
        ("StartWebRTCContact", 10, 4),
        # StartChatContact: the eleven fields of the older page and five more of today; four outputs and three more.
        ("StartChatContact", 16, 7),
    ],
)
def test_an_operation_has_as_many_members_as_its_page(name: str, inputs: int, outputs: int) -> None:
    assert len(operation(name).input.members) == inputs
    assert len(operation(name).output.members) == outputs


def type_on_the_wire(node: Node) -> str:
    """The type of a shape; a time in ISO 8601 or as in a header is a text there."""
    written = node.shape.serialization.get("timestampFormat")
    return "string" if written in ("iso8601", "rfc822") else node.shape.type_name


@pytest.mark.parametrize("name", ALL_OPERATIONS)
@pytest.mark.parametrize("side", ["input", "output"])
def test_members_and_limits_are_those_that_botocore_reads(name: str, side: str) -> None:
    ours = by_path(getattr(operation(name), side))
    theirs = {".".join(n.path): n for n in nodes(getattr(operation_model(name), f"{side}_shape"))}
    assert (set(ours) - {""}) == (set(theirs) - {""})
    assert ours[""].name == ""
    for path, node in theirs.items():
        member, limits = ours[path], node.shape.metadata
        assert member.kind == type_on_the_wire(node)
        assert member.required is node.required
        assert (member.minimum, member.maximum) == (limits.get("min"), limits.get("max"))
        assert member.enum == tuple(limits.get("enum", ()))
        assert member.pattern == limits.get("pattern")
        assert member.sensitive is bool(limits.get("sensitive", False))
        assert member.location == node.location
        assert member.wire_name == node.shape.serialization.get("name", member.name)
        assert member.idempotency_token is limits.get("idempotencyToken", False)


@pytest.mark.parametrize("name", PARTICIPANT_OPERATIONS)
def test_a_participant_operation_carries_its_token_in_the_bearer_header(name: str) -> None:
    bearer = operation(name).bearer
    assert bearer is not None
    assert bearer.wire_name == "X-Amz-Bearer"
    assert (bearer.minimum, bearer.maximum, bearer.required) == (1, 1000, True)
    expected = "ParticipantToken" if name == "CreateParticipantConnection" else "ConnectionToken"
    assert bearer.name == expected
    assert not operation(name).signed


@pytest.mark.parametrize("name", CONNECT_OPERATIONS)
def test_a_connect_operation_is_signed_and_has_no_bearer(name: str) -> None:
    assert operation(name).bearer is None
    assert operation(name).signed


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("DescribeView", ["ViewToken"]),
        ("DescribeContact", ["InstanceId", "ContactId"]),
        ("GetContactAttributes", ["InstanceId", "InitialContactId"]),
        ("StartChatContact", []),
    ],
)
def test_members_of_the_path_are_those_of_its_placeholders(name: str, members: list[str]) -> None:
    assert [m.name for m in operation(name).input.members if m.location is Location.URI] == members


def test_get_operations_have_no_body() -> None:
    without = {name for name, op in operations().items() if not op.has_body}
    assert without == {name for name in ALL_OPERATIONS if operation_model(name).http["method"] == "GET"}
    assert {"DescribeView", "DescribeContact", "GetContactAttributes"} <= without


def test_body_members_leave_out_the_token() -> None:
    assert [m.name for m in operation("SendEvent").body_members] == ["ContentType", "Content", "ClientToken"]


def test_idempotency_tokens_are_known() -> None:
    having = {name for name, op in operations().items() if any(m.idempotency_token for m in op.input.walk())}
    assert having == {
        "CompleteAttachmentUpload",
        "DisconnectParticipant",
        "SendEvent",
        "SendMessage",
        "StartAttachmentUpload",
        "StartChatContact",
        "StartWebRTCContact",
        "CreateParticipant",
        "StartContactStreaming",
    }


def test_a_structure_that_holds_itself_is_entered_once() -> None:
    paths = by_path(operation("StartChatContact").input)
    inner = "SegmentAttributes.value.ValueMap.value"
    assert paths[inner].kind is Kind.STRUCTURE
    assert paths[inner].members == ()
    assert f"{inner}.ValueString" not in paths


def test_a_time_that_the_model_has_written_as_text_is_text() -> None:
    model = own_loader().load_service_model("connect", "service-2")
    segments = by_path(_operation("connect", model, "ListRealtimeContactAnalysisSegmentsV2").output)
    assert segments["Segments.member.Transcript.Time.AbsoluteTime"].kind is Kind.STRING
    described = by_path(operation("DescribeContact").output)
    assert described["Contact.InitiationTimestamp"].kind is Kind.TIMESTAMP


def test_maps_and_lists_have_the_documented_parts() -> None:
    paths = by_path(operation("StartChatContact").input)
    assert paths["Attributes.key"].maximum == 32_767
    assert paths["Attributes.value"].minimum == 0
    assert paths["SupportedMessagingContentTypes.member"].maximum == 100
    assert by_path(operation("GetTranscript").output)["Transcript.member.MessageMetadata.Receipts.member"].members


def test_a_child_is_found_by_name_and_a_missing_one_is_named() -> None:
    details = operation("StartChatContact").input.child("ParticipantDetails")
    assert details.child("DisplayName").dotted == "ParticipantDetails.DisplayName"
    with pytest.raises(KeyError, match="ParticipantDetails has no member Nickname"):
        details.child("Nickname")
    with pytest.raises(KeyError, match="the structure has no member"):
        operation("SendEvent").input.child("Nickname")


def test_documentation_is_read_as_plain_text() -> None:
    assert plain_text("<p>One &lt;two&gt;\n <b>three</b></p>") == "One <two> three"
    assert "Signature Version 4" in operation("SendMessage").documentation


def test_a_part_of_a_list_or_map_has_no_documentation_of_its_own() -> None:
    paths = by_path(operation("StartChatContact").input)
    assert paths["Attributes"].documentation
    assert {paths[part].documentation for part in ("Attributes.key", "ConnectionTypes.member")} == {""}


@pytest.mark.parametrize(("http", "status"), [({"responseCode": 202}, 202), ({}, 200)])
def test_the_status_of_a_success_is_the_models_and_else_200(http: dict[str, int], status: int) -> None:
    nothing = {"shape": "Nothing"}
    described = {
        "http": {"method": "PUT", "requestUri": "/x", **http},
        "input": nothing,
        "output": nothing,
        "errors": [],
        "documentation": "<p>It does.</p>",
    }
    made = _operation(
        "connect", {"operations": {"DoIt": described}, "shapes": {"Nothing": {"type": "structure"}}}, "DoIt"
    )
    assert (made.status, made.method, made.uri, made.documentation) == (status, "PUT", "/x", "It does.")
