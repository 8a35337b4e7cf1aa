import { randomBytes } from "node:crypto";
import { statusTopic } from "@email-agent/shared/adapters/statusTopic.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { orderSnapshotSchema } from "@email-agent/shared/messages/statusEvent.ts";
import type { Browser, Page } from "playwright-core";
import { ulid } from "ulid";
import { testerIds } from "../../infra/local/demo/people.ts";
import { newPage, openBrowser, signIn } from "../e2e/browser.ts";
import { type BenchStack, openBenchStack } from "./benchStack.ts";
import { atLeast, below, type Figure, median, percentile, plain } from "./figures.ts";

const listed = 1000;
const starts = 15;
const updates = 30;
const burstSeconds = 5;
const burstPerSecond = 1000;

/** What an operator waits for in the browser: the list, a click, an update; and how heavy the pages are. */
export async function manager(say: (text: string) => void): Promise<Figure[]> {
  await using bench = await openBenchStack(500);
  await bench.putAccount({ name: "bench" });
  await using browser = asyncDisposable(await openBrowser());
  const { page } = await newPage(browser.it, { reducedMotion: "no-preference" });
  await signIn(page, bench.stack.managerUrl, "Wren Writer");
  await page.getByRole("table").waitFor();
  return [
    ...(await list(bench, page, say)),
    ...(await clicks(bench, page, say)),
    ...(await arrivals(bench, page, say)),
    ...(await frames(bench, page, say)),
    ...(await weights(bench, browser.it, say)),
  ];
}

/** A thousand orders in the table, the browser's cache empty of them: from the navigation to the first rows. */
async function list({ stack }: BenchStack, page: Page, say: (text: string) => void): Promise<Figure[]> {
  const made = Array.from({ length: listed }, (_, n) => n);
  for (let from = 0; from < made.length; from += 25)
    await Promise.all(made.slice(from, from + 25).map((n) => createListed(stack.orders, n)));
  const times: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    const startedAt = performance.timeOrigin + performance.now();
    await page.goto(stack.managerUrl, { waitUntil: "commit" });
    times.push((await page.evaluate<number>(whenRows(30))) - startedAt);
  }
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
  say(`list of ${listed}: rows after ${times.map(Math.round).join(", ")} ms`);
  return [below("manager", `list of ${listed} work orders, opened to rows, median`, median(times), 1000, "ms")];
}

function createListed(orders: BenchStack["stack"]["orders"], n: number): Promise<WorkOrder> {
  return orders.create({
    id: `wo-${ulid()}`,
    eventCode: "SUMMER26",
    subEvent: "main",
    stage: `listed-${String(n).padStart(4, "0")}`,
    languages: ["EN", "DE", "SP"],
    subjects: { EN: `Subject ${n} in English`, DE: `Betreff ${n}`, SP: `Asunto ${n}` },
    account: "newsletter",
    steps: readySteps(),
    createdBy: "writer",
    updatedBy: "writer",
  });
}

/** Start clicked: how soon `working` is seen, and how soon it is the server's own word. */
async function clicks(bench: BenchStack, page: Page, say: (text: string) => void): Promise<Figure[]> {
  const confirmed = new Map<string, number>();
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const message = JSON.parse(String(payload)) as { order?: { lastCommand?: { id?: string } } };
      const id = message.order?.lastCommand?.id;
      if (id && !confirmed.has(id)) confirmed.set(id, performance.now());
    }),
  );
  const [shown, judged]: [number[], number[]] = [[], []];
  for (let n = 0; n < starts; n += 1) {
    const orderId = await bench.createOrder("bench");
    await page.goto(`${bench.stack.managerUrl}/work-orders/${orderId}?step=Count`);
    const button = page.getByRole("button", { name: /^Start/, disabled: false });
    await button.waitFor();
    // The notifier learns of a new connection within two seconds.
    await pause(2100);
    const posted = page.waitForRequest((request) => request.url().endsWith("/commands") && request.method() === "POST");
    const clickedAt = performance.now();
    await button.click();
    await page.getByRole("button", { name: /^Stop|^Restart/ }).waitFor();
    shown.push(performance.now() - clickedAt);
    const { commandId } = (await posted).postDataJSON() as { commandId: string };
    while (!confirmed.has(commandId)) await pause(5);
    judged.push(confirmed.get(commandId)! - clickedAt);
  }
  say(`start clicked: working seen after ${inWords(shown)}; confirmed by the WebSocket after ${inWords(judged)}`);
  return [
    plain(
      "manager",
      `Start clicked → working seen (with the robot's own time), median of ${starts}`,
      median(shown),
      "ms",
    ),
    below("manager", "Start clicked → confirmed over the WebSocket, median", median(judged), 500, "ms"),
    plain("manager", "… p95", percentile(judged, 0.95), "ms"),
  ];
}

