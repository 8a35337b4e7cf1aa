import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { anEvent } from "../../testing/builders.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import { type Events, events } from "./events.ts";

let tables: Tables;
let table: Events;
let eventNumber = 0;

beforeAll(async () => {
  tables = await startTables();
  table = events(tables.aws, tables.names);
});
afterAll(() => tables?.[Symbol.asyncDispose]());

async function storedEvent(more: object = {}): Promise<string> {
  const aid = `E${++eventNumber}`;
  await put({ ...anEvent({ aid }), unknownField: { kept: [1, 2] }, ...more });
  return aid;
}
const put = (item: object) =>
  tables.aws.dynamo.send(
    new PutCommand({ TableName: tables.names.EVENTS_TABLE, Item: item as Record<string, unknown> }),
  );
const raw = async (aid: string) =>
  (
    await tables.aws.dynamo.send(
      new GetCommand({ TableName: tables.names.EVENTS_TABLE, Key: { aid }, ConsistentRead: true }),
    )
  ).Item;

test("all languages are set below maps that were not there, and the rest of the event stays", async () => {
  const aid = await storedEvent();
  const before = await raw(aid);
  await table.setEmbeddedEmails(aid, "weekend", "reg", { EN: "https://s3/en", SP: "https://s3/sp" });
  expect(await raw(aid)).toEqual({
    ...before,
    embeddedEmails: { weekend: { reg: { EN: "https://s3/en", SP: "https://s3/sp" } } },
  });
});

test("other sub-events, stages and languages stay; names with dots and hyphens are one name each", async () => {
  const aid = await storedEvent({
    embeddedEmails: {
      weekend: { reg: { EN: "old", FR: "old" }, reminder: { EN: "old" } },
      monday: { reg: { EN: "old" } },
    },
  });
  await table.setEmbeddedEmails(aid, "weekend", "reg", { EN: "new" });
  await table.setEmbeddedEmails(aid, "week-end.2", "reg", { EN: "dotted" });
  await table.setEmbeddedEmails(aid, "toString", "constructor", { EN: "odd" });
  expect((await table.get(aid))?.embeddedEmails).toEqual({
    weekend: { reg: { EN: "new", FR: "old" }, reminder: { EN: "old" } },
    monday: { reg: { EN: "old" } },
    "week-end.2": { reg: { EN: "dotted" } },
    toString: { constructor: { EN: "odd" } },
  });
});

test("acceptance 17: setting embeddedEmails keeps a concurrent change elsewhere in the same event", async () => {
  const aid = await storedEvent();
  const edit = (index: number) =>
    tables.aws.dynamo.send(
      new UpdateCommand({
        TableName: tables.names.EVENTS_TABLE,
        Key: { aid },
        UpdateExpression: "SET subEvents.#name = :value, #title = :title",
        ExpressionAttributeNames: { "#name": `sub${index}`, "#title": "name" },
        ExpressionAttributeValues: { ":value": { regLinkAvailable: true }, ":title": `Title ${index}` },
      }),
    );
  const rounds = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(
    rounds.flatMap((index) => [
      edit(index),
      table.setEmbeddedEmails(aid, `sub${index % 4}`, `stage${index % 3}`, {
        [index % 2 ? "EN" : "SP"]: `url-${index}`,
      }),
    ]),
  );

  const event = await table.get(aid);
  expect(Object.keys(event?.subEvents ?? {}).sort()).toEqual(
    ["weekend", ...rounds.map((index) => `sub${index}`)].sort(),
  );
  const urls = Object.values(event?.embeddedEmails ?? {}).flatMap((stages) =>
    Object.values(stages).flatMap(Object.values),
  );
  // Twelve paths (4 sub-events × 3 stages), one language each by parity: every one of them holds a URL.
  expect(urls).toHaveLength(12);
  expect((await raw(aid))?.["unknownField"]).toEqual({ kept: [1, 2] });
});

test("an absent event is not made", async () => {
  await expect(table.setEmbeddedEmails("gone", "weekend", "reg", { EN: "x" })).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("gone"),
  });
  expect(await raw("gone")).toBeUndefined();
  expect(await table.get("gone")).toBeUndefined();
});

test("an event that does not fit is an error naming the field", async () => {
  await put({ aid: "odd", name: "Odd", config: { whichRetreatsConfig: { r1: { offeringTotal: "100" } } } });
  await expect(table.get("odd")).rejects.toMatchObject({
    code: "bad-item",
    details: { key: "odd", field: "config.whichRetreatsConfig.r1.offeringTotal" },
  });
});
