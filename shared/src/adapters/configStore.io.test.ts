import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ulid } from "ulid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { audit } from "./audit.ts";
import { type ConfigStore, configStore, type StoredItem } from "./configStore.ts";

let stack: TestStack;
let store: ConfigStore;
let key: string;
let keys = 0;

beforeAll(async () => {
  stack = await startTestStack({});
  store = configStore(stack.aws, stack.config);
});
afterAll(() => stack[Symbol.asyncDispose]());
beforeEach(() => {
  keys += 1;
  key = `item-${keys}`;
});

const now = Date.parse("2026-03-01T12:00:00.000Z");
const change = (
  kind: "stage" | "account" | "event" | "tester",
  before: StoredItem | undefined,
  after: object | undefined,
  by = "anna",
) => store.change({ kind, key, before, after: after as Record<string, unknown> | undefined, by, now, id: ulid(now) });

test("an item is added, changed and removed, and every earlier version is kept with who and when", async () => {
  expect(await change("stage", undefined, { description: "one" })).toBe(true);
  const first = await store.get("stage", key);
  expect(first).toEqual({
    ...{ key, version: 1, changedAt: "2026-03-01T12:00:00.000Z", changedBy: "anna" },
    fields: { description: "one" },
  });
  expect(await change("stage", first, { description: "two", order: 2 }, "ben")).toBe(true);
  const second = await store.get("stage", key);
  expect(await change("stage", second, undefined, "anna")).toBe(true);
  expect(await store.get("stage", key)).toBeUndefined();
  expect(await store.history("stage", key)).toMatchObject([
    { version: 3, changedBy: "anna" },
    { version: 2, changedBy: "ben", fields: { description: "two", order: 2 } },
    { version: 1, changedBy: "anna", fields: { description: "one" } },
  ]);
  expect(await change("stage", undefined, { description: "back" })).toBe(true);
  expect(await store.get("stage", key)).toMatchObject({ version: 4 });
});

test("under a name that is no key there is nothing", async () => {
  for (const name of ["", "\ud800", "ü".repeat(600)]) expect(await store.get("account", name)).toBeUndefined();
});

describe("acceptance 125: two administrators cannot overwrite each other", () => {
  test("the second save of the same version changes nothing", async () => {
    await change("stage", undefined, { description: "one" });
    const seen = await store.get("stage", key);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => change("stage", seen, { description: `by ${n}` }, `user-${n}`)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await store.history("stage", key)).toHaveLength(1);
    expect(await store.get("stage", key)).toMatchObject({ version: 2 });
  });

  test("an item cannot be added twice, and one that is gone cannot be changed or removed", async () => {
    const added = await Promise.all([1, 2, 3].map((n) => change("stage", undefined, { order: n })));
    expect(added.filter(Boolean)).toHaveLength(1);
    const seen = await store.get("stage", key);
    await change("stage", seen, undefined);
    expect(await change("stage", seen, { order: 9 })).toBe(false);
    expect(await change("stage", seen, undefined)).toBe(false);
    expect(await store.get("stage", key)).toBeUndefined();
  });
});

test("an item that was written by hand has version 0, and only attributes that differ are written", async () => {
  const { EVENTS_TABLE: TableName } = stack.config;
  await stack.aws.dynamo.send(
    new PutCommand({ TableName, Item: { aid: key, name: "Old", subEvents: { b: {}, a: {} }, other: 1 } }),
  );
  const seen = await store.get("event", key);
  expect(seen).toMatchObject({ key, version: 0, fields: { name: "Old" } });
  const update = { UpdateExpression: "SET embeddedEmails = :map", ExpressionAttributeValues: { ":map": { a: {} } } };
  await stack.aws.dynamo.send(new UpdateCommand({ TableName, Key: { aid: key }, ...update }));
  expect(await change("event", seen, { name: "New", subEvents: { a: {}, b: {} } })).toBe(true);
  const stored = await store.get("event", key);
  expect(stored?.fields).toEqual({ name: "New", subEvents: { b: {}, a: {} }, embeddedEmails: { a: {} } });
  expect(await change("event", seen, { name: "Late" })).toBe(false);
});

test("an item that another program replaced goes on counting, and no earlier version is written over", async () => {
  const { EVENTS_TABLE: TableName } = stack.config;
  const replace = (name: string) => stack.aws.dynamo.send(new PutCommand({ TableName, Item: { aid: key, name } }));
  await change("event", undefined, { name: "one" });
  await change("event", await store.get("event", key), { name: "two" });
  for (const name of ["three", "five"]) {
    await replace(name);
    expect(await change("event", await store.get("event", key), { name: `${name} and one` })).toBe(true);
  }
  expect((await store.history("event", key)).map(({ version, fields }) => [version, fields?.["name"]])).toEqual([
    [5, "five"],
    [3, "three"],
    [1, "one"],
  ]);
});

test("the history of a tester loses the person on request, and of a typed one it never has them", async () => {
  const ana = {
    label: "Ana Example",
    email: "ana@greylist.example.org",
    first: "Ana",
    last: "Example",
    language: "EN",
  };
  await change("tester", undefined, ana);
  const first = await store.get("tester", key);
  await change("tester", first, { ...ana, language: "DE" });
  const second = await store.get("tester", key);
  await change("tester", second, undefined);
  expect(await store.history("tester", key)).toMatchObject([
    {},
    { fields: { ...ana, language: "DE" } },
    { fields: ana },
  ]);
  await store.eraseTesterHistory(key);
  await store.eraseTesterHistory(key);
  const erased = await store.history("tester", key);
  expect(erased).toMatchObject([{ version: 3 }, { version: 2 }, { version: 1 }]);
  expect(erased.map(({ fields }) => fields)).toEqual([undefined, { language: "DE" }, { language: "EN" }]);

  const typed = { event: "E26", by: "anna", at: "2026-03-01T12:00:00.000Z" };
  await change("tester", undefined, { label: "", email: "ana@greylist.example.org", typed });
  await change("tester", await store.get("tester", key), undefined);
  expect(JSON.stringify(await store.history("tester", key))).not.toContain("greylist");
});

test("neither the history nor the audit holds a secret or a value", async () => {
  const secrets = { password: "hunter2", dkim: { domain: "example.org", selector: "s", privateKey: "private-half" } };
  await change("account", undefined, { host: "one", ...secrets });
  const seen = await store.get("account", key);
  await change("account", seen, { host: "two", ...secrets, password: "new-word" });
  const kept = await store.history("account", key);
  expect(kept).toMatchObject([{ fields: { host: "one", dkim: { domain: "example.org", selector: "s" } } }]);
  const lines = [];
  for await (const line of audit(stack.aws, stack.config).lines("config", "U"))
    if (line.data?.["key"] === key) lines.push(line);
  // Of the same instant, in no order.
  lines.sort((one, other) => Number(one.data?.["version"]) - Number(other.data?.["version"]));
  expect(lines).toMatchObject([
    { by: "anna", what: "configured", data: { kind: "account", version: 1, change: "added" } },
    { data: { version: 2, change: "changed", fields: ["host", "password"] } },
  ]);
  expect(JSON.stringify([kept, lines])).not.toMatch(/hunter2|private-half|new-word|two/);
});
