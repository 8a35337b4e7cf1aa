import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import { addItem } from "../settings/saveItem.ts";
import { addProposals, readFirstSteps } from "./firstSteps.ts";

let fixture: ManagerFixture;
beforeAll(async () => {
  fixture = await openManagerFixture();
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const missing = async () =>
  (await readFirstSteps(fixture.manager)).steps.filter(({ isDone }) => !isDone).map(({ id }) => id);

test("the first steps of an empty organisation: what is missing, until a mailing was sent", async () => {
  const { manager, stack } = fixture;
  const admin = await fixture.addUser({ id: "ada", role: "admin" });
  expect((await missing()).slice(0, 7)).toEqual([
    "organisation",
    "account",
    "language",
    "pool",
    "stage",
    "event",
    "people",
  ]);

  const added = await addProposals(manager, admin);
  expect(added.proposals).toEqual([]);
  expect(await missing()).not.toEqual(expect.arrayContaining(["language"]));
  expect((await manager.configTable.languages()).get("EN")).toMatchObject({ name: "English", everyone: true });
  expect(await manager.configStore.get("stage", "news")).toMatchObject({ version: 1, changedBy: "ada" });

  // An event without a pool concerns no one.
  await addItem(manager, admin, "event", {
    values: { aid: "E25", name: "Autumn", subEvents: { main: {} } },
    version: null,
  });
  expect(await missing()).toContain("event");
  await addItem(manager, admin, "event", {
    values: { aid: "E26", name: "Spring", subEvents: { main: {} }, config: { pool: "everyone" } },
    version: null,
  });
  await addItem(manager, admin, "account", {
    values: { name: "office", fromAddress: "office@example.org", host: "smtp.example.org" },
    version: null,
  });
  await addItem(manager, admin, "setting", {
    values: { name: "organisation", value: { name: "Example" } },
    version: null,
  });
  await putParticipants(stack.aws, stack.config, [{ id: "p1", email: "p1@example.org" }] as never);
  await manager.configStore.change({
    kind: "template",
    key: "E26-main-news-EN",
    before: undefined,
    after: { hash: "x" },
    by: "ada",
    now: 1,
    id: "1",
  });
  expect(await missing()).toEqual(["order", "send"]);
  const order = await fixture.addOrder({ eventCode: "E26", stage: "news", account: "office" });
  expect(await missing()).toEqual(["send"]);

  const Send = { ...order.steps.Send, status: "complete" as const, languages: { EN: someCounters({ sent: 1 }) } };
  const Item = { ...order, steps: { ...order.steps, Send } };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.WORK_ORDERS_TABLE, Item }));
  expect(await readFirstSteps(manager)).toEqual({ steps: [], proposals: [] });
});
