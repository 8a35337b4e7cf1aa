import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdSubject } from "@email-agent/shared/domain/delivery/messageId.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { shardKey } from "@email-agent/shared/domain/delivery/shards.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
import { beginRecount } from "../../services/manager/src/server/doubts/recountSend.ts";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { progressBar } from "./screen.ts";
import { putMissing } from "./tableWrites.ts";

/** A mail that the log names. */
interface Logged {
  readonly participantId: string;
  readonly language: string;
  readonly key: string;
  readonly messageId: string;
}

/** Message-IDs in any text; those of other systems are dropped. */
const messageIdShape = /<?[\w-]{1,4000}\.[\w-]{22}@[\w.-]+>?/g;

/**
 * Reads the log of a mail server for Message-IDs of this installation, and records in the restored ledger that these mails
 * were sent. A Message-ID names mailing and person and is signed, so nothing else in the log counts. Give it the lines of
 * accepted mails only.
 */
export async function recordSent(operation: Operation, file: string): Promise<boolean> {
  const { options, places, complain, say } = operation;
  if (!places.tokenSecrets)
    throw new Error(
      "Set PUBLIC_TOKEN_SECRET, with which the Message-IDs were signed: without it no mail in the log is known.",
    );
  const { logged, unknown } = await mailsIn(operation, file, places.tokenSecrets);
  const total = [...logged.values()].reduce((sum, { mails }) => sum + mails.size, 0);
  for (const [key, number] of unknown)
    complain(`${number} mails of ${key}: no work order sends this mailing now. Make it again, then repeat this.`);
  if (total === 0) return refuse(operation, "The log names no mail of the work orders here.");
  const may = await mayChange(operation, `Record ${total} mails of ${logged.size} work orders as sent?`);
  if (!may) return may === undefined;
  const result: ({ workOrderId: string } & Record<Verdict, number>)[] = [];
  for (const { order, mails } of logged.values())
    result.push({ workOrderId: order.id, ...(await recordOrder(operation, order, [...mails.values()])) });
  if (options.json) sayJson(operation, { orders: result, unknown: Object.fromEntries(unknown) });
  else
    for (const { workOrderId, recorded, known } of result)
      say(`${workOrderId}: ${recorded} recorded, ${known} known already.`);
  const busy = result.filter(({ onTheWay }) => onTheWay > 0);
  for (const { workOrderId, onTheWay } of busy)
    complain(`${workOrderId}: ${onTheWay} mails are on their way. Stop its step, then repeat this.`);
  return unknown.size === 0 && busy.length === 0;
}

interface LoggedOrder {
  readonly order: WorkOrder;
  readonly mails: Map<string, Logged>;
}

async function mailsIn(operation: Operation, file: string, secrets: string) {
  if (file !== "-" && !existsSync(file)) throw new Error(`There is no file ${file}.`);
  const orders = new Map<string, { order: WorkOrder; language: string }>();
  for await (const order of operation.orders.list())
    for (const mailing of mailingsOf(order))
      for (const language of mailing.languages) orders.set(mailingKey(mailing, language), { order, language });
  const logged = new Map<string, LoggedOrder>();
  const unknown = new Map<string, number>();
  const input = file === "-" ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input }))
    for (const [messageId] of line.matchAll(messageIdShape)) {
      const subject = messageIdSubject(secrets, messageId);
      // That of a Test has a run: it says nothing about the mailing.
      if (!subject || subject.runId !== undefined) continue;
      const { participantId, mailingKey: key } = subject;
      const found = orders.get(key);
      if (!found) unknown.set(key, (unknown.get(key) ?? 0) + 1);
      else {
        const { order, language } = found;
        const one = logged.get(order.id) ?? { order, mails: new Map<string, Logged>() };
        one.mails.set(`${key} ${participantId}`, { participantId, language, key, messageId });
        logged.set(order.id, one);
      }
    }
  return { logged, unknown };
}

const atOnce = 25;

/** `known`: it was sent already. `onTheWay`: a step of the order works, and its outcome is still to come. */
type Verdict = "recorded" | "known" | "onTheWay";

