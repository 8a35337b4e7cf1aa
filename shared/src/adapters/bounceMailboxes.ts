import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { instant, instantSchema } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { runTtl } from "./runs.ts";

/** How far the reading of one bounce mailbox is, and who reads it. */
const mailboxStateSchema = z.looseObject({
  holder: z.string().optional(),
  heldUntil: instantSchema.optional(),
  /** UIDVALIDITY of the folder (RFC 3501 2.3.1.1): `lastUid` counts only with the same. */
  uidValidity: z.string().optional(),
  /** Every mail up to this UID was read. */
  lastUid: z.int().min(0).optional(),
  /** When the folder was last read to its end. */
  readAt: instantSchema.optional(),
  /** Why it cannot be read, since when; absent while it can. */
  problem: z.object({ text: z.string(), since: instantSchema }).optional(),
});
export type MailboxState = z.infer<typeof mailboxStateSchema>;
type Progress = Pick<MailboxState, "uidValidity" | "lastUid" | "readAt" | "problem">;

/** Reading of bounce mailboxes, in Runs (`runId` = `bounce-mailboxes`, `sk` = key of the mailbox): one reader at a time. */
export interface BounceMailboxes {
  /** Takes the lease of a mailbox until `until`, or renews it: its state, or undefined if another holder has it. Epoch milliseconds. */
  hold(key: string, holder: string, now: number, until: number): Promise<MailboxState | undefined>;
  /** Writes how far the holder is. False if it is the holder no more: nothing is written then. */
  save(key: string, holder: string, progress: Progress): Promise<boolean>;
  get(key: string): Promise<MailboxState | undefined>;
}

export function bounceMailboxes(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): BounceMailboxes {
  const TableName = config.RUNS_TABLE;
  const keyOf = (key: string) => ({ runId: "bounce-mailboxes", sk: key });
  const read = (key: string, item: unknown) => readItem(TableName, `bounce-mailboxes ${key}`, mailboxStateSchema, item);
  /** Undefined if the condition does not hold. */
  const update = async (
    key: string,
    expression: string,
    condition: string,
    values: Record<string, unknown>,
    names?: Record<string, string>,
  ) => {
    try {
      const { Attributes } = await aws.dynamo.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(key),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ...(names && { ExpressionAttributeNames: names }),
          ReturnValues: "ALL_NEW",
        }),
      );
      return read(key, Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  return {
    hold(key, holder, now, until) {
      const values = { ":holder": holder, ":until": instant(until), ":now": instant(now), ":ttl": runTtl(now) };
      const isFree = "attribute_not_exists(runId) OR holder = :holder OR heldUntil <= :now";
      return update(key, "SET holder = :holder, heldUntil = :until, #ttl = :ttl", isFree, values, { "#ttl": "ttl" });
    },
    async save(key, holder, progress) {
      const names = ["uidValidity", "lastUid", "readAt", "problem"] as const;
      const given = names.filter((name) => progress[name] !== undefined);
      const gone = names.filter((name) => name in progress && progress[name] === undefined);
      const set = given.length > 0 ? `SET ${given.map((name) => `${name} = :${name}`).join(", ")}` : "";
      const remove = gone.length > 0 ? ` REMOVE ${gone.join(", ")}` : "";
      const values = Object.fromEntries(given.map((name) => [`:${name}`, progress[name]]));
      return (await update(key, `${set}${remove}`, "holder = :holder", { ...values, ":holder": holder })) !== undefined;
    },
    async get(key) {
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName, Key: keyOf(key), ConsistentRead: true }));
      return Item && read(key, Item);
    },
  };
}
