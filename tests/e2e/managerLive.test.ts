import { setTimeout as pause } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";
import type { Page } from "playwright-core";
import { ulid } from "ulid";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  badge,
  expectAccessible,
  type ManagerStory,
  openStep,
  orderRow,
  recordLines,
  startManagerStory,
  startSend,
  stepPanel,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let story: ManagerStory;
beforeAll(async () => {
  story = await startManagerStory(200);
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const notAnswered = /Failed to load resource|WebSocket connection to/;

describe("acceptance 29: what a click shows at once", () => {
  test("acceptance 29: an older WebSocket message does not revert optimistic working, the newer one does", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const socket = scriptedSocket();
    const { page } = await story.visit("Wren Writer", `/work-orders/${id}`, { prepare: socket.attach });
    const panel = await openStep(page, "Count");
    const before = await readOrder(page, id);
    const account = (name: string) => page.getByRole("definition").filter({ hasText: new RegExp(`^${name}$`) });

    const onItsWay = Promise.withResolvers<void>();
    await page.route("**/commands", async (route) => {
      await onItsWay.promise;
      await route.continue();
    });

    await panel.getByRole("button", { name: "Start Count" }).click();
    await panel.getByText("Starting…").waitFor();
    // The same version again, then a newer one that knows nothing of the command: the account tells that both were read.
    socket.say({ ...before, account: "older" });
    socket.say({ ...before, version: before.version + 1, account: "newer" });
    await account("newer").waitFor();
    expect(await badge(panel, "Working").isVisible()).toBe(true);
    expect(await badge(panel, "Ready").count()).toBe(0);

    onItsWay.resolve();
    await badge(panel, "Complete").waitFor();
    await account("newsletter").waitFor();
  });

  test("a button that became Stop under the pointer ignores presses for a moment: a second Start stops nothing", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const socket = scriptedSocket();
    const visit = await story.visit("Wren Writer", `/work-orders/${id}?step=Count`, { prepare: socket.attach });
    const { page, expects } = visit;
    expects(notAnswered);
    const panel = await openStep(page, "Count");
    const before = await readOrder(page, id);
    const given: unknown[] = [];
    await page.route("**/commands", async (route) => {
      given.push(route.request().postDataJSON());
      await route.fulfill({ status: 409, json: { error: { code: "conflict", message: "Refused by the test." } } });
    });
    // The press that was meant for Start comes with the change itself, and again a moment later.
    await panel.evaluate((element: PanelElement) => {
      const press = () => element.querySelector("button[aria-label='Stop Count']")?.click();
      const { MutationObserver } = globalThis as unknown as { MutationObserver: PanelObserver };
      const observer = new MutationObserver(() => {
        if (!element.querySelector("button[aria-label='Stop Count']")) return;
        observer.disconnect();
        press();
        setTimeout(press, 100);
      });
      observer.observe(element, { subtree: true, childList: true, attributes: true });
    });
    const Count = { ...before.steps.Count, status: "working" as const, runId: ulid() };
    socket.say({ ...before, version: before.version + 1000, steps: { ...before.steps, Count } });
    const stop = panel.getByRole("button", { name: "Stop Count" });
    await stop.waitFor();
    await pause(900);
    expect(given).toEqual([]);
    await stop.press("Enter");
    await expect.poll(() => given).toMatchObject([{ step: "Count", action: "stop" }]);
  });

  test("acceptance 29: a failure of the API rolls back with its words", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const { page, expects } = await story.visit("Wren Writer", `/work-orders/${id}?step=Count`);
    expects(notAnswered);
    const panel = await openStep(page, "Count");
    await badge(panel, "Complete").waitFor();
    const answering = Promise.withResolvers<void>();
    await page.route("**/commands", async (route) => {
      await answering.promise;
      const message = "The table of work orders does not answer. Try again.";
      await route.fulfill({ status: 503, json: { error: { code: "unavailable", message } } });
    });

    await panel.getByRole("button", { name: "Restart Count" }).click();
    await badge(panel, "Working").waitFor();
    answering.resolve();
    await page.getByRole("alert").getByText("Start of Count failed").waitFor();
    await page.getByText("The table of work orders does not answer. Try again.").waitFor();
    await badge(panel, "Complete").waitFor();
    expect(await panel.getByRole("button", { name: "Restart Count" }).getAttribute("aria-disabled")).toBeNull();
  });

  test("acceptance 29: thirty seconds of silence roll back, say so, and read the order again", async () => {
    const { id } = await story.order("SUMMER26", "reg");
    const { page } = await story.visit("Wren Writer", `/work-orders/${id}?step=Count`, {
      prepare: (one) => one.clock.install(),
    });
    const panel = await openStep(page, "Count");
    await badge(panel, "Complete").waitFor();
    // Accepted, as the browser believes, but never judged.
    await page.route("**/commands", (route) => route.fulfill({ status: 202, json: { commandId: "x", version: 1 } }));
    const readAgain = () => page.waitForRequest((request) => new URL(request.url()).pathname.endsWith(id));

    await panel.getByRole("button", { name: "Restart Count" }).click();
    await badge(panel, "Working").waitFor();
    const lookedAgain = readAgain();
    await page.clock.fastForward(10_000);
    await lookedAgain;
    await page.clock.fastForward(19_000);
    expect(await badge(panel, "Working").isVisible()).toBe(true);
    const readAtTheEnd = readAgain();
    await page.clock.fastForward(1000);
    await page.getByRole("alert").getByText("Start of Count: not acknowledged").waitFor();
    await badge(panel, "Complete").waitFor();
    await readAtTheEnd;
  });
});

