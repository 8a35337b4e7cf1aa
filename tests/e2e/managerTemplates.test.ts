import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { demoTemplates } from "../../infra/local/demo/templates.ts";
import { zipOf } from "../../services/manager/testing/zipOf.ts";
import {
  badge,
  expectAccessible,
  type ManagerStory,
  openStep,
  orderRow,
  runStep,
  startManagerStory,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(60);
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const name = "SUMMER26-main-reg-EN";
const path = `/templates/${name}`;
const good = demoTemplates().find((template) => template.name === name)?.html ?? "";
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const editor = (page: Page) => page.getByRole("textbox", { name: "HTML of the template" });
const findings = (page: Page) => page.getByRole("region", { name: "Findings" });

/** Replaces the whole text in the editor, as by pasting. */
async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

async function openTemplate(user: "Wren Writer" | "Reed Reader") {
  const visit = await story.visit(user, path);
  await editor(visit.page).waitFor();
  return visit;
}

test("acceptance 116: a zip is uploaded, its findings repaired in the editor, the mail seen for a person, and Prepare takes it", async () => {
  const { page } = await story.visit("Wren Writer", "/templates");
  await page.getByText("No templates are kept here yet").waitFor();
  await page.getByRole("button", { name: "New template" }).click();
  const dialog = page.getByRole("dialog", { name: "New template" });
  await dialog.waitFor();
  const broken = good.replace("<p>#reglink</p>", '<p>Dear *|FNAM|*</p><img src="images/dot.png" alt="A dot">');
  const buffer = zipOf({ "mail/index.html": broken, "mail/images/dot.png": picture, "mail/notes.txt": "x" });
  await page.locator("input[type=file]").setInputFiles({ name: `${name}.zip`, mimeType: "application/zip", buffer });
  await dialog.getByText(`Its name: ${name}`).waitFor();
  await expectAccessible(page, "new template");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.waitForURL((url) => url.pathname === path);

  await findings(page).getByText("1 error: Prepare does not publish it so.").waitFor();
  expect(await page.locator(".cm-lint-marker-error").count()).toBe(1);
  await expectAccessible(page, "editor with findings");
  await findings(page)
    .getByRole("button", { name: /^line \d+$/ })
    .click();
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("HTML of the template");

  const text = (await editor(page).textContent()) ?? "";
  const address = /http\S+\/media\/[0-9a-f]{64}\.png/.exec(text)?.[0] ?? "";
  const image = await fetch(address);
  expect([image.status, image.headers.get("content-type")]).toEqual([200, "image/png"]);

  const repaired = good.replace("<p>#reglink</p>", `<p>#reglink</p><img src="${address}" alt="A dot">`);
  await write(page, repaired);
  await findings(page).getByText("No findings.").waitFor();
  await page.getByText("Not saved yet.").waitFor();
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByRole("combobox", { name: "Shown for" }).fill("an");
  const person = preview.getByRole("option").first();
  const shown = ((await person.locator("p").first().textContent()) ?? "").trim();
  await person.click();
  const frame = preview.frameLocator("iframe");
  await frame
    .getByText(`Dear ${shown.split(" ")[0]}`)
    .first()
    .waitFor();
  await frame.locator(`img[src="${address}"]`).waitFor();

  await page.getByRole("link", { name: "← Templates" }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).getByText("Stay", { exact: true }).click();
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByText("Version 2 is saved.").waitFor();

  await page.goto(`${story.stack.managerUrl}/`);
  await orderRow(page, "SUMMER26 main reg").getByRole("link", { name: "SUMMER26", exact: true }).click();
  await runStep(page, "Count");
  await runStep(page, "Prepare");
  const panel = await openStep(page, "Prepare");
  await badge(panel, "Complete").waitFor();
  await panel.getByText(/From the bucket: EN \(version 2\)\. From Mailchimp: /).waitFor();
  await page.goto(`${story.stack.managerUrl}/templates`);
  const row = page.getByRole("row", { name: new RegExp(`^${name} `) }).first();
  await row.getByText("published: version 2").waitFor();
  await page.getByRole("table", { name: "Prepared from elsewhere" }).waitFor();
  await expectAccessible(page, "templates");
});

test("a user who may only read sees text, findings, preview and versions, and can change nothing", async () => {
  const { page } = await openTemplate("Reed Reader");
  await findings(page).getByText("No findings.").waitFor();
  await editor(page).click();
  await page.keyboard.insertText("something");
  expect(await editor(page).textContent()).not.toContain("something");
  for (const action of ["Save", "Delete", "Replace by file", "Copy to …"])
    expect(await page.getByRole("button", { name: action }).count()).toBe(0);
  await page.getByRole("button", { name: "Versions (2)" }).click();
  await page.getByRole("dialog").getByRole("region", { name: "Version 1 and version 2" }).waitFor();
  expect(await page.getByRole("button", { name: /^Restore/ }).count()).toBe(0);
});

test("acceptance 115: two editors of a template lose nothing: the second one sees both texts and decides", async () => {
  const first = await openTemplate("Wren Writer");
  const second = await openTemplate("Wren Writer");
  second.expects(/the server responded with a status of 409/);
  await write(first.page, good.replace("our page", "the first page"));
  await first.page.getByRole("button", { name: "Save" }).click();
  await first.page.getByText("Version 3 is saved.").waitFor();

  await write(second.page, good.replace("our page", "the second page"));
  await second.page.getByRole("button", { name: "Save" }).click();
  const dialog = second.page.getByRole("dialog", { name: "Saved by someone else meanwhile" });
  const both = dialog.getByRole("region", { name: "Their text and yours" });
  await both.getByText("the first page").waitFor();
  await both.getByText("the second page").waitFor();
  await expectAccessible(second.page, "conflict");
  await dialog.getByRole("button", { name: "Back to my text" }).last().click();
  expect(await editor(second.page).textContent()).toContain("the second page");
  await second.page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Save mine as the next version" }).click();
  await second.page.getByText("Version 4 is saved.").waitFor();
});

test("acceptance 117: a version is compared and restored, and a deleted template comes back", async () => {
  const { page } = await openTemplate("Wren Writer");
  await page.getByRole("button", { name: "Versions (4)" }).click();
  const dialog = page.getByRole("dialog", { name: `Versions of ${name}` });
  await dialog.getByRole("region", { name: "Version 3 and version 4" }).getByText("the first page").waitFor();
  await expectAccessible(page, "versions");
  await dialog.getByRole("button", { name: "Restore version 3" }).click();
  await page.getByText("Version 5 is saved.").waitFor();
  expect(await editor(page).textContent()).toContain("the first page");

  await page.getByRole("button", { name: "Delete" }).click();
  const asked = page.getByRole("dialog", { name: "Delete this template?" });
  await asked.getByRole("link", { name: "SUMMER26 · main · reg" }).waitFor();
  await asked.getByRole("button", { name: "Delete" }).click();
  await page.getByText("This template is deleted").waitFor();
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await page.getByText("Version 7 is saved.").waitFor();
});
