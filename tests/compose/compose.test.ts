import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { deliveryLists } from "@email-agent/shared/adapters/deliveryLists.ts";
import { runs } from "@email-agent/shared/adapters/runs.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { driveStep } from "../../infra/local/demo/driveStep.ts";
import { reconcile } from "../../infra/local/demo/reconcile.ts";
import { countInbox } from "../../infra/local/demo/runDemo.ts";
import { enterStack } from "../../infra/local/stackAccess.ts";
import { cookieBrowser } from "../../services/manager/testing/cookieBrowser.ts";
import { type ComposeStack, startComposeStack } from "./composeStack.ts";

const participants = 300;
const senders = 3;
/** The slow account of the demo organisation: its rate, and the chunks a run works on at a time. */
const ratePerSecond = 20;
const chunkWorkers = 2;

let stack: ComposeStack;
let inside: Awaited<ReturnType<typeof enterStack>>;
const open = new AsyncDisposableStack();
beforeAll(async () => {
  stack = open.use(await startComposeStack({ senders, participants }));
  inside = await enterStack(stack.access, open);
});
afterAll(() => open.disposeAsync());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") process.stderr.write(`${await stack.trouble()}\n`);
});

async function orderOf(eventCode: string, stage: string): Promise<WorkOrder> {
  for await (const order of inside.orders.list())
    if (order.eventCode === eventCode && order.stage === stage) return order;
  throw new Error(`No order of ${eventCode} ${stage} was seeded.`);
}

async function complete(id: string, ...steps: StepName[]): Promise<OrderSnapshot> {
  for (const step of steps) {
    const ended = await driveStep(inside.operator, id, step, () => {});
    expect(ended.steps[step]).toMatchObject({ status: "complete" });
  }
  return inside.operator.seen(id) as OrderSnapshot;
}

const askInbox = async <Result>(path: string) =>
  (await (await fetch(`${stack.access.inboxUrl}/api/${path}`)).json()) as Result;

/** No one has two mails of a mailing, everyone is accounted for, and people in doubt are listed. */
async function expectReconciled(order: OrderSnapshot): Promise<void> {
  expect(await askInbox("duplicates?test=false")).toEqual({ duplicates: [] });
  const rows = reconcile(order, await countInbox(stack.access.inboxUrl));
  expect(rows.map(({ language, disagreements }) => ({ language, disagreements }))).toEqual(
    order.languages.map((language) => ({ language, disagreements: [] })),
  );
  const table = stack.access.tables.DELIVERIES_TABLE;
  const lists = deliveryLists(inside.aws, table, deliveries(inside.aws, stack.access.tables).getMany);
  for (const { language, inDoubt } of rows) {
    const listed = [];
    for await (const { items } of lists.needingAttention(mailingKey(order, language), "in-doubt", { limit: 100 }))
      listed.push(...items);
    expect(listed.length, `${language}: in doubt`).toBe(inDoubt);
  }
}

test("the demo runs through the containers, with three senders on one mailing", { timeout: 600_000 }, async () => {
  const before = await stack.containers("sender");
  expect(before).toHaveLength(senders);
  const told = await stack.demo();
  process.stdout.write(told);
  expect(told).toContain("Every number agrees.");
  // The senders that were there took part, and none has gone since.
  expect(await stack.containers("sender")).toEqual(before);
  await expectReconciled(inside.operator.seen((await orderOf("SUMMER26", "reg")).id) as OrderSnapshot);
});

test("acceptance 6: a sender container killed in the middle of Send, and the run goes on by itself", {
  timeout: 900_000,
}, async () => {
  const { operator } = inside;
  const { id } = await orderOf("RETREAT26", "reg");
  await complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const runId = await operator.command(id, "Send", "start");
  await operator.until(id, (order) => (order.steps.Send.counters?.sent ?? 0) >= ratePerSecond, 120);

  const victim = await eventually("a sender works on a chunk", () => senderAtWork(runId), { withinSeconds: 30 });
  await stack.docker("kill", victim);
  expect(await stack.docker("inspect", "-f", "{{.State.Running}}", victim)).toContain("false");
  await stack.docker("start", victim);

  const ended = await operator.until(id, (order) => order.steps.Send.status !== "working", 600);
  expect(ended.steps.Send).toMatchObject({ status: "complete", runId });
  // In doubt is at most what was claimed: one second of the account's rate per worker.
  expect(ended.steps.Send.counters?.inDoubt).toBeLessThanOrEqual(chunkWorkers * ratePerSecond);
  await expectReconciled(ended);
});

/** The container of a sender that has a chunk of the run in hand: a worker's name begins with that of its machine. */
async function senderAtWork(runId: string): Promise<string | undefined> {
  const containers = await stack.containers("sender");
  for await (const chunks of runs(inside.aws, stack.access.tables).list(runId))
    for (const { status, worker } of chunks) {
      const found = containers.find((container) => status === "issued" && worker?.startsWith(container.slice(0, 12)));
      if (found) return found;
    }
  return undefined;
}

test("a browser signs in at the issuer's public address and sees what was sent", { timeout: 60_000 }, async () => {
  const { managerUrl } = stack.access;
  const browser = cookieBrowser(managerUrl, fetch);
  const choice = await browser.go(`${managerUrl}/api/auth/sign-in`);
  expect(choice.text).toContain("Wren Writer");
  await browser.go(choice.url, { user: "writer" }, choice.url.origin);
  const { status, text } = await browser.go(`${managerUrl}/api/work-orders`);
  expect(status).toBe(200);
  expect(text).toContain("Sent: EN");
});

test("down and up again keep orders, mails and content", { timeout: 600_000 }, async () => {
  const before = await askInbox<object>("counts");
  await stack.down();
  await stack.up();
  expect(await askInbox("counts")).toEqual(before);

  // The link of a mail sent before shows it: its content came back into the bucket.
  const { messages } = await askInbox<{ messages: { id: number }[] }>("messages?test=false&limit=1");
  const { html } = await askInbox<{ html: string }>(`messages/${messages[0]?.id}`);
  const [view] = /http:\/\/127\.0\.0\.1:\d+\/view\/[\w.-]+/.exec(html) ?? [];
  const page = await fetch(view ?? "");
  expect(page.status).toBe(200);

  // People who were reached are not mailed again.
  const { id } = await orderOf("SUMMER26", "reg");
  await expectReconciled(await complete(id, "Send"));
  expect(await askInbox("counts")).toEqual(before);
});

test("LocalStack keeps the contracts the product relies on", { timeout: 600_000 }, async () => {
  const suites = ["dynamo", "queues", "objects"].map((name) => `infra/local/contract/${name}.io.test.ts`);
  const environment = { ...process.env, AWS_ENDPOINT_URL: stack.access.awsUrl, NO_COLOR: "1" };
  const told = await promisify(execFile)("vitest", ["run", "--testTimeout=120000", ...suites], { env: environment });
  expect(told.stdout).toMatch(/Test Files\D*3 passed/);
});

test("LocalStack restarted on its own: queues, topic and bucket come back, and commands are taken", {
  timeout: 300_000,
}, async () => {
  const { id } = await orderOf("SUMMER26", "confirm");
  const [localstack = ""] = await stack.containers("localstack");
  await stack.docker("restart", localstack);
  await eventually("the database answers again", () => inside.orders.get(id), { withinSeconds: 120 });
  const commandId = await inside.operator.command(id, "Count", "start");
  const ended = await inside.operator.until(id, (order) => order.steps.Count.status === "complete", 180);
  expect(ended.lastCommand).toMatchObject({ id: commandId, outcome: "accepted" });
});