/** A service writes progress: how long until its text is on the page. */
async function arrivals(bench: BenchStack, page: Page, say: (text: string) => void): Promise<Figure[]> {
  const orderId = await bench.createOrder("bench");
  await openOrder(bench, page, orderId);
  const times: number[] = [];
  for (let n = 0; n < updates; n += 1) {
    const words = `Progress ${randomBytes(4).toString("hex")}`;
    const seen = page.evaluate<number>(whenSeen(words));
    await pause(300);
    const writtenAt = performance.timeOrigin + performance.now();
    await bench.stack.orders.write(orderId, { set: [[["steps", "Count", "message"], words]], remove: [], when: [] });
    times.push((await seen) - writtenAt);
  }
  say(`progress written by a service: on the page after ${inWords(times)}`);
  return [
    below("manager", `update written by a service → on the page, median of ${updates}`, median(times), 300, "ms"),
    plain("manager", "… p95", percentile(times, 0.95), "ms"),
  ];
}

/** A thousand updates a second of one order, through topic, notifier and WebSocket: does the page keep its frames? */
async function frames(bench: BenchStack, page: Page, say: (text: string) => void): Promise<Figure[]> {
  const orderId = await bench.createOrder("bench");
  await openOrder(bench, page, orderId);
  const order = (await bench.stack.orders.get(orderId))!;
  const idle = await frameRate(page, 2);
  const counting = frameRate(page, burstSeconds);
  const published = await burst(bench, order);
  const busy = await counting;
  say(`${published} updates in ${burstSeconds} s: ${busy.toFixed(1)} frames a second (idle: ${idle.toFixed(1)})`);
  return [
    plain("manager", `updates of one order published in ${burstSeconds} s`, published, ""),
    atLeast("manager", "frames a second meanwhile, against those of the idle page", busy / idle, 0.95, "×"),
    plain("manager", "… the idle page", idle, "/s"),
  ];
}

async function burst(bench: BenchStack, order: WorkOrder): Promise<number> {
  const topic = statusTopic(bench.stack.aws, { STATUS_TOPIC_ARN: bench.stack.access.statusTopicArn });
  const { command: _, ...snapshot } = order;
  const endAt = performance.now() + burstSeconds * 1000;
  let version = order.version;
  let published = 0;
  const startedAt = performance.now();
  while (performance.now() < endAt) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * burstPerSecond) - (version - order.version);
    const batch = Array.from({ length: Math.min(50, Math.max(0, due)) }, () => {
      version += 1;
      const count = { status: "working" as const, message: `Message ${version}` };
      return topic.publish({
        v: 1,
        type: "work-order.snapshot",
        workOrderId: order.id,
        eventCode: order.eventCode,
        version,
        at: new Date().toISOString(),
        order: orderSnapshotSchema.parse({ ...snapshot, version, steps: { ...snapshot.steps, Count: count } }),
      });
    });
    const writes = await Promise.allSettled(batch);
    published += writes.filter(({ status }) => status === "fulfilled").length;
    if (batch.length === 0) await pause(2);
  }
  return published;
}

