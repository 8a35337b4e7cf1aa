import { generateKeyPairSync } from "node:crypto";
import { BatchWriteCommand, type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { readItem } from "@email-agent/shared/adapters/items.ts";
import { accountSchema } from "@email-agent/shared/domain/account.ts";
import { languageSchema, poolSchema, stageSchema } from "@email-agent/shared/domain/configItems.ts";
import { eventSchema } from "@email-agent/shared/domain/event.ts";
import { participantSchema } from "@email-agent/shared/domain/recipients/participant.ts";
import { settingsSchema } from "@email-agent/shared/domain/settings.ts";
import { accounts, events, extraPrompts, languages, pools, settings, stages, users } from "./organisation.ts";
import { person, testerIds } from "./people.ts";
import { demoPrompts } from "./templates.ts";

export interface SeedTables {
  readonly PARTICIPANTS_TABLE: string;
  readonly EVENTS_TABLE: string;
  readonly CONFIG_TABLE: string;
}

/** How many participants the organisation has at least; a larger one is kept. */
export const defaultParticipants = 500;

/**
 * Puts the demo organisation where it is missing: configuration once, participants up to `participants`. Returns how
 * many were added. Deliveries and work orders of an earlier start stay.
 */
export async function seedOrganisation(
  dynamo: DynamoDBDocumentClient,
  tables: SeedTables,
  participants: number,
): Promise<{ readonly added: number; readonly total: number }> {
  const marker = { pk: "demo", sk: "organisation" };
  const seeded = await dynamo.send(
    new GetCommand({ TableName: tables.CONFIG_TABLE, Key: marker, ConsistentRead: true }),
  );
  const before = typeof seeded.Item?.["participants"] === "number" ? seeded.Item["participants"] : 0;
  if (before === 0) {
    await putAll(dynamo, tables.CONFIG_TABLE, configItems(tables.CONFIG_TABLE));
    await putAll(
      dynamo,
      tables.EVENTS_TABLE,
      events.map((event) => readItem(tables.EVENTS_TABLE, event.aid, eventSchema, event)),
    );
  }
  const wanted = Array.from({ length: Math.max(0, participants - before) }, (_, index) => person(before + index));
  await putAll(
    dynamo,
    tables.PARTICIPANTS_TABLE,
    wanted.map((one) => readItem(tables.PARTICIPANTS_TABLE, one.id, participantSchema, one)),
  );
  const total = Math.max(before, participants);
  await putAll(dynamo, tables.CONFIG_TABLE, [{ ...marker, participants: total }]);
  return { added: wanted.length, total };
}

function configItems(table: string): Record<string, unknown>[] {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const dkim = { domain: "example.org", selector: "demo", privateKey };
  const prompts = [...demoPrompts, ...extraPrompts];
  return [
    ...languages.map((one) => ({ pk: "language", sk: one.code, ...readItem(table, one.code, languageSchema, one) })),
    ...stages.map((one) => ({ pk: "stage", sk: one.name, ...readItem(table, one.name, stageSchema, one) })),
    ...pools.map((one) => ({ pk: "pool", sk: one.name, ...readItem(table, one.name, poolSchema, one) })),
    ...accounts.map((one) => ({
      pk: "account",
      sk: one.name,
      ...readItem(table, one.name, accountSchema, { ...one, dkim }),
    })),
    ...prompts.map(({ event, key, language, text }) => ({ pk: "prompt", sk: `${event}#${key}#${language}`, text })),
    ...users.map((user) => ({ pk: "user", sk: user.id, ...user })),
    ...testerIds.map((id, index) => ({ pk: "tester", sk: id, label: `Tester ${index + 1}` })),
    ...Object.entries(readItem(table, "setting", settingsSchema, settings)).map(([sk, value]) => ({
      pk: "setting",
      sk,
      value,
    })),
  ];
}

async function putAll(
  dynamo: DynamoDBDocumentClient,
  table: string,
  items: readonly Record<string, unknown>[],
): Promise<void> {
  for (let from = 0; from < items.length; from += 100) {
    const batches = [0, 25, 50, 75].map((offset) =>
      items.slice(from + offset, Math.min(from + offset + 25, from + 100)),
    );
    await Promise.all(batches.filter((batch) => batch.length > 0).map((batch) => putBatch(dynamo, table, batch)));
  }
}

async function putBatch(
  dynamo: DynamoDBDocumentClient,
  table: string,
  items: readonly Record<string, unknown>[],
): Promise<void> {
  let requests = items.map((Item) => ({ PutRequest: { Item } })) as { PutRequest: { Item: Record<string, unknown> } }[];
  while (requests.length > 0) {
    const response = await dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    requests = (response.UnprocessedItems?.[table] ?? []) as typeof requests;
  }
}
