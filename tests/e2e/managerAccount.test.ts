import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(20);
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const open = (options = {}) => story.visit("Ada Admin", "/settings/account/newsletter", options);

test("an administrator checks an account, sends a trial mail with it, and sees its use", async () => {
  const { page, expects } = await open();
  // What was typed is no address.
  expects(/status of 422/);
  const panels = page.getByRole("region", { name: "This account now" });
  await panels.getByText("The senders have no reason to wait with it.").waitFor();
  await panels.getByRole("button", { name: "Check this account" }).click();
  await panels.getByText("Done: nothing to repair.").waitFor();
  const lines = panels.getByRole("region", { name: "Check" }).getByRole("listitem");
  await lines.filter({ hasText: "Envelope sender" }).getByText("Pass").waitFor();
  await lines.filter({ hasText: "DMARC" }).getByText("Not checked").waitFor();
  await expectAccessible(page, "account with its check");

  const sent = story.stack.inbox.messages().length;
  await panels.getByLabel("To", { exact: true }).fill("ada");
  await panels.getByRole("button", { name: "Send me a trial mail" }).click();
  await panels.getByText("Enter a mail address, as office@example.org.").waitFor();
  await panels.getByLabel("To", { exact: true }).fill("ada@example.net");
  await panels.getByRole("button", { name: "Send me a trial mail" }).click();
  await panels.getByText(/The mail server accepted it: "250/).waitFor();
  expect(story.stack.inbox.messages()).toHaveLength(sent + 1);
  await panels.getByText(/^1 of 200,000 mails/).waitFor();
});

test("an account is paused with a reason and resumed, on a phone too", async () => {
  const { page, expects } = await open({ viewport: { width: 390, height: 844 } });
  // Without a reason.
  expects(/status of 422/);
  const panels = page.getByRole("region", { name: "This account now" });
  await panels.getByRole("button", { name: "Pause this account" }).click();
  await panels.getByText(/^Say why in a few words/).waitFor();
  await panels.getByLabel("Reason").fill("Complaints came in");
  await panels.getByRole("button", { name: "Pause this account" }).click();
  await panels.getByText(/By Ada Admin.*Complaints came in/).waitFor();
  await expectAccessible(page, "paused account");
  await panels.getByRole("button", { name: "Resume" }).click();
  await panels.getByRole("button", { name: "Pause this account" }).waitFor();
});

test("a DKIM key is made, shown with its record, and used by force; its private half never comes to the browser", async () => {
  const bodies: string[] = [];
  const prepare = async (page: import("playwright-core").Page) =>
    void page.on("response", (response) => {
      if (response.url().includes("/api/"))
        response.text().then(
          (text) => bodies.push(text),
          () => undefined,
        );
    });
  const { page } = await open({ prepare });
  const keys = page.getByRole("region", { name: "DKIM keys" });
  await keys.getByText("In use: selector demo of example.org").waitFor();
  await keys.getByLabel("Selector").fill("mail2026");
  await keys.getByRole("button", { name: "Make a key" }).click();
  await keys.getByText("New: selector mail2026 of example.org, signs nothing yet").waitFor();
  await keys.getByText("mail2026._domainkey.example.org").waitFor();
  // The check says nothing of a domain for examples, so the key is not offered as seen.
  await keys.getByRole("button", { name: "Check now" }).click();
  await page
    .getByRole("region", { name: "Check" })
    .getByText(/^Done:/)
    .waitFor();
  await keys.getByRole("button", { name: "Use it without a check" }).click();
  await keys.getByText("In use: selector mail2026 of example.org").waitFor();
  expect(bodies.join("")).toContain("v=DKIM1");
  expect(bodies.join("")).not.toContain("PRIVATE KEY");
});
