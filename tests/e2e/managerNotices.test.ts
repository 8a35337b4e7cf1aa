import { fileURLToPath } from "node:url";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const notifier = fileURLToPath(new URL("../../services/notifier/testing/quickNotices.ts", import.meta.url));
const starter = "writer@example.org";
const team = "team@example.org";

let story: ManagerStory;
let order: WorkOrder;
beforeAll(async () => {
  story = await startManagerStory(120, { entries: { notifier } });
  await story.configure("setting", "notices", { value: { addresses: [team], account: "" } });
  order = await story.order("RETREAT26", "reg");
  await story.complete(order.id, "Count", "Prepare", "Dry-Run", "Test");
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const name = "RETREAT26 · week1 · reg";
const subjectsTo = (to: string) =>
  story.stack.inbox.messages({ to, q: name }).map(({ subject }) => subject.slice(name.length + 2));
/** Waits for a new notice to an address. */
const noticeTo = (to: string, headline: RegExp) =>
  expect.poll(() => subjectsTo(to), { timeout: 90_000 }).toContainEqual(expect.stringMatching(headline));
const start = () => story.operator.command(order.id, "Send", "start");
const stop = () => story.operator.command(order.id, "Send", "stop");
const until = (status: string) => story.operator.until(order.id, ({ steps }) => steps.Send.status === status, 60);

/** Records the notifications that a page shows, and shows them all the same. */
const recorded = (page: Page) =>
  page.addInitScript(() => {
    const target = globalThis as unknown as {
      Notification: new (title: string, options: object) => object;
      shown: unknown[];
    };
    target.shown = [];
    target.Notification = new Proxy(target.Notification, {
      construct(made, [title, options]: [string, object]) {
        target.shown.push({ title, ...options });
        return new made(title, options);
      },
    });
  });
const shown = (page: Page) => page.evaluate("shown.map(({ title, body }) => title + ': ' + body)");

test("acceptance 151: a user switches notices on in the browser and off by mail, on desktop and phone", async () => {
  const { page, context } = await story.visit("Wren Writer", "/");
  await context.grantPermissions(["notifications"]);
  const open = async () => {
    await page.getByRole("button", { name: "Wren Writer" }).click();
    await page.getByRole("menuitem", { name: "Notices …" }).click();
    return page.getByRole("dialog", { name: "Notices" });
  };
  const dialog = await open();
  await dialog.getByText(`To ${starter}. An administrator can change the address.`).waitFor();
  await expectAccessible(page, "notices");
  const byMail = dialog.getByRole("switch", { name: /^By mail/ });
  await byMail.click();
  await expect.poll(() => byMail.isChecked()).toBe(false);
  await page.reload();
  const again = await open();
  await expect.poll(() => again.getByRole("switch", { name: /^By mail/ }).isChecked()).toBe(false);
  await again.getByRole("switch", { name: /^By mail/ }).click();
  await expect.poll(() => again.getByRole("switch", { name: /^By mail/ }).isChecked()).toBe(true);
  const inBrowser = again.getByRole("switch", { name: "Notify me in this browser" });
  await inBrowser.click();
  await expect.poll(() => inBrowser.isChecked()).toBe(true);
});

test("acceptance 151: a Send that stalls, is paused, sleeps for quota and ends: a mail for each case", async () => {
  const { inbox } = story.stack;
  const { page, context } = await story.visit("Wren Writer", `/work-orders/${order.id}`, { prepare: recorded });
  await context.grantPermissions(["notifications"]);
  await page.evaluate(`localStorage.setItem("browser-notices", "on")`);
  await page.reload();
  const list = await story.visit("Wren Writer", "/");

  // The server takes a mail and says nothing; a run has the quota that it began with.
  await configureAccount("SET quotaPer24h = :n", { ":n": 40 });
  inbox.script({ phase: "dot", sender: "retreats@example.org", delayMilliseconds: 60_000, times: 3 });
  await start();
  await expect.poll(() => page.title(), { timeout: 30_000 }).toMatch(/^▶ \d+ % · RETREAT26 week1 reg/);
  await expect.poll(() => list.page.title(), { timeout: 30_000 }).toMatch(/^▶ \d+ % · RETREAT26 week1 reg/);
  const icon = "document.querySelector('link[rel~=icon]').href";
  expect(await page.evaluate(icon)).toMatch(/^data:image\/svg/);
  await noticeTo(starter, /^Send has not moved/);
  await noticeTo(team, /^Send has not moved/);

  const paused = { by: "admin", at: new Date().toISOString(), reason: "maintenance" };
  await story.configure("account", "retreat-office", { paused });
  await noticeTo(starter, /^Send is paused/);
  inbox.clearScripts();
  await configureAccount("REMOVE paused");

  await story.operator.until(order.id, ({ steps }) => steps.Send.status === "sleeping", 120);
  await noticeTo(starter, /^Send sleeps until quota is free/);
  await expect.poll(() => page.title()).toMatch(/^☾ /);

  // The starter stopped it and knows; the team gets a notice. It is sent although the quota is used up.
  await stop();
  await noticeTo(team, /^Send stopped/);
  expect(subjectsTo(starter).join()).not.toContain("Send stopped");

  await configureAccount("SET quotaPer24h = :n", { ":n": 100_000 });
  inbox.script({ phase: "dot", cut: "close", times: 1 });
  await start();
  await until("complete");
  await noticeTo(starter, /^Send complete, \d+ sent, 1 in doubt/);
  await expect.poll(() => page.title()).toMatch(/^! 1 in doubt · /);
  await expect
    .poll(() => shown(page))
    .toContainEqual(expect.stringMatching(/RETREAT26 · week1 · reg: Send complete, \d+ sent, 1 in doubt/));
  await expect.poll(() => list.page.title()).toBe("Work orders · Email Manager");

  const bodies = await Promise.all(inbox.messages({ to: starter, q: name }).map(({ id }) => inbox.parsed(id)));
  for (const { text, headers } of bodies) {
    expect(text).toContain(`${story.stack.managerUrl}/work-orders/${order.id}`);
    expect(headers).toContainEqual({ key: "auto-submitted", value: "auto-generated", originalKey: "Auto-Submitted" });
    expect(text).not.toMatch(/@(?!example\.org)/);
  }
});

test("acceptance 151: a Send that stops at a ceiling says at which", async () => {
  const { inbox } = story.stack;
  const summer = await story.order("SUMMER26", "reg");
  await story.configure("setting", "failureCeiling", { value: { ratio: 0.1, minimum: 5 } });
  await story.complete(summer.id, "Count", "Prepare", "Dry-Run", "Test");
  inbox.clearScripts();
  inbox.script({ phase: "rcpt", recipient: "*@example.net", reply: "550 5.1.1 No such user", times: "always" });
  inbox.script({ phase: "rcpt", recipient: "*@*.example*", reply: "550 5.1.1 No such user", times: "always" });
  await story.operator.command(summer.id, "Send", "start");
  await story.operator.until(summer.id, ({ steps }) => steps.Send.status === "error", 60);
  const subjects = () => inbox.messages({ to: starter, q: "SUMMER26 · main · reg" }).map(({ subject }) => subject);
  await expect.poll(subjects, { timeout: 60_000 }).toContainEqual(expect.stringMatching(/ceiling of failures$/));
});

async function configureAccount(change: string, values?: Record<string, unknown>): Promise<void> {
  await story.stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: story.stack.tables.CONFIG_TABLE,
      Key: { pk: "account", sk: "retreat-office" },
      UpdateExpression: change,
      ...(values && { ExpressionAttributeValues: values }),
    }),
  );
}
