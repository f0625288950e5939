// The AWS SDK for JavaScript v3 drives every operation. Prints what it saw as one JSON object.
"use strict";
const C = require("@aws-sdk/client-connect");
const P = require("@aws-sdk/client-connectparticipant");

const given = JSON.parse(process.argv[2]);
const settings = {
  endpoint: given.origin,
  region: "eu-west-1",
  credentials: { accessKeyId: given.access_key, secretAccessKey: given.secret_key },
};
const connect = new C.ConnectClient(settings);
const participant = new P.ConnectParticipantClient(settings);
const called = new Set();

function call(client, Command, input) {
  called.add(Command.name.replace("Command", ""));
  return client.send(new Command(input));
}

async function refused(client, Command, input) {
  try {
    await call(client, Command, input);
    return null;
  } catch (error) {
    const modelled = [C, P].some((service) => service[error.name] && error instanceof service[error.name]);
    return [error.name, error.$metadata.httpStatusCode, modelled];
  }
}

async function attached(token) {
  const body = new TextEncoder().encode("hello");
  const started = await call(participant, P.StartAttachmentUploadCommand, {
    ConnectionToken: token, ContentType: "text/plain", AttachmentName: "Grüße.txt", AttachmentSizeInBytes: body.length,
  });
  const { Url, HeadersToInclude } = started.UploadMetadata;
  await fetch(Url, { method: "PUT", headers: HeadersToInclude, body });
  const completing = { ConnectionToken: token, AttachmentIds: [started.AttachmentId] };
  await call(participant, P.CompleteAttachmentUploadCommand, completing);
  const got = await call(participant, P.GetAttachmentCommand, { ConnectionToken: token, AttachmentId: started.AttachmentId });
  return (await fetch(got.Url)).text();
}

async function pages(token) {
  const contents = [];
  let NextToken;
  do {
    const page = await call(participant, P.GetTranscriptCommand, { ConnectionToken: token, MaxResults: 2, NextToken });
    contents.push(...page.Transcript.filter((item) => item.Type === "MESSAGE").map((item) => item.Content));
    NextToken = page.NextToken;
  } while (NextToken);
  return contents;
}

async function main() {
  const flow = { InstanceId: given.instance_id, ContactFlowId: given.contact_flow_id };
  const start = { ...flow, ParticipantDetails: { DisplayName: "Zoë \u{1F600}" }, Attributes: { key: "ü" } };
  const chat = await call(connect, C.StartChatContactCommand, start);
  const here = { InstanceId: given.instance_id, ContactId: chat.ContactId };
  const initial = { InstanceId: given.instance_id, InitialContactId: chat.ContactId };
  const connecting = { ParticipantToken: chat.ParticipantToken, Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"] };
  const connected = await call(participant, P.CreateParticipantConnectionCommand, connecting);
  const token = connected.ConnectionCredentials.ConnectionToken;
  const text = { ConnectionToken: token, ContentType: "text/plain" };
  for (const Content of ["one", "two \u{1F600}", "three"]) await call(participant, P.SendMessageCommand, { ...text, Content });
  const typing = { ConnectionToken: token, ContentType: "application/vnd.amazonaws.connect.event.typing" };
  const event = await call(participant, P.SendEventCommand, typing);
  await call(connect, C.UpdateContactAttributesCommand, { ...initial, Attributes: { more: "1" } });
  const bot = { ParticipantRole: "CUSTOM_BOT", DisplayName: "Bot" };
  const added = await call(connect, C.CreateParticipantCommand, { ...here, ParticipantDetails: bot });
  const destination = { ChatStreamingConfiguration: { StreamingEndpointArn: given.streaming_endpoint_arn } };
  const streaming = await call(connect, C.StartContactStreamingCommand, { ...here, ClientToken: "s", ...destination });
  await call(connect, C.StopContactStreamingCommand, { ...here, StreamingId: streaming.StreamingId });
  const rtc = await call(connect, C.StartWebRTCContactCommand, { ...flow, ParticipantDetails: { DisplayName: "Zoë" } });
  const described = (await call(connect, C.DescribeContactCommand, here)).Contact;
  const seen = {
    event: Boolean(event.Id),
    bot: Boolean(added.ParticipantCredentials.ParticipantToken),
    meeting: Boolean(rtc.ConnectionData.Meeting.MeetingId),
    initiated: described.InitiationTimestamp instanceof Date,
    attributes: (await call(connect, C.GetContactAttributesCommand, initial)).Attributes,
    pages: (await pages(token)).sort(),
    attachment: await attached(token),
    view: Boolean((await call(participant, P.DescribeViewCommand, { ConnectionToken: token, ViewToken: given.view_token })).View.Id),
    unknown_view: await refused(participant, P.DescribeViewCommand, { ConnectionToken: token, ViewToken: "a/b c" }),
    too_long: await refused(participant, P.SendMessageCommand, { ...text, Content: "x".repeat(16385) }),
    unknown_token: await refused(participant, P.SendMessageCommand, { ...text, ConnectionToken: "x", Content: "x" }),
    unknown_contact: await refused(connect, C.DescribeContactCommand, { ...here, ContactId: "unknown" }),
  };
  const signing = { ConnectionToken: token, SessionId: given.auth_session_id };
  const url = { ...signing, RedirectUri: "https://shop.example/back" };
  seen.sign_in = Boolean((await call(participant, P.GetAuthenticationUrlCommand, url)).AuthenticationUrl);
  await call(participant, P.CancelParticipantAuthenticationCommand, signing);
  await call(participant, P.DisconnectParticipantCommand, { ConnectionToken: token });
  seen.after_the_end = await refused(participant, P.CreateParticipantConnectionCommand, connecting);
  await call(connect, C.StopContactCommand, { ...here, ContactId: rtc.ContactId });
  return { ...seen, called: [...called].sort() };
}

main().then((seen) => console.log(JSON.stringify(seen)));
