import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdSubject } from "@email-agent/shared/domain/delivery/messageId.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { shardKey } from "@email-agent/shared/domain/delivery/shards.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { ulid } from "ulid";
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

/** Message-IDs as they stand in any text; those of others are read and dropped. */
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
  const result: { workOrderId: string; recorded: number; known: number }[] = [];
  for (const { order, mails } of logged.values()) {
    const recorded = await recordOrder(operation, order, [...mails.values()]);
    result.push({ workOrderId: order.id, recorded, known: mails.size - recorded });
  }
  if (options.json) sayJson(operation, { orders: result, unknown: Object.fromEntries(unknown) });
  else
    for (const { workOrderId, recorded, known } of result)
      say(`${workOrderId}: ${recorded} recorded, ${known} known already.`);
  return unknown.size === 0;
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

/** How many were not known to be sent before. */
async function recordOrder(operation: Operation, order: WorkOrder, mails: readonly Logged[]): Promise<number> {
  const { by, aws } = operation;
  let recorded = 0;
  using bar = progressBar(operation, "Recording", mails.length);
  for (let from = 0; from < mails.length; from += atOnce) {
    operation.signal.throwIfAborted();
    const each = mails.slice(from, from + atOnce).map((mail) => recordMail(operation, order, mail));
    recorded += (await Promise.all(each)).filter(Boolean).length;
    bar.at(Math.min(from + atOnce, mails.length));
  }
  if (recorded === 0) return 0;
  const now = aws.clock.now();
  const line = { workOrderId: order.id, by, what: "recorded as sent" as const, data: { mails: recorded } };
  await portsOf(operation).audit.put(userLine(line, ulid(now), now));
  const latest = await operation.orders.get(order.id);
  const recount = latest && recountWrite(latest, now);
  if (recount) await operation.orders.write(order.id, recount, { heartbeat: true });
  return recorded;
}

async function recordMail(operation: Operation, order: WorkOrder, mail: Logged): Promise<boolean> {
  let isPut = false;
  const item = marshall(await deliveryOf(operation, order, mail), { removeUndefinedValues: true });
  const only = (async function* () {
    yield item;
  })();
  await putMissing(operation, "DELIVERIES_TABLE", only, () => {
    isPut = true;
  });
  return isPut || correct(operation, mail);
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

/** A delivery that is there and says otherwise: it was tried again after the backup. */
async function correct({ aws, tables, by }: Operation, { key, participantId, messageId }: Logged): Promise<boolean> {
  const update = new UpdateCommand({
    ...{ TableName: tables.DELIVERIES_TABLE, Key: { pk: shardKey(key, participantId), participantId } },
    UpdateExpression:
      "SET #status = :sent, smtpResponse = :reply, messageId = :id, resolvedBy = :by REMOVE attention, claimId",
    ConditionExpression: "#status IN (:failed, :deferred, :doubt)",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ...{ ":sent": "sent", ":reply": reply, ":id": messageId, ":by": by },
      ...{ ":failed": "failed", ":deferred": "deferred", ":doubt": "in-doubt" },
    },
  });
  try {
    await aws.dynamo.send(update);
    return true;
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
