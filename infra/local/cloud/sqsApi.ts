import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { type ApiError, apiError, isApiError } from "./apiError.ts";
import { type CloudState, queueArn, queuePath } from "./cloudState.ts";
import { isFifo, type Message, type MessageAttributes, type Queue, type QueueAttributes } from "./queue.ts";
import {
  changeVisibility,
  countMessages,
  deleteMessage,
  type HandleResult,
  nextVisibleAt,
  receive,
  send,
} from "./queueMessages.ts";

/** A parsed request. `baseUrl` is the address under which the caller reached this server. */
export interface SqsCall {
  readonly state: CloudState;
  readonly baseUrl: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/** The fields of all requests served here, with SQS's own names. */
interface SqsRequest {
  QueueUrl?: string;
  QueueName?: string;
  QueueNamePrefix?: string;
  Attributes?: QueueAttributes;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageBody?: string;
  MessageAttributes?: MessageAttributes;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  DelaySeconds?: number;
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  ReceiptHandle?: string;
  Entries?: (SqsRequest & { Id: string })[];
}

type Action = (request: SqsRequest, call: SqsCall) => unknown;

const actions: Record<string, Action> = {
  CreateQueue: (request, call) => {
    const name = request.QueueName ?? "";
    const wanted = request.Attributes ?? {};
    const existing = call.state.queues.get(name);
    if (existing) refuseOtherAttributes(existing, wanted);
    else if (name.endsWith(".fifo") !== (wanted["FifoQueue"] === "true"))
      throw apiError("InvalidParameterValue", "The name of a FIFO queue, and of no other, ends in .fifo.");
    else call.state.createQueue(name, wanted);
    return { QueueUrl: call.baseUrl + queuePath(name) };
  },
  GetQueueUrl: (request, call) => ({
    QueueUrl: call.baseUrl + queuePath(queueOf({ QueueUrl: request.QueueName }, call).name),
  }),
  ListQueues: (request, call) => ({
    QueueUrls: [...call.state.queues.keys()]
      .filter((name) => name.startsWith(request.QueueNamePrefix ?? ""))
      .map((name) => call.baseUrl + queuePath(name)),
  }),
  DeleteQueue: (request, call) => call.state.dropQueue(queueOf(request, call)),
  GetQueueAttributes: (request, call) => ({ Attributes: attributesOf(queueOf(request, call), request.AttributeNames) }),
  SetQueueAttributes: (request, call) => {
    const queue = queueOf(request, call);
    Object.assign(queue.attributes, request.Attributes);
    call.state.record({ op: "queue", queue: queue.name, attributes: queue.attributes });
  },
  SendMessage: (request, call) => sendOne(queueOf(request, call), request),
  SendMessageBatch: (request, call) => inBatch(request, (entry) => sendOne(queueOf(request, call), entry)),
  ReceiveMessage: async (request, call) => {
    const messages = await receiveWaiting(queueOf(request, call), request, call);
    const names = [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])];
    return messages.length ? { Messages: messages.map((message) => received(message, names)) } : {};
  },
  DeleteMessage: (request, call) => deleteOne(queueOf(request, call), request),
  DeleteMessageBatch: (request, call) => inBatch(request, (entry) => deleteOne(queueOf(request, call), entry)),
  ChangeMessageVisibility: (request, call) => hideOne(queueOf(request, call), request),
  ChangeMessageVisibilityBatch: (request, call) => inBatch(request, (entry) => hideOne(queueOf(request, call), entry)),
};

/** Serves one call of SQS's JSON protocol. Throws ApiError. */
export async function serveSqs(action: string, request: SqsRequest, call: SqsCall): Promise<unknown> {
  const serve = actions[action];
  if (!serve) throw apiError("UnsupportedOperation", `The local SQS has no ${action}.`);
  return (await serve(request, call)) ?? {};
}

function queueOf(request: SqsRequest, call: SqsCall): Queue {
  const name = request.QueueUrl?.split("/").at(-1) ?? "";
  const queue = call.state.queues.get(name);
  if (queue) return queue;
  throw apiError("QueueDoesNotExist", `The queue ${name} does not exist.`);
}

function refuseOtherAttributes(queue: Queue, wanted: QueueAttributes): void {
  const other = Object.keys(wanted).find((name) => wanted[name] !== queue.attributes[name]);
  if (other) throw apiError("QueueNameExists", `The queue ${queue.name} exists with another ${other}.`);
}

