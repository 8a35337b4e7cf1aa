import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const starter = "writer@example.org";
const team = "team@example.org";

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(120);
  await story.configure("setting", "notices", { value: { addresses: [team], account: "" } });
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

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
