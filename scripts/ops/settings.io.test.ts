import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import { exportConfiguration, importConfiguration } from "./configuration.ts";
import { ops as run, testOperation } from "./testing.ts";
import { addUser, listUsers, removeUser } from "./users.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const ops = (args: readonly string[], environment: object = stack.config) => run(args, environment);
const operation = <Extra extends object>(options: Extra) => testOperation(stack, options);

test("acceptance 135: the command line adds the first administrator, and each change is in the audit by name", async () => {
  const added = await ops(["user", "add", "sub-1", "--name", "Ann", "--role", "admin", "--as", "olga"]);
  expect(added).toMatchObject({ code: 0, out: "Added: sub-1  admin  *  Ann\n" });
  const stored = await configStore(stack.aws, stack.config).get("user", "sub-1");
  expect(stored).toMatchObject({ changedBy: "olga", fields: { role: "admin", eventAccess: ["*"] } });
  const lines = await Array.fromAsync(audit(stack.aws, stack.config).lines("config", "U"));
  expect(lines).toMatchObject([
    { by: "olga", what: "configured", data: { kind: "user", key: "sub-1", change: "added" } },
  ]);
}, 120_000);

test("wrong use has the exit code 2, a refusal 1, and without a stack it says how to name one", async () => {
  const [wrong, unknown, noStep, help, nowhere] = await Promise.all([
    ops(["user", "add", "x"]),
    ops(["usr"]),
    ops(["orders", "start", "wo-1", "Frob"]),
    ops(["--help"]),
    ops(["user", "list", "--data", "/nowhere"], { WORK_ORDERS_TABLE: "" }),
  ]);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("--name") });
  expect(unknown.code).toBe(2);
  expect(noStep).toMatchObject({
    code: 2,
    err: expect.stringContaining("The steps are Count, Prepare, Dry-Run, Test, Send."),
  });
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining("Exit codes") });
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("No email-agent runs on /nowhere.") });
}, 120_000);

test("users are added, listed and removed; what does not fit, and the last administrator, are refused", async () => {
  const wrong = operation({ name: "Ben", role: "read", events: "GONE" });
  expect(await addUser(wrong, "sub-2")).toBe(false);
  expect(wrong.said.join()).toContain('no event "GONE"');
  expect(await addUser(operation({ name: "Ben", role: "read" }), "sub-2")).toBe(true);
  expect(await addUser(operation({ name: "Ben", role: "read" }), "sub-2")).toBe(false);
  const invitation = operation({ name: "Cleo", role: "admin", email: "cleo@example.org" });
  expect(await addUser(invitation)).toBe(true);
  expect(await addUser(invitation)).toBe(false);
  expect(await addUser(operation({ name: "Cleo", role: "read" }))).toBe(false);
  const list = operation({ json: true });
  await listUsers(list);
  expect(JSON.parse(list.said.join()).map(({ id }: { id: string }) => id)).toEqual([
    expect.stringMatching(/^invited-/),
    ...["sub-1", "sub-2"],
  ]);

  await expect(removeUser(operation({}), "sub-2")).rejects.toThrow("add --yes");
  expect(await removeUser(operation({ yes: true }), "sub-2")).toBe(true);
  expect(await removeUser(operation({ yes: true }), "sub-2")).toBe(false);
  await expect(removeUser(operation({ yes: true }), "sub-1")).rejects.toThrow("sub-1 is the last administrator");
});

test("the configuration is exported and imported: what would change is shown first, and it asks", async () => {
  const { store } = operation({});
  const exported = await exportConfiguration(operation({}));
  expect(exported).toContain("  sub-1:\n    name: Ann\n");
  const file = exported.replace("settings: {}\n", "settings:\n  timeZone: Europe/Berlin\n");
  const dry = operation({ dryRun: true });
  expect(await importConfiguration(dry, file)).toBe(true);
  expect(dry.said.slice(0, 2)).toEqual(["new setting timeZone", '  value: not set -> "Europe/Berlin"']);
  await expect(importConfiguration(operation({}), file)).rejects.toThrow("add --yes");
  expect(await store.get("setting", "timeZone")).toBeUndefined();
  expect(await importConfiguration(operation({ yes: true }), file)).toBe(true);
  expect(await store.get("setting", "timeZone")).toMatchObject({
    fields: { value: "Europe/Berlin" },
    changedBy: "olga",
  });

  const order = anOrder();
  const complete = { ...order.steps.Prepare, status: "complete", runId: "r", endedAt: "2026-03-01T08:00:00.000Z" };
  const Item = { ...order, steps: { ...order.steps, Prepare: complete } };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.WORK_ORDERS_TABLE, Item }));
  const elsewhen = "emailAgentConfiguration: 1\nsettings:\n  timeZone: UTC\n";
  const resets = operation({ yes: true });
  expect(await importConfiguration(resets, elsewhen)).toBe(true);
  const title = `${order.eventCode} · ${order.subEvent} · ${order.stage}`;
  expect(resets.said).toContain(`Sets back: ${title}: Prepare`);
  expect(resets.said.at(-1)).toBe("1 changes were imported, 1 work orders set back.");
  expect((await resets.orders.get(order.id))?.steps.Prepare.status).toBe("ready");

  const wrong = operation({ yes: true });
  expect(await importConfiguration(wrong, "emailAgentConfiguration: 1\nsettings:\n  timeZone: Mars\n")).toBe(false);
  expect(wrong.said[0]).toMatch(/^line 3, column 3: settings\.timeZone: /);
  const elsewhere = `emailAgentConfiguration: 1\nsettings:\n  maintainedElsewhere:\n    events: true\n`;
  expect(await importConfiguration(operation({ yes: true }), elsewhere)).toBe(true);
  const event = operation({ yes: true });
  const added = `emailAgentConfiguration: 1\nevents:\n  E26:\n    name: Spring\n    config:\n      pool: all\n`;
  expect(await importConfiguration(event, added)).toBe(false);
  expect(event.said.join()).toContain("line 3, column 3: events.E26: Events are maintained in another application");
  expect(await store.get("event", "E26")).toBeUndefined();
  const json = operation({ dryRun: true, json: true });
  await importConfiguration(json, elsewhen);
  expect(JSON.parse(json.said.join())).toMatchObject({ changes: [], faults: [], effects: [] });
});