function attributesOf(queue: Queue, names: string[] = []): QueueAttributes {
  const { visible, inFlight, delayed } = countMessages(queue);
  const all: QueueAttributes = {
    ...queue.attributes,
    QueueArn: queueArn(queue.name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
  if (names.includes("All")) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

function sendOne(queue: Queue, request: SqsRequest) {
  const body = request.MessageBody ?? "";
  if (!body) throw apiError("MissingParameter", "The request must contain the parameter MessageBody.");
  if (Buffer.byteLength(body) > Number(queue.attributes["MaximumMessageSize"]))
    throw apiError("InvalidParameterValue", "One or more parameters are invalid. Reason: Message too long.");
  const sent = send(queue, {
    body,
    attributes: request.MessageAttributes,
    ...(isFifo(queue) ? fifoParameters(queue, request, body) : { delaySeconds: request.DelaySeconds }),
  });
  return { MessageId: sent.id, MD5OfMessageBody: md5(body), SequenceNumber: sent.sequence };
}

function fifoParameters(queue: Queue, request: SqsRequest, body: string) {
  if (!request.MessageGroupId)
    throw apiError("MissingParameter", "The request must contain the parameter MessageGroupId.");
  const byContent = queue.attributes["ContentBasedDeduplication"] === "true";
  const dedupeId = request.MessageDeduplicationId ?? (byContent ? createHash("sha256").update(body).digest("hex") : "");
  if (!dedupeId) throw apiError("InvalidParameterValue", "The queue needs a MessageDeduplicationId.");
  return { group: request.MessageGroupId, dedupeId };
}

/** Long polling. A caller that goes away while it waits takes nothing with it. */
async function receiveWaiting(queue: Queue, request: SqsRequest, call: SqsCall): Promise<Message[]> {
  const { clock } = call.state;
  const waitSeconds = request.WaitTimeSeconds ?? Number(queue.attributes["ReceiveMessageWaitTimeSeconds"]);
  const max = request.MaxNumberOfMessages ?? 1;
  if (max < 1 || max > 10) throw apiError("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10.");
  const deadline = clock.now() + Math.min(waitSeconds, 20) * 1000;
  while (!call.signal.aborted) {
    const messages = receive(queue, max, request.VisibilityTimeout);
    if (messages.length > 0 || clock.now() >= deadline) return messages;
    const until = Math.min(deadline, nextVisibleAt(queue));
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, call.signal]);
    const changed = new Promise((resolve) => queue.events.addEventListener("change", resolve, { once: true, signal }));
    const slept = clock.sleep(until - clock.now(), signal).catch(() => {});
    await Promise.race([changed, slept]);
    stop.abort();
    // Two turns of the event loop: a caller whose end is on its way here must be seen to be gone first.
    await setImmediate();
    await setImmediate();
  }
  return [];
}

function received(message: Message, names: string[]) {
  const system: Record<string, string | undefined> = {
    SenderId: "local",
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receives),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    MessageGroupId: message.group,
    MessageDeduplicationId: message.dedupeId,
    SequenceNumber: message.sequence,
  };
  const wanted = Object.entries(system).filter(([name]) => names.includes("All") || names.includes(name));
  return {
    MessageId: message.id,
    ReceiptHandle: message.handle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    MessageAttributes: message.attributes,
    Attributes: wanted.length ? Object.fromEntries(wanted) : undefined,
  };
}

function deleteOne(queue: Queue, request: SqsRequest): void {
  const result = deleteMessage(queue, request.ReceiptHandle ?? "");
  // A stale handle is no error for SQS: the call succeeds and nothing is deleted.
  if (result === "late") throw handleError(result);
}

function hideOne(queue: Queue, request: SqsRequest): void {
  const result = changeVisibility(queue, request.ReceiptHandle ?? "", request.VisibilityTimeout ?? 0);
  if (result === "done") return;
  if (isFifo(queue) || result === "stale") throw handleError(result);
  throw apiError("MessageNotInflight", "The message is not in flight.");
}

function handleError(result: HandleResult): ApiError {
  const reason = result === "late" ? "The receipt handle has expired." : "The receipt handle is not valid.";
  return apiError("InvalidParameterValue", `Value for parameter ReceiptHandle is invalid. Reason: ${reason}`);
}

/** Each entry of a batch succeeds or fails by itself. */
function inBatch(request: SqsRequest, serve: (entry: SqsRequest) => unknown) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of request.Entries ?? []) {
    try {
      Successful.push({ ...(serve(entry) as object | undefined), Id: entry.Id });
    } catch (error) {
      if (!isApiError(error)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