test("acceptance 30: after a connection gap the list and the page are right without reloading, and say so meanwhile", async () => {
  const retreat = await story.order("RETREAT26", "reg");
  const gone = await copyOf(retreat, "week2", "reg");
  const confirm = await story.order("SUMMER26", "confirm");
  const list = await story.visit("Wren Writer", "/");
  const order = await story.visit("Wren Writer", `/work-orders/${confirm.id}?step=Count`);
  for (const { page, expects } of [list, order]) {
    expects(notAnswered);
    await page.evaluate("globalThis.stillTheSamePage = true");
  }
  const connection = list.page.getByRole("status").filter({ hasText: /nected|Connecting/ });
  const banner = order.page.getByRole("status").filter({ hasText: "Reconnecting…" });
  await connection.getByText("Connected").waitFor();
  await order.page.getByRole("button", { name: "Start Count" }).waitFor();

  for (const { context } of [list, order]) await context.setOffline(true);
  await connection.getByText("Disconnected: this page may be out of date").waitFor();
  await banner.waitFor();
  expect(await order.page.getByRole("button", { name: "Start Count" }).getAttribute("aria-disabled")).toBe("true");
  await expectAccessible(order.page, "without connection");
  await copyOf(retreat, "week2", "confirm");
  await story.stack.orders.remove(gone);
  await story.complete(confirm.id, "Count");
  for (const { context } of [list, order]) await context.setOffline(false);

  await orderRow(list.page, "RETREAT26 week2 confirm").waitFor();
  await orderRow(list.page, "SUMMER26 main confirm").getByText("Next: Prepare").waitFor();
  expect(await orderRow(list.page, "RETREAT26 week2 reg").count()).toBe(0);
  await connection.getByText("Connected").waitFor();
  await banner.waitFor({ state: "hidden" });
  await badge(stepPanel(order.page, "Count"), "Complete").waitFor();

  await closeConnections();
  await connection.getByText(/Disconnected|Connecting/).waitFor();
  await connection.getByText("Connected").waitFor();
  await story.complete(confirm.id, "Prepare");
  await orderRow(list.page, "SUMMER26 main confirm").getByText("Next: Dry-Run").waitFor();
  for (const { page } of [list, order]) expect(await page.evaluate("globalThis.stillTheSamePage")).toBe(true);
});

