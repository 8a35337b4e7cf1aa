import { createHash } from "node:crypto";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { readItem } from "@email-agent/shared/adapters/items.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { accountSchema } from "@email-agent/shared/domain/account.ts";
import { poolSchema } from "@email-agent/shared/domain/configItems.ts";
import { eventSchema } from "@email-agent/shared/domain/event.ts";
import { accounts, realMailEvent, realMailPool } from "./organisation.ts";
import type { SeedTables } from "./seed.ts";
import { seedWorkOrders } from "./seedWorkOrders.ts";

/** The account whose mail really leaves, and everybody who may get it. */
export interface RealMailSeed {
  readonly from: string;
  readonly port: number;
  readonly recipients: readonly string[];
}

/**
 * Pins the demo accounts to one mail server, whatever EMAIL_HOST says: their people do not exist, and mail to them must
 * never leave.
 */
export async function pinDemoAccounts(
  dynamo: DynamoDBDocumentClient,
  { CONFIG_TABLE }: SeedTables,
  server: { readonly host: string; readonly port: number },
): Promise<void> {
  for (const { name } of accounts)
    await dynamo.send(
      new UpdateCommand({
        TableName: CONFIG_TABLE,
        Key: { pk: "account", sk: name },
        UpdateExpression: "SET host = :host, port = :port",
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: { ":host": server.host, ":port": server.port },
      }),
    );
}

/**
 * An event of its own whose pool accepts the given people only, an account without a server (EMAIL_HOST is its), and a
 * work order ready to be started. People named earlier and not now are left out; an unsubscription stays. Safe to run again.
 */
export async function seedRealMail(
  dynamo: DynamoDBDocumentClient,
  tables: SeedTables,
  orders: WorkOrderStore,
  seed: RealMailSeed,
): Promise<void> {
  const { CONFIG_TABLE, EVENTS_TABLE } = tables;
  const put = (TableName: string, Item: Record<string, unknown>) => dynamo.send(new PutCommand({ TableName, Item }));
  const account = readItem(CONFIG_TABLE, "real-mail", accountSchema, {
    name: "real-mail",
    fromName: "email-agent",
    fromAddress: seed.from,
    security: seed.port === 465 ? "tls" : "starttls",
    maxConnections: 1,
    quotaPer24h: 100,
  });
  await put(CONFIG_TABLE, { pk: "account", sk: "real-mail", ...account });
  const pool = readItem(CONFIG_TABLE, realMailPool.name, poolSchema, realMailPool);
  await put(CONFIG_TABLE, { pk: "pool", sk: pool.name, ...pool });
  await put(EVENTS_TABLE, readItem(EVENTS_TABLE, realMailEvent.aid, eventSchema, realMailEvent));
  const ids = await putRecipients(dynamo, tables, seed.recipients);
  await seedWorkOrders(orders, [
    {
      eventCode: realMailEvent.aid,
      subEvent: "main",
      stage: "reg",
      languages: ["EN"],
      subjects: { EN: "*|FNAME|*, this mail is real" },
      account: "real-mail",
      testers: ids,
      regLinkPresent: true,
    },
  ]);
}

/** Returns the participant ids. They come from the address, so that the same person keeps id and deliveries. */
async function putRecipients(
  dynamo: DynamoDBDocumentClient,
  { PARTICIPANTS_TABLE, CONFIG_TABLE }: SeedTables,
  recipients: readonly string[],
): Promise<string[]> {
  const marker = { pk: "demo", sk: "real-mail" };
  const earlier = await dynamo.send(new GetCommand({ TableName: CONFIG_TABLE, Key: marker, ConsistentRead: true }));
  const people = recipients.map((email) => ({ id: idOf(email), email }));
  const gone = ((earlier.Item?.["ids"] ?? []) as string[]).filter((id) => !people.some((one) => one.id === id));
  for (const { id, email } of people) {
    const first = email.split("@")[0];
    await dynamo.send(
      new UpdateCommand({
        TableName: PARTICIPANTS_TABLE,
        Key: { id },
        // Not the whole item: it may carry an unsubscription.
        UpdateExpression: "SET email = :email, #first = :first, writtenLangPref = :language, programs = :programs",
        ExpressionAttributeNames: { "#first": "first" },
        ExpressionAttributeValues: {
          ":email": email,
          ":first": first,
          ":language": "English",
          ":programs": { [realMailEvent.aid]: { manualInclude: true } },
        },
      }),
    );
    await dynamo.send(
      new PutCommand({ TableName: CONFIG_TABLE, Item: { pk: "tester", sk: id, label: `Real: ${first}` } }),
    );
  }
  for (const id of gone) {
    await dynamo.send(new DeleteCommand({ TableName: CONFIG_TABLE, Key: { pk: "tester", sk: id } }));
    await dynamo.send(
      new UpdateCommand({
        TableName: PARTICIPANTS_TABLE,
        Key: { id },
        UpdateExpression: "SET programs = :none",
        ConditionExpression: "attribute_exists(id)",
        ExpressionAttributeValues: { ":none": {} },
      }),
    );
  }
  const ids = people.map(({ id }) => id);
  await dynamo.send(new PutCommand({ TableName: CONFIG_TABLE, Item: { ...marker, ids: [...ids, ...gone] } }));
  return ids;
}

/** Nine digits, as every participant's id; those of the demo begin with 2. */
function idOf(email: string): string {
  const number = createHash("sha256").update(email.toLowerCase()).digest().readUInt32BE();
  return String(300_000_000 + (number % 100_000_000));
}
