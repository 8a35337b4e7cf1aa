// `npm run screenshots`: the pictures of the README and the handbook, from the demo organisation in a stack of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { driveStep } from "../infra/local/demo/driveStep.ts";
import { demoTemplates } from "../infra/local/demo/templates.ts";
import { type LocalStack, startLocalStack } from "../infra/local/localStack.ts";
import type { Operator } from "../infra/local/operator.ts";
import { newPage, openBrowser, signIn } from "../tests/e2e/browser.ts";

const pictures = join(import.meta.dirname, "..", "docs", "images");
/** So many that a Send lasts long enough to be looked at. */
const participants = 3000;
const shape = { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 };
const say = (text: string) => process.stdout.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), "email-agent-pictures-"));
try {
  await using stack = await startLocalStack({ dataFolder: folder, participants, onNews: say });
  await using operator = await stack.openOperator();
  const browser = await openBrowser();
  try {
    const { page } = await newPage(browser, shape);
    await takePictures(stack, operator, page);
    await peopleAndTemplates(stack, page);
    const { page: ofAdmin } = await newPage(browser, shape);
    await signIn(ofAdmin, stack.managerUrl, "Ada Admin");
    await settings(stack, ofAdmin);
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function takePictures(stack: LocalStack, operator: Operator, page: Page): Promise<void> {
  const orders = await Array.fromAsync(stack.orders.list());
  const find = (event: string, stage: string) =>
    orders.find(({ eventCode, stage: own }) => eventCode === event && own === stage)?.id ?? "";
  const mailing = find("SUMMER26", "reg");
  await signIn(page, stack.managerUrl, "Wren Writer");
  await findings(stack, operator, page, find("SUMMER26", "confirm"));
  await driveStep(operator, find("RETREAT26", "reg"), "Count", () => {});
  await driveStep(operator, find("RETREAT26", "reg"), "Prepare", () => {});
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"] as const)
    await driveStep(operator, mailing, step, () => {});

  await page.goto(`${stack.managerUrl}/work-orders/${mailing}/preview`);
  await page.frameLocator("iframe").first().locator("body").waitFor();
  await page.waitForTimeout(1000);
  await picture(page, "preview");

  await page.goto(`${stack.managerUrl}/work-orders/${mailing}?step=Send`);
  await page.getByRole("button", { name: /^Start/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").waitFor();
  await picture(page, "go-no-go");

  // One mail without a reply to it, and three that are refused.
  stack.inbox.script({ phase: "dot", cut: "close", skip: 200 });
  stack.inbox.script({ phase: "rcpt", reply: "550 5.1.1 The email account does not exist", every: 150, times: 3 });
  const { counters } = (await stack.orders.get(mailing))?.steps["Dry-Run"] ?? {};
  await dialog.getByRole("textbox").fill(String(counters?.sent ?? 0));
  await dialog.getByRole("button", { name: /^Send/ }).click();
  await operator.until(mailing, ({ steps }) => (steps.Send.counters?.sent ?? 0) > 900, 300);
  await page.waitForTimeout(1500);
  await picture(page, "sending");

  await page.goto(stack.managerUrl);
  await page.getByRole("table").waitFor();
  await page.waitForTimeout(500);
  await picture(page, "work-orders");

  await operator.until(mailing, ({ steps }) => steps.Send.status === "complete", 600);
  await page.goto(`${stack.managerUrl}/work-orders/${mailing}?step=Send`);
  await page.getByRole("region", { name: "Reconciliation" }).getByRole("table").waitFor();
  await page.getByRole("region", { name: "Reconciliation" }).scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await picture(page, "reconciliation");

  await page
    .getByRole("button", { name: /in doubt in/ })
    .first()
    .click();
  await page
    .getByRole("button", { name: /^Resolve: / })
    .first()
    .click();
  await page.getByRole("button", { name: "It was received" }).waitFor();
  await picture(page, "in-doubt");
  await report(stack, page);
}

/** The report of the event, after some of its mails came back. */
async function report(stack: LocalStack, page: Page): Promise<void> {
  const { url } = stack.inbox;
  const listed = await fetch(`${url}/api/messages?limit=20&test=false`);
  const { messages } = (await listed.json()) as { readonly messages: readonly { readonly id: number }[] };
  for (const [index, { id }] of messages.entries())
    await fetch(`${url}/api/messages/${id}/return?kind=${index % 4 === 0 ? "hard" : "soft"}`, { method: "POST" });
  // Until the last of them was taken.
  await page.waitForTimeout(5000);
  await page.goto(`${stack.managerUrl}/reports/SUMMER26`);
  await page.getByText(/^Deliveries counted/).waitFor();
  await page.waitForTimeout(500);
  await picture(page, "report");
}

/** People and templates, after a mailing: one person with what became of every mailing, and the editor with its preview. */
async function peopleAndTemplates(stack: LocalStack, page: Page): Promise<void> {
  const open = async (path: string) => {
    await page.goto(`${stack.managerUrl}${path}`);
    await page.waitForTimeout(3000);
  };
  await open("/people?q=fitzgerald");
  await picture(page, "people");
  await page.getByRole("main").getByRole("table").getByRole("link").first().click();
  await page.getByRole("table", { name: "Mailings", exact: true }).waitFor();
  await page.waitForTimeout(1000);
  await picture(page, "person");

  await open("/templates");
  await page.getByRole("button", { name: "New template" }).click();
  const dialog = page.getByRole("dialog", { name: "New template" });
  const name = "SUMMER26-main-reg-EN";
  const html = demoTemplates().find((template) => template.name === name)?.html ?? "";
  const buffer = Buffer.from(html);
  await page.locator("input[type=file]").setInputFiles({ name: `${name}.html`, mimeType: "text/html", buffer });
  await dialog.getByText(`Its name: ${name}`).waitFor();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.frameLocator("iframe").first().locator("body").waitFor();
  await page.waitForTimeout(2000);
  await picture(page, "template");
}

async function settings(stack: LocalStack, page: Page): Promise<void> {
  await page.goto(`${stack.managerUrl}/settings/pool/summer-audience`);
  const effect = page.getByRole("region", { name: "Whom it accepts" });
  await effect.getByText(/^It accepts [\d,]+ of [\d,]+ people\.$/).waitFor();
  await effect
    .getByRole("button", { name: /^Why is/ })
    .first()
    .click();
  await effect.getByText(/is accepted/).waitFor();
  await effect.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await picture(page, "pool");
  await page.goto(`${stack.managerUrl}/settings/account/newsletter`);
  await page.getByRole("button", { name: "Check this account" }).click();
  await page.getByText(/^Done: /).waitFor();
  await page.getByRole("region", { name: "Check" }).scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  await picture(page, "account");
}

/** Prepare of content with faults: a condition that is not closed, a link that leads nowhere, and no link to the meeting. */
async function findings(stack: LocalStack, operator: Operator, page: Page, order: string): Promise<void> {
  const faulty = [
    "<p>Dear *|FNAME|*,</p>",
    "<p>your place is confirmed. *|IF:COUNTRY=Spain|*Nos vemos pronto.</p>",
    '<p><a href="www.example.org/programme">Programme</a></p>',
  ];
  const html = `<html>\n<body>\n${faulty.join("\n")}\n</body>\n</html>`;
  stack.mailchimp.putTemplate({ name: "SUMMER26-main-confirm-EN", html });
  await driveStep(operator, order, "Count", () => {});
  await driveStep(operator, order, "Prepare", () => {});
  await page.goto(`${stack.managerUrl}/work-orders/${order}?step=Prepare`);
  await page.getByRole("cell", { name: "✕ Error" }).first().waitFor();
  await page
    .getByText(/^Connecting/)
    .first()
    .waitFor({ state: "hidden" });
  await picture(page, "findings");
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  say(`docs/images/${name}.png`);
}