describe("a slow Send in the browser", () => {
  /** People who read Spanish and are concerned by both events, by address: of a mailing they get EN first, SP later. */
  const spanishReaders = new Map<string, Participant>();
  const orders: WorkOrder[] = [];
  let unsubscribed: string[] = [];
  const mailingsOf = (address: string) =>
    story.stack.inbox.messages({ to: address, test: false }).map((mail) => mail.mailingKey);

  beforeAll(async () => {
    await story.configure("account", "retreat-office", { ratePerSecond: 200 });
    for await (const page of participants(story.stack.aws, story.stack.tables).pages())
      for (const one of page)
        if (one.writtenLangPref === "Spanish" && one.practice?.["newsletter"] && !one.programs?.["SUMMER26"]?.join)
          spanishReaders.set((one.email ?? "").toLowerCase(), one);
    // Each account waits ten seconds before its first mail, for a Redis that is new: both at the same time.
    for (const eventCode of ["RETREAT26", "SUMMER26"]) orders.push(await story.order(eventCode, "reg"));
    await Promise.all(orders.map(({ id }) => story.complete(id, "Count", "Prepare", "Dry-Run", "Test")));
  });

  test("acceptance 26: opening the link of a mail changes nothing, pressing or posting it spares the mails to come", async () => {
    const { inbox } = story.stack;
    const { page } = await story.visit("Wren Writer", `/work-orders/${orders[0]?.id}?step=Send`);
    slowDown(100);
    await startSend(page);
    const [asked, posted] = await firstLinks();
    // Their Spanish mails are to come only when both are unsubscribed.
    slowDown(1000);

    expect((await fetch(posted.link)).status).toBe(200);
    expect(await isUnsubscribed(posted.address)).toBe(false);
    expect((await postOneClick(posted.link)).status).toBe(200);
    expect(await isUnsubscribed(posted.address)).toBe(true);

    const reader = await story.visit("visitor", new URL(asked.link).pathname);
    await reader.page
      .getByRole("heading", { name: "Do you want to stop receiving e-mails from Example Community?" })
      .waitFor();
    expect(await isUnsubscribed(asked.address)).toBe(false);
    await reader.page.getByRole("button", { name: "Unsubscribe" }).click();
    await reader.page.getByRole("heading", { name: "You are unsubscribed" }).waitFor();
    expect(await isUnsubscribed(asked.address)).toBe(true);
    unsubscribed = [asked.address, posted.address];

    for (const address of unsubscribed) expect(mailingsOf(address)).toEqual(["RETREAT26_week1_reg_EN"]);
    inbox.clearScripts();
    await badge(stepPanel(page, "Send-Once"), "Complete").waitFor({ timeout: 30_000 });
    for (const address of unsubscribed) expect(mailingsOf(address)).toEqual(["RETREAT26_week1_reg_EN"]);
    const reconciliation = page.getByRole("region", { name: "Reconciliation" });
    await reconciliation.getByRole("button", { name: "Skipped in SP: 2." }).click();
    const list = page.getByRole("dialog", { name: /^Skipped by the last Send/ });
    await list
      .getByRole("cell", { name: "Unsubscribed; gets only service mail of events they booked" })
      .nth(1)
      .waitFor();
  });

  test("Stop shows that it stops, then Interrupted, and no further mail begins; Start goes on without duplicates", async () => {
    const { inbox } = story.stack;
    const { page } = await story.visit("Wren Writer", `/work-orders/${orders[1]?.id}?step=Send`);
    const panel = stepPanel(page, "Send-Once");
    const arrived = () => inbox.messages({ test: false }).filter(({ mailingKey }) => mailingKey.startsWith("SUMMER"));
    slowDown(400);
    await startSend(page);
    await vi.waitUntil(() => arrived().length > 10, { timeout: 15_000 });

    const lines = await recordLines(panel);
    await panel.getByRole("button", { name: "Stop Send-Once" }).click();
    await badge(panel, "Interrupted").waitFor();
    expect(await lines()).toContainEqual(expect.stringMatching(/Stopping…$/));
    // What was on the wire may still land; then nothing, for as long as twelve would have taken.
    await pause(500);
    const landed = arrived().length;
    await pause(1200);
    expect(arrived().length).toBe(landed);
    // What was on the wire is counted again, and nothing else on the page says another number.
    const reconciliation = page.getByRole("region", { name: "Reconciliation" });
    const sentIn = (language: string) => {
      const { length } = inbox.messages({ mailing: `SUMMER26_main_reg_${language}`, test: false });
      return reconciliation.getByRole("button", { name: new RegExp(`^Sent in ${language}: ${length}\\.`) });
    };
    for (const language of ["EN", "DE", "SP"]) await sentIn(language).waitFor();
    await expect
      .poll(() => panel.getByText(new RegExp(`^${landed} sent$`)).count(), { message: "bar and progress" })
      .toBe(2);

    inbox.clearScripts();
    await startSend(page);
    await badge(panel, "Complete").waitFor({ timeout: 30_000 });
    expect(inbox.duplicates({ test: false })).toEqual([]);
    expect(arrived().length).toBeGreaterThan(landed + 50);
    for (const language of ["EN", "DE", "SP"]) {
      await sentIn(language).waitFor();
      await reconciliation.getByRole("row", { name: new RegExp(`^${language} .*yes`) }).waitFor();
    }
  });

  test("acceptance 26: who unsubscribed gets nothing of another order either", () => {
    for (const address of unsubscribed) expect(mailingsOf(address)).toEqual(["RETREAT26_week1_reg_EN"]);
    const others = [...spanishReaders.keys()].filter((address) => !unsubscribed.includes(address));
    expect(others.filter((address) => mailingsOf(address).length === 4).length).toBeGreaterThan(3);
  });

  /** The mail server takes this long for each mail. */
  function slowDown(delayMilliseconds: number): void {
    story.stack.inbox.clearScripts();
    story.stack.inbox.script({ phase: "dot", delayMilliseconds, times: "always" });
  }

  /** The one-click links of the first two mails to Spanish readers. */
  async function firstLinks() {
    const { inbox } = story.stack;
    const mails = await vi.waitUntil(
      () => {
        const found = inbox.messages({ mailing: "RETREAT26_week1_reg_EN", test: false });
        const [one, other] = found.filter(({ to }) => spanishReaders.has(to[0] ?? ""));
        return one && other && ([one, other] as const);
      },
      { timeout: 15_000 },
    );
    const linkOf = async ({ id, to }: (typeof mails)[number]) => {
      const { headers } = await inbox.parsed(id);
      const link = /<(http[^>]+)>/.exec(headers.find(({ key }) => key === "list-unsubscribe")?.value ?? "")?.[1];
      return { address: to[0] ?? "", link: link ?? "" };
    };
    return [await linkOf(mails[0]), await linkOf(mails[1])] as const;
  }

  /** What a mail program does when its own button is pressed (RFC 8058). */
  const postOneClick = (link: string) =>
    fetch(link, {
      method: "POST",
      body: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      redirect: "manual",
    });

  async function isUnsubscribed(address: string): Promise<boolean> {
    const { id = "" } = spanishReaders.get(address) ?? {};
    return (await participants(story.stack.aws, story.stack.tables).get(id))?.unsubscribe === true;
  }
});

