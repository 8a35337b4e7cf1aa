import { randomUUID } from "node:crypto";
import { apiError } from "./apiError.ts";
import { type CloudState, topicArn } from "./cloudState.ts";
import type { MessageAttributes } from "./queue.ts";
import type { Subscription } from "./queueJournal.ts";
import { send } from "./queueMessages.ts";

/** The members of a response, as XML. */
type Action = (form: URLSearchParams, state: CloudState) => string;

const actions: Record<string, Action> = {
  CreateTopic: (form, state) => {
    const arn = topicArn(required(form, "Name"));
    if (!state.topics.has(arn)) state.createTopic(arn);
    return element("TopicArn", arn);
  },
  Subscribe: (form, state) => {
    const arn = topicOf(form, state);
    if (form.get("Protocol") !== "sqs") throw apiError("InvalidParameter", "The local SNS delivers to queues only.");
    const endpoint = required(form, "Endpoint");
    const same = subscriptionsOf(arn, state).find((subscription) => subscription.queueArn === endpoint);
    const raw = entries(form, "Attributes")["RawMessageDelivery"] === "true";
    const subscription = same ?? { arn: `${arn}:${randomUUID()}`, topicArn: arn, queueArn: endpoint, raw };
    if (!same) state.subscribe(subscription);
    return element("SubscriptionArn", subscription.arn);
  },
  SetSubscriptionAttributes: (form, state) => {
    const subscription = state.subscriptions.get(required(form, "SubscriptionArn"));
    if (!subscription) throw apiError("NotFound", "The subscription does not exist.", 404);
    if (form.get("AttributeName") === "RawMessageDelivery")
      state.subscribe({ ...subscription, raw: form.get("AttributeValue") === "true" });
    return "";
  },
  Unsubscribe: (form, state) => {
    state.unsubscribe(required(form, "SubscriptionArn"));
    return "";
  },
  ListSubscriptionsByTopic: (form, state) => {
    const members = subscriptionsOf(topicOf(form, state), state).map((subscription) => {
      const fields = { SubscriptionArn: subscription.arn, TopicArn: subscription.topicArn, Protocol: "sqs" };
      const all = { ...fields, Endpoint: subscription.queueArn, Owner: "000000000000" };
      return `<member>${Object.entries(all)
        .map(([name, value]) => element(name, value))
        .join("")}</member>`;
    });
    return `<Subscriptions>${members.join("")}</Subscriptions>`;
  },
  Publish: (form, state) => element("MessageId", publish(form, state)),
};

/** Serves one call of SNS's Query protocol; returns XML. Throws ApiError. */
export function serveSns(form: URLSearchParams, state: CloudState): string {
  const action = form.get("Action") ?? "";
  const serve = actions[action];
  if (!serve) throw apiError("InvalidAction", `The local SNS has no ${action}.`);
  const result = `<${action}Result>${serve(form, state)}</${action}Result>`;
  return `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}<ResponseMetadata>${element("RequestId", randomUUID())}</ResponseMetadata></${action}Response>`;
}

export function snsErrorXml(code: string, message: string): string {
  const error = `<Error><Type>Sender</Type>${element("Code", code)}${element("Message", message)}</Error>`;
  return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${error}${element("RequestId", randomUUID())}</ErrorResponse>`;
}

/** Sends the message to every queue of the topic: as it is (raw), or in SNS's JSON envelope. */
function publish(form: URLSearchParams, state: CloudState): string {
  const arn = topicOf(form, state);
  const body = required(form, "Message");
  if (Buffer.byteLength(body) > 262_144) throw apiError("InvalidParameter", "Invalid parameter: Message too long");
  const id = randomUUID();
  const attributes = messageAttributes(form);
  for (const subscription of subscriptionsOf(arn, state)) {
    const queue = state.queues.get(subscription.queueArn.slice(subscription.queueArn.lastIndexOf(":") + 1));
    if (!queue) continue;
    if (subscription.raw) send(queue, { body, ...(attributes && { attributes }) });
    else {
      const Timestamp = new Date(state.clock.now()).toISOString();
      send(queue, {
        body: JSON.stringify({ Type: "Notification", MessageId: id, TopicArn: arn, Message: body, Timestamp }),
      });
    }
  }
  return id;
}

const subscriptionsOf = (arn: string, state: CloudState): Subscription[] =>
  [...state.subscriptions.values()].filter((subscription) => subscription.topicArn === arn);

function topicOf(form: URLSearchParams, state: CloudState): string {
  const arn = required(form, "TopicArn");
  if (state.topics.has(arn)) return arn;
  throw apiError("NotFound", `The topic ${arn} does not exist.`, 404);
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw apiError("InvalidParameter", `The request must contain the parameter ${name}.`);
}

/** A map in the Query protocol: `<field>.entry.1.key`, `<field>.entry.1.value`, … */
function entries(form: URLSearchParams, field: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (let number = 1; form.has(`${field}.entry.${number}.key`); number++)
    found[required(form, `${field}.entry.${number}.key`)] = form.get(`${field}.entry.${number}.value`) ?? "";
  return found;
}

function messageAttributes(form: URLSearchParams): MessageAttributes | undefined {
  const found: MessageAttributes = {};
  for (let number = 1; form.has(`MessageAttributes.entry.${number}.Name`); number++) {
    const field = `MessageAttributes.entry.${number}`;
    const StringValue = form.get(`${field}.Value.StringValue`);
    found[required(form, `${field}.Name`)] = {
      DataType: required(form, `${field}.Value.DataType`),
      ...(StringValue !== null && { StringValue }),
    };
  }
  return Object.keys(found).length ? found : undefined;
}

function element(name: string, text: string): string {
  const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}
