// `npm run screenshots`: the pictures of the README, from the demo organisation in a stack of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { driveStep } from "../infra/local/demo/driveStep.ts";
import { type LocalStack, startLocalStack } from "../infra/local/localStack.ts";
import type { Operator } from "../infra/local/operator.ts";
import { newPage, openBrowser, signIn } from "../tests/e2e/browser.ts";

const pictures = join(import.meta.dirname, "..", "docs", "images");
/** So many that a Send lasts long enough to be looked at. */
const participants = 8000;
const say = (text: string) => process.stdout.write(`${text}\n`);

const folder = mkdtempSync(join(tmpdir(), "email-agent-pictures-"));
try {
  await using stack = await startLocalStack({ dataFolder: folder, participants, onNews: say });
  await using operator = await stack.openOperator();
  const browser = await openBrowser();
  try {
    const { page } = await newPage(browser, { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 });
    await takePictures(stack, operator, page);
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
  await driveStep(operator, find("SUMMER26", "confirm"), "Count", () => {});
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

  const { counters } = (await stack.orders.get(mailing))?.steps["Dry-Run"] ?? {};
  await dialog.getByRole("textbox").fill(String(counters?.sent ?? 0));
  await dialog.getByRole("button", { name: /^Send/ }).click();
  await operator.until(mailing, ({ steps }) => (steps.Send.counters?.sent ?? 0) > 2500, 120);
  await page.waitForTimeout(1500);
  await picture(page, "sending");

  await page.goto(stack.managerUrl);
  await page.getByRole("table").waitFor();
  await page.waitForTimeout(500);
  await picture(page, "work-orders");
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  say(`docs/images/${name}.png`);
}