/** Another order with the settings of this one. */
async function copyOf(order: WorkOrder, subEvent: string, stage: string): Promise<WorkOrder> {
  const { version: _, createdAt: __, updatedAt: ___, ...fields } = order;
  return story.stack.orders.create({ ...fields, id: `wo-${ulid()}`, subEvent, stage, steps: readySteps() });
}

/** What an order is now, as the page would read it. */
async function readOrder(page: Page, id: string): Promise<OrderSnapshot> {
  return (await page.request.get(`${story.stack.managerUrl}/api/work-orders/${id}`)).json();
}

/** The gateway ends every connection, as API Gateway does after two hours. */
async function closeConnections(): Promise<void> {
  const { aws, tables, access } = story.stack;
  const { Items = [] } = await aws.dynamo.send(new ScanCommand({ TableName: tables.CONNECTIONS_TABLE }));
  const managementUrl = access.webSocketUrl.replace(/^ws/, "http");
  for (const { connectionId } of Items)
    await fetch(`${managementUrl}/@connections/${encodeURIComponent(connectionId)}`, {
      method: "DELETE",
      headers: { authorization: "AWS4-HMAC-SHA256" },
    });
}

/** A WebSocket among whose messages others can be put. */
interface PanelElement {
  querySelector(selector: string): { click(): void } | null;
}
type PanelObserver = new (
  changed: () => void,
) => { observe(element: PanelElement, what: object): void; disconnect(): void };

function scriptedSocket() {
  let send: (text: string) => void = () => {};
  return {
    attach: (page: Page) =>
      page.routeWebSocket(/./, (socket) => {
        send = (text) => socket.send(text);
        socket.connectToServer();
      }),
    say(order: OrderSnapshot) {
      const { id: workOrderId, version } = order;
      send(JSON.stringify({ v: 1, type: "work-order.snapshot", workOrderId, version, order }));
    },
  };
}
