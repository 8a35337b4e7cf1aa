import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { PersonEffect } from "../domain/bounces/bounceEffects.ts";
import { type Delivery, deliverySchema } from "../domain/delivery/delivery.ts";
import { bucketStart } from "../domain/delivery/quotaWindow.ts";
import type { AuditLine } from "../domain/lifecycle/auditLines.ts";
import type { Participant } from "../domain/recipients/participant.ts";
import { epochMilliseconds, instant } from "../domain/time.ts";
import { auditPut } from "./audit.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { quotaTtl, returnedAccount } from "./quota.ts";
import { fitsSortKey } from "./sortKey.ts";
import { type TransactionParts, transact } from "./transaction.ts";

/** What came back of one mailing in one language. */
interface BounceCounts {
  readonly hard: number;
  readonly soft: number;
  readonly complained: number;
}

/** A person whose mail of a mailing came back, or who complained about it. */
export interface ReturnedMail {
  readonly participantId: string;
  readonly bounced?: { readonly kind: "hard" | "soft"; readonly at: string } | undefined;
  readonly complainedAt?: string | undefined;
}

/** A bounce or a complaint to be written. */
export interface BounceWrite {
  /** The mailing key, for a Test with its run: the partition of the ledger. */
  readonly partition: string;
  /** As it was read. */
  readonly delivery: Delivery;
  readonly bounced?: NonNullable<Delivery["bounced"]>;
  readonly complained?: NonNullable<Delivery["complained"]>;
  /** The person as they were read, and what changes of them. */
  readonly person?: { readonly seen: Participant; readonly effect: PersonEffect; readonly at: string };
  readonly audit?: AuditLine;
}

/**
 * What came back after the mail was accepted. Counters and the list of people are items of Runs under `bounces#<partition>`;
 * those of an account lie in Quota, in the 5 minutes in which the mail was sent.
 */
export interface Bounces {
  /**
   * Writes the delivery, the counters and the person in one transaction, so that a report counts once however often it is
   * taken. False if the delivery or the person is no longer as it was read: then nothing is written.
   */
  write(write: BounceWrite): Promise<boolean>;
  /** Zeros where nothing came back. Consistent. */
  counts(partition: string): Promise<BounceCounts>;
  /** Everyone whose mail came back or who complained, page by page, by participant id; with `after` only those behind it. */
  people(partition: string, after?: string): AsyncIterable<ReturnedMail[]>;
}

const countsSchema = z.looseObject({
  hard: z.int().default(0),
  soft: z.int().default(0),
  complained: z.int().default(0),
});
const personSchema = z.looseObject({
  participantId: z.string(),
  bounced: deliverySchema.shape.bounced,
  complainedAt: z.string().optional(),
});

interface BouncesConfig {
  readonly DELIVERIES_TABLE: string;
  readonly PARTICIPANTS_TABLE: string;
  readonly RUNS_TABLE: string;
  readonly QUOTA_TABLE: string;
  readonly AUDIT_TABLE: string;
}

/** Of the run ids in Runs under which what came back is kept. */
export const bouncesPrefix = "bounces#";
const runIdOf = (partition: string) => `${bouncesPrefix}${partition}`;
const personKey = "person#";
/** Greater than the key of any person: `$` follows `#`. */
const behindPeople = "person$";

export function bounces(aws: Aws, config: BouncesConfig): Bounces {
  const table = config.RUNS_TABLE;
  return {
    async write(write) {
      const added = addedBy(write);
      const parts = [
        deliveryPart(config.DELIVERIES_TABLE, write),
        addPart({ TableName: table, Key: { runId: runIdOf(write.partition), sk: "counts" } }, added),
        ...listPart(table, write),
        quotaPart(config.QUOTA_TABLE, write.delivery, added),
        ...(write.person ? [personPart(config.PARTICIPANTS_TABLE, write.person)] : []),
        ...(write.audit ? [{ Put: auditPut(config.AUDIT_TABLE, write.audit) }] : []),
      ];
      return (await transact(aws, parts)) === undefined;
    },
    async counts(partition) {
      const Key = { runId: runIdOf(partition), sk: "counts" };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      const { hard, soft, complained } = readItem(table, `${Key.runId} counts`, countsSchema, Item ?? {});
      return { hard, soft, complained };
    },
    async *people(partition, after = "") {
      const from = `${personKey}${after}`;
      const pages = queryPages(aws, {
        TableName: table,
        KeyConditionExpression: "runId = :run AND sk BETWEEN :from AND :end",
        ExpressionAttributeValues: { ":run": runIdOf(partition), ":from": from, ":end": behindPeople },
      });
      for await (const page of pages)
        yield page.flatMap((item) => {
          if (item["sk"] === from) return [];
          const { participantId, bounced, complainedAt } = readItem(
            table,
            `${item["runId"]} ${item["sk"]}`,
            personSchema,
            item,
          );
          return [{ participantId, bounced: bounced && { kind: bounced.kind, at: bounced.at }, complainedAt }];
        });
    },
  };
}

/** What a write adds to counters: a soft bounce that turns out to be hard is counted once. */
function addedBy({ delivery, bounced, complained }: BounceWrite): Partial<BounceCounts> {
  return {
    ...(bounced && { [bounced.kind]: 1 }),
    ...(bounced && delivery.bounced && { [delivery.bounced.kind]: -1 }),
    ...(complained && { complained: 1 }),
  };
}

