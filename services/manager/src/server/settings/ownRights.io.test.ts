import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { saveItem } from "./saveItem.ts";

let fixture: ManagerFixture;
const rights = { role: "admin" as const, eventAccess: ["*"], showAddresses: true, exportCsv: true, people: true };
let ada: User;
beforeAll(async () => {
  fixture = await openManagerFixture();
  ada = await fixture.addUser({ id: "ada", ...rights });
  await fixture.addUser({ id: "ben", ...rights });
  await fixture.stack.aws.dynamo.send(
    new PutCommand({ TableName: fixture.stack.config.EVENTS_TABLE, Item: { aid: "E26", name: "Spring" } }),
  );
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const save = async (key: string, fields: object, confirmOwnLoss = false) => {
  const item = await fixture.manager.configStore.get("user", key);
  const values = { ...item?.fields, id: key, ...fields };
  return saveItem(fixture.manager, ada, { kind: "user", key }, { values, version: item?.version ?? 0, confirmOwnLoss });
};

test.each([
  [{ role: "write" }, /^The pages of Settings/],
  [{ role: "read" }, /^Changing work orders.*;The pages of Settings/],
  [{ eventAccess: ["E26"] }, /^All events but E26$/],
  [{ eventAccess: [] }, /^All events$/],
  [{ showAddresses: false }, /^Mail addresses in full$/],
  [{ exportCsv: false, people: false }, /^Exporting.*;The pages of People$/],
])("an administrator who takes a right from the own user is asked first: %o", async (fields, words) => {
  const before = await fixture.manager.configStore.get("user", "ada");
  const error = await save("ada", fields).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "conflict", details: { reason: "own-rights" } });
  expect((error as { details: { lost: string[] } }).details.lost.join(";")).toMatch(words);
  expect(await fixture.manager.configStore.get("user", "ada")).toEqual(before);
});

test("another name, other users and a confirmed loss are saved", async () => {
  await save("ada", { name: "Ada Admin" });
  await save("ben", { role: "write" });
  await save("ben", { role: "admin" });
  expect((await save("ada", { role: "write" }, true)).values).toMatchObject({ name: "Ada Admin", role: "write" });
});
