import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { expectAccessible, type ManagerStory, startManagerStory } from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(200);
  // A second administrator.
  await story.configure("user", "reader", { role: "admin", eventAccess: ["*"] });
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const refusals = /the server responded with a status of (409|422)/;

async function openSettings(path: string, user: "Ada Admin" | "Reed Reader" = "Ada Admin") {
  const { page, expects } = await story.visit(user, `/settings/${path}`);
  expects(refusals);
  await page.getByRole("button", { name: "Save" }).waitFor();
  return page;
}

/** A control is marked as wrong, and this sentence describes it. */
async function refuses(page: Page, role: "textbox" | "combobox", name: string | RegExp, sentence: RegExp) {
  await page.getByRole(role, { name, description: sentence }).first().waitFor();
}

const wrongValues: [path: string, field: string | RegExp, wrong: string, sentence: RegExp][] = [
  ["account/newsletter", "Mail server", "https://smtp.example.org/", /Did you mean smtp\.example\.org\?/],
  ["account/newsletter", "Port", "70000", /from 1 to 65535/],
  ["account/newsletter", /^Rate/, "0", /above 0/],
  ["account/newsletter", "Sender address", "office", /is not a mail address/],
  ["account/newsletter", "Replies at the daily limit", "limit (", /no regular expression/],
  ["event/RETREAT26", "Currency", "Euro", /three capital letters/],
  ["language/EN", "Language tag", "english!", /no language tag/],
  ["setting", "Time zone", "Berlin", /no time zone/],
  ["setting", "Failed share", "20", /20 % of the tried mails/],
  ["setting", "Allowed hashtags", "Two Words", /lower case/],
];

describe("acceptance 128: a wrong value is seen while it is typed, at its field, and nothing is saved", () => {
  test.each(wrongValues)("%s, %s: %s", async (path, field, wrong, sentence) => {
    const page = await openSettings(path);
    await page.getByRole("textbox", { name: field }).first().fill(wrong);
    await refuses(page, "textbox", field, sentence);
    await page.getByRole("button", { name: "Save" }).click();
    await page
      .getByRole("alert")
      .filter({ hasText: /^Fix 1 field/ })
      .waitFor();
    await page.getByText("Fix 1 field", { exact: true }).last().waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText("No changes").waitFor();
  });

  test("the summary leads to the field, and the forms are accessible", async () => {
    const page = await openSettings("account/newsletter");
    await expectAccessible(page, "form of an account");
    await page.getByRole("textbox", { name: "Port" }).fill("0");
    await page.getByRole("link", { name: /^Port: Enter a whole number/ }).click();
    await page.locator("#field-port:focus").waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
  });
});

describe("acceptance 129: two administrators at once", () => {
  test("the second save shows what the first changed, keeps the entries, and merges them", async () => {
    const [ada, ben] = [await openSettings("stage/reg"), await openSettings("stage/reg", "Reed Reader")];
    await ada.getByRole("textbox", { name: "Description" }).fill("Registration has opened");
    await ada.getByRole("button", { name: "Save" }).click();
    await ada.getByText("Saved.").waitFor();
    await ben.getByRole("textbox", { name: "Place in lists" }).fill("7");
    await ben.getByRole("button", { name: "Save" }).click();
    const notice = ben.getByRole("alert").filter({ hasText: "Changed by someone else meanwhile" });
    await notice.getByText("Registration has opened").waitFor();
    await notice.getByRole("button", { name: "Keep my entries on top" }).click();
    await ben.getByRole("button", { name: "Save" }).click();
    await ben.getByText("Saved.").waitFor();
    await ben.reload();
    expect(await ben.getByRole("textbox", { name: "Description" }).inputValue()).toBe("Registration has opened");
    expect(await ben.getByRole("textbox", { name: "Place in lists" }).inputValue()).toBe("7");
  });

  test("a save is undone, and an earlier version comes back by the form", async () => {
    const page = await openSettings("language/FR");
    await page.getByRole("textbox", { name: "Language tag" }).fill("fr-CA");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await vi.waitUntil(async () => (await page.getByRole("textbox", { name: "Language tag" }).inputValue()) === "fr");
    await page
      .getByRole("button", { name: /^Compare version/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog", { name: /restore of version/ });
    await dialog.getByText("fr-CA").waitFor();
    await dialog.getByRole("button", { name: "Put into the form" }).click();
    await page.getByText("Unsaved changes").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
  });
});

test("acceptance 130: a pool shows whom it accepts while it is edited, and why a person is refused", async () => {
  const page = await openSettings("pool/summer-audience");
  const effect = page.getByRole("region", { name: "Whom it accepts" });
  await effect.getByText(/^It accepts [\d,]+ of [\d,]+ people\.$/).waitFor({ timeout: 20_000 });
  const everyone = /^It accepts ([\d,]+) of \1 people\.$/;
  const before = await effect.getByRole("status").first().textContent();
  await page.getByRole("combobox", { name: "Attribute 1" }).selectOption({ label: "Everyone" });
  await effect.getByText(everyone).waitFor({ timeout: 20_000 });
  expect(before).not.toMatch(everyone);
  await effect
    .getByRole("button", { name: /^Why is/ })
    .first()
    .click();
  await effect.getByText(/is accepted/).waitFor();
  await expectAccessible(page, "form of a pool");
  await page.getByRole("button", { name: "Discard" }).click();
  await effect.getByText(before ?? "").waitFor({ timeout: 20_000 });
});

test("a prompt shows how it reads while it is edited, and where it is wrong", async () => {
  const page = await openSettings(`prompt/${encodeURIComponent("default#salutation#EN")}`);
  const effect = page.getByRole("region", { name: "How it reads" });
  const text = page.getByRole("textbox", { name: "Text" });
  await text.fill("Good morning *|FNAME|*");
  await effect
    .frameLocator("iframe")
    .getByText(/^Good morning \p{L}+/u)
    .waitFor({ timeout: 20_000 });
  await text.fill("Good morning\n*|NOPE|*");
  await effect.getByRole("button", { name: "Line 2, column 1" }).waitFor({ timeout: 20_000 });
  await page.getByRole("button", { name: "Discard" }).click();
});

test("a configuration file is compared, imported and undone by another file, on its page", async () => {
  const { page } = await story.visit("Ada Admin", "/settings/import");
  const file = (label: string) =>
    `emailAgentConfiguration: 1\ntesters:\n  press: { label: ${label}, email: press@example.org }\n`;
  const compare = async (text: string) => {
    await page.getByRole("textbox", { name: "Content of the file" }).fill(text);
    await page.getByRole("button", { name: "Show what would change" }).click();
  };
  await compare("emailAgentConfiguration: 1\ntesters:\n  press: { label: 5, mail: x }\n");
  await page
    .getByRole("alert")
    .getByText(/^Line 3, column \d+/)
    .first()
    .waitFor();
  await compare(file("Press office"));
  await page.getByText(/^1 new, 0 changed, 0 removed/).waitFor();
  await expectAccessible(page, "import");
  await page.getByRole("button", { name: "Import one change" }).click();
  await page.getByText(/^Nothing: all 1 items are as in the file/).waitFor();
  await compare(file("Newsroom"));
  await page.getByText(/^0 new, 1 changed, 0 removed/).waitFor();
  const row = page.getByRole("row", { name: /label/ });
  await row.getByText("Press office").waitFor();
  await row.getByText("Newsroom").waitFor();
});
