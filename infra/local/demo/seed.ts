import { generateKeyPairSync } from "node:crypto";
import { BatchWriteCommand, type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { readItem } from "@email-agent/shared/adapters/items.ts";
import { configurationOf, readStored, writeChanges } from "@email-agent/shared/adapters/storedConfiguration.ts";
import { compareConfiguration } from "@email-agent/shared/domain/configuration/compareConfiguration.ts";
import { keyOf } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { FileItem } from "@email-agent/shared/domain/configuration/readConfigurationFile.ts";
import { participantSchema } from "@email-agent/shared/domain/recipients/participant.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { organisation } from "./organisation.ts";
import { person, testerIds } from "./people.ts";
import { demoPrompts } from "./templates.ts";

export interface SeedTables {
  readonly PARTICIPANTS_TABLE: string;
  readonly EVENTS_TABLE: string;
  readonly CONFIG_TABLE: string;
  readonly AUDIT_TABLE: string;
}

/** How many participants the organisation has at least; a larger one is kept. */
export const defaultParticipants = 500;

const marker = { pk: "demo", sk: "organisation" };

/** `demo`: the demo organisation; `empty`: an organisation that began with one administrator and nothing else. */
type Beginning = "demo" | "empty";

/** How the data began; undefined if they have not yet. */
export async function beginningOf(
  dynamo: DynamoDBDocumentClient,
  tables: SeedTables,
): Promise<{ readonly beginning: Beginning; readonly participants: number } | undefined> {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: tables.CONFIG_TABLE, Key: marker, ConsistentRead: true }),
  );
  if (!Item) return undefined;
  if (Item["empty"] === true) return { beginning: "empty", participants: 0 };
  return { beginning: "demo", participants: Number(Item["participants"] ?? 0) };
}

/**
 * Puts the demo organisation where it is missing: configuration once, participants up to `participants`. Returns how
 * many were added. Deliveries and work orders of an earlier start stay. Throws one sentence where the data began empty.
 */
export async function seedOrganisation(
  dynamo: DynamoDBDocumentClient,
  tables: SeedTables,
  participants: number,
): Promise<{ readonly added: number; readonly total: number }> {
  const before = await beginningOf(dynamo, tables);
  if (before?.beginning === "empty")
    throw new Error("These data began empty (npm start -- --empty), and the demo organisation is not mixed with them.");
  if (!before) await importItems(dynamo, tables, organisationItems());
  const known = before?.participants ?? 0;
  const wanted = Array.from({ length: Math.max(0, participants - known) }, (_, index) => person(known + index));
  await putAll(
    dynamo,
    tables.PARTICIPANTS_TABLE,
    wanted.map((one) => readItem(tables.PARTICIPANTS_TABLE, one.id, participantSchema, one)),
  );
  const total = Math.max(known, participants);
  await putAll(dynamo, tables.CONFIG_TABLE, [{ ...marker, participants: total }]);
  return { added: wanted.length, total };
}

/** Puts the one administrator of an empty organisation there, once. Throws one sentence where the demo organisation is. */
export async function seedEmpty(dynamo: DynamoDBDocumentClient, tables: SeedTables): Promise<void> {
  const before = await beginningOf(dynamo, tables);
  if (before?.beginning === "demo")
    throw new Error(
      "The data hold the demo organisation already. Add --fresh to delete them, or --data FOLDER to begin empty elsewhere.",
    );
  if (before) return;
  await importItems(
    dynamo,
    tables,
    organisation.items.filter(({ kind, key }) => kind === "user" && key === "admin"),
  );
  await putAll(dynamo, tables.CONFIG_TABLE, [{ ...marker, empty: true }]);
}

/** The file of the organisation with what it does not hold. */
function organisationItems(): FileItem[] {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return [
    ...organisation.items.map((item) =>
      item.kind === "account"
        ? { ...item, fields: { ...item.fields, dkim: { ...(item.fields["dkim"] as object), privateKey } } }
        : item,
    ),
    ...demoPrompts.map((prompt) => ({
      ...{ kind: "prompt" as const, key: keyOf("prompt", prompt) },
      fields: { text: prompt.text },
    })),
    ...testerIds.map((key, index) => ({ kind: "tester" as const, key, fields: { label: `Tester ${index + 1}` } })),
  ];
}

/** By the import that administrators have. */
async function importItems(
  dynamo: DynamoDBDocumentClient,
  tables: SeedTables,
  items: readonly FileItem[],
): Promise<void> {
  const store = configStore({ dynamo }, tables);
  const stored = await readStored(store);
  const defaults = { EMAIL_FROM: "office@example.org", MAILCHIMP_REPLY_TO: "" };
  const file = { ...organisation, items };
  const { changes, faults } = compareConfiguration(configurationOf(stored), file, { remove: false, defaults });
  const [fault] = faults;
  if (fault)
    throw new Error(`The demo organisation does not fit: ${fault.what}, line ${fault.line}: ${fault.sentence}`);
  const { conflict } = await writeChanges(store, stored, changes, { by: "demo", clock: systemClock });
  if (conflict) throw new Error("Another process seeds the same data. Wait until it has ended, then start again.");
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