function frameRate(page: Page, seconds: number): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    let frames = 0;
    const startedAt = performance.now();
    const onFrame = () => {
      frames += 1;
      const passed = performance.now() - startedAt;
      if (passed < ${seconds * 1000}) requestAnimationFrame(onFrame);
      else resolve((frames * 1000) / passed);
    };
    requestAnimationFrame(onFrame);
  })`);
}

/** Script for the page: resolves with the instant (epoch milliseconds) of the frame in which the text is there. */
function whenSeen(words: string): string {
  return `new Promise((resolve) => {
    const look = () =>
      document.body.textContent.includes(${JSON.stringify(words)})
        ? resolve(performance.timeOrigin + performance.now())
        : requestAnimationFrame(look);
    look();
  })`;
}

/** Script for the page: resolves with the instant (epoch milliseconds) of the frame in which the table has more than `rows` rows. */
function whenRows(rows: number): string {
  return `new Promise((resolve) => {
    const look = () =>
      document.querySelectorAll("tbody tr").length > ${rows}
        ? resolve(performance.timeOrigin + performance.now())
        : requestAnimationFrame(look);
    look();
  })`;
}

async function openOrder(bench: BenchStack, page: Page, orderId: string): Promise<void> {
  await page.goto(`${bench.stack.managerUrl}/work-orders/${orderId}?step=Count`);
  await page.getByRole("button", { name: /^Start/, disabled: false }).waitFor();
  await pause(2100);
}

/** What each page loads of JavaScript by itself, opened for the first time: compressed, as it came over the wire. */
async function weights(bench: BenchStack, browser: Browser, say: (text: string) => void): Promise<Figure[]> {
  const { page } = await newPage(browser);
  // An administrator sees every page.
  await signIn(page, bench.stack.managerUrl, "Ada Admin");
  const storageState = await page.context().storageState();
  await page.context().close();
  const order = `/work-orders/${await bench.createOrder("bench")}`;
  const paths = {
    list: "/",
    order,
    new: "/work-orders/new",
    edit: `${order}/edit`,
    preview: `${order}/preview`,
    templates: "/templates",
    people: "/people",
    person: `/people/${testerIds[0]}`,
    import: "/people/import",
    reports: "/reports",
    // An event with few mailings: all of the orders made here are of the other one.
    report: "/reports/RETREAT26",
    settings: "/settings",
    account: "/settings/account/newsletter",
    pool: "/settings/pool/oath",
    prompt: "/settings/prompt/retreat-week1",
    tester: "/settings/add/tester",
  };
  const figures: Figure[] = [];
  for (const [name, path] of Object.entries(paths)) {
    const fresh = await newPage(browser, { storageState });
    const javascript = countJavaScript(fresh.page);
    await fresh.page.goto(bench.stack.managerUrl + path);
    await fresh.page.getByRole("heading", { level: 1 }).waitFor();
    // What is fetched ahead comes when the page is complete.
    await fresh.page.waitForLoadState("networkidle");
    await pause(1500);
    figures.push(
      below("manager", `JavaScript of the page ${name}, compressed`, (await javascript()) / 1000, 250, "kB"),
    );
    await fresh.page.context().close();
  }
  say(`JavaScript: ${figures.map(({ figure }, n) => `${Object.keys(paths)[n]} ${figure}`).join(", ")}`);
  return figures;
}

/** Bytes of script that came over the wire; what came from the cache has a negative size. */
function countJavaScript(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    const isScript = request.resourceType() === "script" || new URL(request.url()).pathname.endsWith(".js");
    if (isScript) sizes.push(request.sizes().then(({ responseBodySize }) => Math.max(0, responseBodySize)));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function asyncDisposable<It extends { close(): Promise<void> }>(it: It) {
  return { it, [Symbol.asyncDispose]: () => it.close() };
}

const inWords = (values: readonly number[]): string => {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(Math.round);
  return `${middle} ms (median; ${least} to ${most})`;
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
