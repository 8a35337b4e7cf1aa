import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { instantSchema } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";

/**
 * A person who was forgotten: an item of Config, `pk` = `forgotten`, `sk` = participant id. It outlives the record, so that a
 * record which another application writes again stays without mail.
 */
const forgottenSchema = z.looseObject({
  sk: z.string(),
  at: instantSchema,
  /** What mailings hold of the person may not be erased everywhere yet. */
  open: z.boolean().optional(),
  /** Changes whenever the erasure is opened: what was erased before ends nothing that was opened since. */
  opening: z.string().optional(),
});

interface ForgottenPerson {
  readonly id: string;
  readonly at: string;
  readonly isOpen: boolean;
  readonly opening?: string | undefined;
}

export interface ForgottenPeople {
  /** Marks a person and opens the erasure; one who was forgotten before keeps the first time. Returns that time. */
  open(id: string, at: string): Promise<string>;
  /** The erasure is complete. It stays open if it was opened again since the person was read. */
  close(person: Pick<ForgottenPerson, "id" | "at" | "opening">): Promise<void>;
  /** Everyone who was forgotten, page by page. Consistent. */
  pages(): AsyncIterable<ForgottenPerson[]>;
}

const kind = "forgotten";

export function forgottenPeople(aws: Pick<Aws, "dynamo">, config: { CONFIG_TABLE: string }): ForgottenPeople {
  const table = config.CONFIG_TABLE;
  return {
    async open(id, at) {
      const { Attributes } = await aws.dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: kind, sk: id },
          UpdateExpression: "SET #at = if_not_exists(#at, :at), #open = :yes, opening = :opening",
          ExpressionAttributeNames: { "#at": "at", "#open": "open" },
          ExpressionAttributeValues: { ":at": at, ":yes": true, ":opening": randomUUID() },
          ReturnValues: "ALL_NEW",
        }),
      );
      return readItem(table, `${kind}/${id}`, forgottenSchema, Attributes).at;
    },
    async close({ id, at, opening }) {
      const close = new PutCommand({
        ...{ TableName: table, Item: { pk: kind, sk: id, at } },
        ...(opening === undefined
          ? { ConditionExpression: "attribute_not_exists(opening)" }
          : { ConditionExpression: "opening = :opening", ExpressionAttributeValues: { ":opening": opening } }),
      });
      try {
        await aws.dynamo.send(close);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    async *pages() {
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :kind",
        ExpressionAttributeValues: { ":kind": kind },
      });
      for await (const items of pages)
        yield items.map((item) => {
          const { sk, at, open, opening } = readItem(table, `${kind}/${item["sk"]}`, forgottenSchema, item);
          return { id: sk, at, isOpen: open === true, opening };
        });
    },
  };
}

const freshMilliseconds = 10_000;

/**
 * When each forgotten person was forgotten, as this process last read it: at most 10 s ago. It only matters for records
 * that were written again; the mark on a record holds at once. Rejects if it cannot be read: then no one is mailed.
 *
 * @param monotonic milliseconds
 */
export function forgottenTimes(
  people: Pick<ForgottenPeople, "pages">,
  monotonic: () => number,
): () => Promise<ReadonlyMap<string, string>> {
  let held: { readonly at: number; readonly times: Promise<ReadonlyMap<string, string>> } | undefined;
  const read = async () => {
    const times = new Map<string, string>();
    for await (const page of people.pages()) for (const { id, at } of page) times.set(id, at);
    return times;
  };
  return () => {
    const now = monotonic();
    if (held && now - held.at < freshMilliseconds) return held.times;
    const times = read();
    held = { at: now, times };
    times.catch(() => {
      if (held?.times === times) held = undefined;
    });
    return times;
  };
}
