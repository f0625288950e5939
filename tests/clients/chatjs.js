// amazon-connect-chatjs holds a whole chat. Prints what it saw as one JSON object.
"use strict";
const given = JSON.parse(process.argv[2]);
// What the library expects of a browser.
global.WebSocket = require("ws");
global.window = global.self = global;
global.addEventListener = () => {};
global.document = { addEventListener() {} };
Object.defineProperty(global, "navigator", { value: { onLine: true, userAgent: "node" }, configurable: true });
const { ConnectClient, StartChatContactCommand, CreateParticipantCommand } = require("@aws-sdk/client-connect");
const P = require("@aws-sdk/client-connectparticipant");
require("amazon-connect-chatjs");

const PATIENCE = 8000; // milliseconds
const seen = { messages: [], events: new Set() };
const settings = {
  endpoint: given.origin,
  region: "eu-west-1",
  credentials: { accessKeyId: given.access_key, secretAccessKey: given.secret_key },
};
const participant = new P.ConnectParticipantClient(settings);

async function until(what, look) {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; ) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not seen: ${what}`);
}

function listen(session) {
  const note = (name) => () => seen.events.add(name);
  session.onMessage(({ data }) => seen.messages.push(data));
  session.onTyping(note("typing"));
  session.onReadReceipt(note("read"));
  session.onEnded(note("ended"));
  session.onConnectionEstablished(note("established"));
  session.onConnectionBroken(note("broken"));
}

async function bot(connect, chat) {
  const details = { ParticipantRole: "CUSTOM_BOT", DisplayName: "Bot" };
  const here = { InstanceId: given.instance_id, ContactId: chat.ContactId };
  const added = await connect.send(new CreateParticipantCommand({ ...here, ParticipantDetails: details }));
  const connecting = {
    ParticipantToken: added.ParticipantCredentials.ParticipantToken, Type: ["CONNECTION_CREDENTIALS"], ConnectParticipant: true,
  };
  const connected = await participant.send(new P.CreateParticipantConnectionCommand(connecting));
  return connected.ConnectionCredentials.ConnectionToken;
}

const heard = (content) => () => seen.messages.find((message) => message.Content === content);

async function main() {
  const connect = new ConnectClient(settings);
  const chat = await connect.send(new StartChatContactCommand({
    InstanceId: given.instance_id, ContactFlowId: given.contact_flow_id, ParticipantDetails: { DisplayName: "Zoë" },
    SupportedMessagingContentTypes: ["text/plain", "text/markdown"],
  }));
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  global.connect.ChatSession.setGlobalConfig({
    endpoint: given.origin, region: "eu-west-1", loggerConfig: { customizedLogger: logger },
    features: { messageReceipts: { shouldSendMessageReceipts: true, throttleTime: 100 } },
  });
  const session = global.connect.ChatSession.create({
    chatDetails: { contactId: chat.ContactId, participantId: chat.ParticipantId, participantToken: chat.ParticipantToken },
    options: { region: "eu-west-1" }, type: "CUSTOMER", disableCSM: true,
  });
  listen(session);
  const { connectSuccess } = await session.connect();
  await until("established", () => seen.events.has("established"));
  const hello = await session.sendMessage({ contentType: "text/plain", message: "hello \u{1F600}" });
  await until("its own message", heard("hello \u{1F600}"));
  await session.sendMessage({ contentType: "text/markdown", message: "*hi*" });
  await session.sendEvent({ contentType: "application/vnd.amazonaws.connect.event.typing" });
  const token = await bot(connect, chat);
  const said = (input) => participant.send(new P.SendMessageCommand({ ConnectionToken: token, ContentType: "text/plain", ...input }));
  const told = (kind, Content) => participant.send(new P.SendEventCommand({
    ConnectionToken: token, ContentType: `application/vnd.amazonaws.connect.event.${kind}`, Content,
  }));
  await said({ Content: "beep" });
  await told("typing");
  await told("message.read", JSON.stringify({ messageId: hello.data.Id }));
  await until("the bot's message", heard("beep"));
  await until("typing and the receipt", () => seen.events.has("typing") && seen.events.has("read"));
  await session.sendAttachment({ attachment: new File(["hello"], "a.txt", { type: "text/plain" }) });
  const item = await until("the attachment", () => seen.messages.find((message) => message.Type === "ATTACHMENT"));
  const downloaded = await session.downloadAttachment({ attachmentId: item.Attachments[0].AttachmentId });
  const transcript = (await session.getTranscript({})).data.Transcript;
  await session.disconnectParticipant();
  await until("the end", () => seen.events.has("ended"));
  let afterwards = null;
  try {
    await participant.send(new P.CreateParticipantConnectionCommand({ ParticipantToken: chat.ParticipantToken, Type: ["WEBSOCKET"] }));
  } catch (error) {
    afterwards = [error.name, error.$metadata.httpStatusCode];
  }
  return {
    connected: connectSuccess, broken: seen.events.has("broken"), afterwards, attachment: await downloaded.text(),
    heard: seen.messages.filter((message) => message.Type === "MESSAGE").map((message) => message.Content),
    transcript: transcript.filter((one) => one.Type === "MESSAGE").map((one) => one.Content),
  };
}

main().then((found) => { console.log(JSON.stringify(found)); process.exit(0); }, (error) => { console.error(error); process.exit(1); });