/** A bounce proves that a mail in doubt was accepted, so it becomes sent. What was erased meanwhile is not written again. */
function deliveryPart(TableName: string, { delivery, bounced, complained }: BounceWrite): TransactionParts[number] {
  const { pk, participantId, status, email, messageId } = delivery;
  const sets = [bounced && "bounced = :bounced", complained && "complained = :complained"].filter(Boolean);
  const isInDoubt = status === "in-doubt";
  const conditions = [
    "#status = :status AND email = :email",
    messageId === undefined ? "attribute_not_exists(messageId)" : "messageId = :messageId",
    bounced && (delivery.bounced ? "bounced.#kind = :kind" : "attribute_not_exists(bounced)"),
    complained && "attribute_not_exists(complained)",
  ].filter(Boolean);
  return {
    Update: {
      TableName,
      Key: { pk, participantId },
      UpdateExpression: `SET ${sets.join(", ")}${isInDoubt ? ", #status = :sent REMOVE attention" : ""}`,
      ConditionExpression: conditions.join(" AND "),
      ExpressionAttributeNames: { "#status": "status", ...(bounced && delivery.bounced && { "#kind": "kind" }) },
      ExpressionAttributeValues: {
        ":status": status,
        ":email": email,
        ...(messageId !== undefined && { ":messageId": messageId }),
        ...(isInDoubt && { ":sent": "sent" }),
        ...(bounced && { ":bounced": bounced }),
        ...(bounced && delivery.bounced && { ":kind": delivery.bounced.kind }),
        ...(complained && { ":complained": complained }),
      },
    },
  };
}

interface Place {
  readonly TableName: string;
  readonly Key: Readonly<Record<string, string>>;
}

function addPart(place: Place, added: Partial<BounceCounts>, ttl?: number): TransactionParts[number] {
  const counted = Object.entries(added);
  const set = ttl === undefined ? "" : "SET #ttl = :ttl ";
  return {
    Update: {
      ...place,
      UpdateExpression: `${set}ADD ${counted.map(([name]) => `#${name} :${name}`).join(", ")}`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(counted.map(([name]) => [`#${name}`, name])),
        ...(ttl !== undefined && { "#ttl": "ttl" }),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(counted.map(([name, by]) => [`:${name}`, by])),
        ...(ttl !== undefined && { ":ttl": ttl }),
      },
    },
  };
}

/** Holds no address, no name and no reply, so it needs no erasure. */
function listPart(TableName: string, { partition, delivery, bounced, complained }: BounceWrite): TransactionParts {
  const { participantId } = delivery;
  const sk = `${personKey}${participantId}`;
  if (!fitsSortKey(sk)) return [];
  const sets = ["participantId = :id", bounced && "bounced = :bounced", complained && "complainedAt = :complained"];
  return [
    {
      Update: {
        ...{ TableName, Key: { runId: runIdOf(partition), sk } },
        UpdateExpression: `SET ${sets.filter(Boolean).join(", ")}`,
        ExpressionAttributeValues: {
          ":id": participantId,
          ...(bounced && { ":bounced": { kind: bounced.kind, code: bounced.code, at: bounced.at } }),
          ...(complained && { ":complained": complained.at }),
        },
      },
    },
  ];
}

/** Under a key of its own: the sender writes the bucket of the account all the time, and a transaction would get in its way. */
function quotaPart(
  TableName: string,
  { account, sendingAt }: Delivery,
  added: Partial<BounceCounts>,
): TransactionParts[number] {
  const bucket = instant(bucketStart(epochMilliseconds(sendingAt)));
  return addPart({ TableName, Key: { account: returnedAccount(account), bucket } }, added, quotaTtl(bucket));
}

function personPart(TableName: string, { seen, effect, at }: NonNullable<BounceWrite["person"]>) {
  const { suppression, softBounces, unsubscribed } = effect;
  const before = seen.softBounces;
  const sets = [
    suppression && "suppression = :suppression",
    softBounces && "softBounces = :softBounces",
    unsubscribed && "unsubscribe = :yes, unsubscribedAt = :at, unsubscribedBy = :complaint",
  ];
  const conditions = [
    "attribute_exists(id) AND attribute_not_exists(forgotten)",
    (suppression || softBounces) && "email = :email",
    softBounces &&
      (before ? "softBounces.#count = :count AND softBounces.#at = :seenAt" : "NOT attribute_type(softBounces, :map)"),
    unsubscribed && "(attribute_not_exists(unsubscribe) OR unsubscribe <> :yes)",
  ];
  return {
    Update: {
      TableName,
      Key: { id: seen.id },
      UpdateExpression: `SET ${sets.filter(Boolean).join(", ")}`,
      ConditionExpression: conditions.filter(Boolean).join(" AND "),
      ...(softBounces && before && { ExpressionAttributeNames: { "#count": "count", "#at": "at" } }),
      ExpressionAttributeValues: {
        ...(suppression && { ":suppression": suppression }),
        ...((suppression || softBounces) && { ":email": seen.email }),
        ...(softBounces && { ":softBounces": softBounces }),
        ...(softBounces && (before ? { ":count": before.count, ":seenAt": before.at } : { ":map": "M" })),
        ...(unsubscribed && { ":yes": true, ":at": at, ":complaint": "complaint" }),
      },
    },
  };
}