async function recordOrder(
  operation: Operation,
  order: WorkOrder,
  mails: readonly Logged[],
): Promise<Record<Verdict, number>> {
  const { by, aws } = operation;
  const count = { recorded: 0, known: 0, onTheWay: 0 };
  using bar = progressBar(operation, "Recording", mails.length);
  for (let from = 0; from < mails.length; from += atOnce) {
    operation.signal.throwIfAborted();
    const each = mails.slice(from, from + atOnce).map((mail) => recordMail(operation, order, mail));
    for (const verdict of await Promise.all(each)) count[verdict] += 1;
    bar.at(Math.min(from + atOnce, mails.length));
  }
  if (count.recorded === 0) return count;
  const now = aws.clock.now();
  const line = { workOrderId: order.id, by, what: "recorded as sent" as const, data: { mails: count.recorded } };
  await portsOf(operation).audit.put(userLine(line, ulid(now), now));
  await beginRecount({ orders: operation.orders, clock: aws.clock }, order.id);
  return count;
}

async function recordMail(operation: Operation, order: WorkOrder, mail: Logged): Promise<Verdict> {
  let isPut = false;
  const item = marshall(await deliveryOf(operation, order, mail), { removeUndefinedValues: true });
  const only = (async function* () {
    yield item;
  })();
  await putMissing(operation, "DELIVERIES_TABLE", only, () => {
    isPut = true;
  });
  return isPut ? "recorded" : correct(operation, order, mail);
}

const reply = "Recorded after a restore, by the log of a mail server.";

async function deliveryOf(operation: Operation, order: WorkOrder, mail: Logged): Promise<Delivery> {
  const { participantId, key, language, messageId } = mail;
  const person = await portsOf(operation).participants.get(participantId);
  // The instant behind which the restored ledger knows nothing is the best that is known of its time.
  const at = order.restored?.ledgerAt ?? new Date(operation.aws.clock.now()).toISOString();
  return {
    ...{
      pk: shardKey(key, participantId),
      participantId,
      status: "sent",
      runId: "restore",
      attempt: 1,
      messageId,
      language,
    },
    ...{ contentHash: order.prepared[language]?.hash ?? "", workOrderId: order.id, account: order.account },
    ...{ name: person ? personName(person) : "", email: person?.email ?? "" },
    ...{ sendingAt: at, endedAt: at, smtpResponse: reply },
  };
}

/**
 * A delivery that is there and says otherwise: it was tried again after the backup, or its sender died. What is still
 * `sending` counts as sent once no step works; then its claim is void, and a late outcome changes nothing.
 */
async function correct(operation: Operation, { id }: WorkOrder, mail: Logged): Promise<Verdict> {
  const { aws, tables, by, orders } = operation;
  const { key, participantId, messageId } = mail;
  const order = await orders.get(id);
  const works = order?.runLease !== undefined || (order?.runState ?? "settling") !== "settling";
  const place = { TableName: tables.DELIVERIES_TABLE, Key: { pk: shardKey(key, participantId), participantId } };
  const update = new UpdateCommand({
    ...place,
    UpdateExpression:
      "SET #status = :sent, smtpResponse = :reply, messageId = :id, resolvedBy = :by, endedAt = if_not_exists(endedAt, :at) REMOVE attention, claimId",
    ConditionExpression: `#status IN (:failed, :deferred, :doubt${works ? "" : ", :sending"})`,
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ...{ ":sent": "sent", ":reply": reply, ":id": messageId, ":by": by, ":at": instant(aws.clock.now()) },
      ...{
        ":failed": "failed",
        ":deferred": "deferred",
        ":doubt": "in-doubt",
        ...(!works && { ":sending": "sending" }),
      },
    },
  });
  try {
    await aws.dynamo.send(update);
    return "recorded";
  } catch (error) {
    if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
    const { Item } = await aws.dynamo.send(new GetCommand({ ...place, ConsistentRead: true }));
    return Item?.["status"] === "sending" ? "onTheWay" : "known";
  }
}
