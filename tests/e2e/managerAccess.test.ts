import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { stepNames, stepStatuses } from "@email-agent/shared/domain/steps.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { keepAliveSeconds } from "@email-agent/shared/kit/keepAlive.ts";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { users } from "../../infra/local/demo/organisation.ts";
import { testerIds } from "../../infra/local/demo/people.ts";
import { demoTemplates } from "../../infra/local/demo/templates.ts";
import { recipientLooks, statusWord } from "../../services/manager/src/ui/shell/statusLooks.ts";
import {
  badge,
  expectAccessible,
  type ManagerStory,
  openStep,
  orderRow,
  startManagerStory,
  stepPanel,
} from "./managerStory.ts";

// Browsers, six processes and other stories share the machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let story: ManagerStory;
let summer: WorkOrder;
let retreat: WorkOrder;
beforeAll(async () => {
  story = await startManagerStory(60);
  summer = await story.order("SUMMER26", "reg");
  retreat = await story.order("RETREAT26", "reg");
});
afterEach(() => story?.endVisits());
afterAll(() => story?.[Symbol.asyncDispose]());

const appFolder = join(import.meta.dirname, "..", "..", "services", "manager", "src", "app");
const refused = /the server responded with a status of 4\d\d/;

/** Every route of the API, as Next.js finds them, but for signing in and out itself: method and path of this order. */
function routes({ id }: WorkOrder) {
  return globSync("api/**/route.ts", { cwd: appFolder })
    .filter((file) => !file.startsWith(join("api", "auth")))
    .flatMap((file) => {
      const path = file.replaceAll("\\", "/").replace(/\/route\.ts$/, "");
      const filled = path.replace("[id]", id).replace("[participantId]", testerIds[0] ?? "");
      const methods = readFileSync(join(appFolder, file), "utf8").matchAll(
        /^export (?:const|async function) ([A-Z]+)/gm,
      );
      return [...methods].map(([, method = ""]) => ({
        method,
        path: `/${filled}`,
        hasOrder: path.startsWith("api/work-orders/[id]"),
      }));
    });
}
type Route = ReturnType<typeof routes>[number];

/** What these routes answer to a request of the page one is on. */
function statuses(page: Page, asked: readonly Route[]): Promise<Record<string, number>> {
  return page.evaluate(async (list) => {
    const answers = list.map(async ({ method, path }) => {
      const body = method === "GET" ? {} : { body: "{}", headers: { "content-type": "application/json" } };
      return [`${method} ${path}`, (await fetch(path, { method, ...body })).status] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }, asked);
}

const all = (asked: readonly Route[], status: number) =>
  Object.fromEntries(asked.map(({ method, path }) => [`${method} ${path}`, status]));

describe("who is not signed in", () => {
  test("finds every page behind the sign-in, every route of the API closed, and the public pages open", async () => {
    const { page, expects } = await story.visit("visitor", "/");
    expects(refused);
    await page.getByRole("heading", { name: "Email Manager" }).waitFor();
    const pages = globSync("(signed-in)/**/page.tsx", { cwd: appFolder }).map((file) =>
      `/${file
        .replaceAll("\\", "/")
        .replace(/^\(signed-in\)\//, "")
        .replace(/\/?page\.tsx$/, "")}`.replace("[id]", summer.id),
    );
    expect(pages.length).toBeGreaterThan(4);
    for (const path of pages) {
      await page.goto(`${story.stack.managerUrl}${path}?list=send`);
      await page.getByRole("link", { name: "Sign in" }).waitFor();
      expect(new URL(page.url()).pathname, path).toBe("/sign-in");
      expect(new URL(page.url()).searchParams.get("returnTo"), path).toBe(`${path}?list=send`);
    }
    await expectAccessible(page, "sign-in");
    const closed = routes(summer);
    expect(closed.length).toBeGreaterThan(20);
    expect(await statuses(page, closed)).toEqual(all(closed, 401));

    const open = async (path: string) => (await page.request.get(`${story.stack.managerUrl}${path}`)).status();
    expect(await open("/healthz")).toBe(200);
    // A load balancer that lets go of idle connections earlier never sends a request into one that is being closed.
    const { headers } = await fetch(`${story.stack.managerUrl}/healthz`);
    expect(headers.get("keep-alive")).toBe(`timeout=${keepAliveSeconds}`);
    for (const path of ["/u/no-token", "/view/no-token"]) {
      expect(await open(path)).toBe(404);
      const reader = await story.visit("visitor", path);
      reader.expects(refused);
      await reader.page.getByRole("heading", { name: "This link does not work" }).waitFor();
    }
  });

  test("sees why when the organisation knows them and Config does not", async () => {
    const Key = { pk: "user", sk: "reader" };
    await story.stack.aws.dynamo.send(new DeleteCommand({ TableName: story.stack.tables.CONFIG_TABLE, Key }));
    const { page } = await story.visit("visitor", "/");
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: /^Reed Reader/ }).click();
    await page.getByRole("heading", { name: "No access yet" }).waitFor();
    await page.getByText("reader", { exact: true }).waitFor();
    await expectAccessible(page, "no access");
    await story.configure("user", "reader", users.find(({ id }) => id === "reader") ?? {});
  });
});

test("pages have the colours of the system from their first sight, and those the user chose afterwards", async () => {
  const { page } = await story.visit("Wren Writer");
  const { page: visitors } = await story.visit("visitor");
  // What the first element of the body met: a scheme set later would flash.
  const recorder = `new MutationObserver(() => {
    if (document.body) globalThis.firstScheme ??= document.documentElement.dataset.mantineColorScheme;
  }).observe(document, { childList: true, subtree: true })`;
  const shownOn = (one: Page): Promise<string[]> =>
    one.evaluate(
      "[firstScheme, document.documentElement.dataset.mantineColorScheme, getComputedStyle(document.body).backgroundColor]",
    );
  const shown = () => shownOn(page);
  const dark = ["dark", "dark", "rgb(36, 36, 36)"];
  const light = ["light", "light", "rgb(255, 255, 255)"];
  for (const one of [visitors, page]) {
    await one.addInitScript(recorder);
    for (const [colorScheme, colours] of [["light", light] as const, ["dark", dark] as const]) {
      await one.emulateMedia({ colorScheme });
      await one.goto(story.stack.managerUrl);
      expect(await shownOn(one), `${one.url()}, ${colorScheme}`).toEqual(colours);
    }
  }
  await orderRow(page, "SUMMER26 main reg").waitFor();
  await page.emulateMedia({ colorScheme: "light" });
  await expect.poll(shown).toEqual(["dark", ...light.slice(1)]);
  const choose = async () => {
    await page.getByRole("button", { name: "Wren Writer" }).click();
    await page.getByRole("menuitem", { name: "Light or dark" }).click();
  };
  await choose();
  await expect.poll(shown).toEqual(dark);
  await page.reload();
  expect(await shown()).toEqual(dark);
  // Back at that of the system, pages follow it again.
  await orderRow(page, "SUMMER26 main reg").waitFor();
  await choose();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(async () => (await shown())[1]).toBe("dark");
});

test("everything works by keyboard alone, with the focus always in sight", async () => {
  await story.complete(summer.id, "Count", "Prepare", "Dry-Run");
  const { page } = await story.visit("visitor", "/");
  await tabTo(page, page.getByRole("link", { name: "Sign in" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: /^Wren Writer/ }));
  await page.keyboard.press("Enter");
  const row = orderRow(page, "SUMMER26 main reg");
  await row.waitFor();
  await expectAccessible(page, "list");
  const actions = row.getByRole("button", { name: "Actions for SUMMER26 main reg" });
  await tabTo(page, actions);
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu", { name: "Actions for SUMMER26 main reg" });
  await expect.poll(() => hasFocus(menu.getByRole("menuitem", { name: "Edit" }))).toBe(true);
  await page.keyboard.press("ArrowUp");
  expect(await hasFocus(menu.getByRole("menuitem", { name: "Delete …" }))).toBe(true);
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Delete SUMMER26 main reg?" });
  await question.waitFor();
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "hidden" });
  await expect.poll(() => hasFocus(actions)).toBe(true);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await question.waitFor();
  // Beside the question, where no row lies below it either.
  await page.mouse.click(20, 700);
  await question.waitFor({ state: "hidden" });
  await expect.poll(() => hasFocus(actions)).toBe(true);
  expect(new URL(page.url()).pathname).toBe("/");
  await page.keyboard.press("Enter");
  await expectAccessible(page, "menu of an order");
  // A press beside the menu closes it, and does not open the work order that lies there.
  await row.getByRole("cell", { name: "newsletter" }).click();
  await menu.waitFor({ state: "hidden" });
  expect(new URL(page.url()).pathname).toBe("/");
  await actions.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  await expect.poll(() => hasFocus(actions)).toBe(true);
  await tabTo(page, row.getByRole("link", { name: "SUMMER26" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "SUMMER26 · main · reg" }).waitFor();

  const steps = page.getByRole("navigation", { name: "Steps of this work order" });
  await tabTo(page, steps.getByRole("link", { name: /Dry-Run/ }));
  await page.keyboard.press("Enter");
  const open = page.getByRole("button", { name: /^Recipients in EN, \d+$/ });
  await tabTo(page, open);
  await page.keyboard.press("Enter");
  const list = page.getByRole("dialog", { name: /^Who would be mailed/ });
  await list.getByRole("row").nth(3).waitFor();
  expect(await list.evaluate((element: Focusable) => element.contains(element.ownerDocument.activeElement))).toBe(true);
  await tabTo(page, list.getByRole("searchbox", { name: "Search" }));
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "hidden" });
  await expect.poll(() => hasFocus(open)).toBe(true);

  await tabTo(page, steps.getByRole("link", { name: /Count/ }), "Shift+Tab");
  await page.keyboard.press("Enter");
  const count = stepPanel(page, "Count");
  await tabTo(page, count.getByRole("button", { name: "Restart Count" }));
  const before = (await story.order("SUMMER26", "reg")).steps.Count.runId;
  await page.keyboard.press("Enter");
  await story.operator.until(
    summer.id,
    ({ steps: { Count } }) => Count.runId !== before && Count.status === "complete",
    20,
  );
  await badge(count, "Complete").waitFor();
});

test("a first visit explains itself, and a list that cannot be read says so and comes by itself", async () => {
  let answer: { readonly status: number; readonly json: object } | undefined = {
    status: 200,
    json: { orders: [], unreadable: 2 },
  };
  const { page, expects } = await story.visit("Wren Writer", "/", {
    prepare: async (one) => {
      await one.route("**/api/work-orders", (route) => (answer ? route.fulfill(answer) : route.continue()));
      // News of the orders that are there would put them into the list.
      await one.routeWebSocket(/.*/, (socket) => void socket.connectToServer().onMessage(() => {}));
    },
  });
  expects(/the server responded with a status of 503/);
  await page.getByRole("heading", { name: "No work order yet" }).waitFor();
  await page.getByRole("link", { name: "Create the first work order" }).waitFor();
  await page.getByText("2 items cannot be shown").waitFor();
  await expectAccessible(page, "first visit");
  const away = { status: 503, json: { error: { code: "away", message: "The table of work orders does not answer." } } };
  const notRead = page.getByRole("alert").getByText("The table of work orders does not answer.");
  answer = away;
  await page.reload();
  await notRead.waitFor();
  answer = undefined;
  await orderRow(page, "SUMMER26 main reg").waitFor();
  await notRead.waitFor({ state: "hidden" });
  answer = away;
  await page.reload();
  await notRead.waitFor();
  await expectAccessible(page, "list that cannot be read");
});

describe("the preview", () => {
  test("shows every language as it will arrive, for anybody, at two widths, and fetches pictures only when asked", async () => {
    const { stack } = story;
    const picture = "https://pictures.invalid/fire.png";
    putTemplate("SUMMER26-main-reg-EN", `<img src="${picture}" alt="The fire">`);
    await story.complete(summer.id, "Count", "Prepare");
    /** Why the picture was not there: the browser did not even ask for it (`csp`), or nothing responded. */
    const failures: (string | undefined)[] = [];
    const { page, expects } = await story.visit("Wren Writer", `/work-orders/${summer.id}/preview`, {
      prepare: async (one) => {
        await one.route(picture, (route) => route.abort());
        one.on("requestfailed", (request) => {
          if (request.url() === picture) failures.push(request.failure()?.errorText);
        });
      },
    });
    expects(/net::ERR|Content Security Policy/, /^https:\/\/pictures\.invalid\//);
    const inbox = page.getByRole("region", { name: "In the inbox" });
    await inbox.getByText(/^Registration: .*, join us this summer$/).waitFor();
    await inbox.getByText("Registration for the Summer Gathering is open").waitFor();
    await page.getByText("Published", { exact: true }).waitFor();
    const phone = page.frameLocator("iframe[title='The mail on a phone']");
    const desktop = page.frameLocator("iframe[title='The mail on a desktop']");
    for (const frame of [phone, desktop])
      await frame.getByRole("heading", { name: "Summer Gathering: registration is open" }).waitFor();
    expect(failures).toEqual(["csp", "csp"]);
    await expectAccessible(page, "preview");
    await page.getByRole("radiogroup", { name: "Width" }).getByText("Phone").click();
    await page.getByTitle("The mail on a desktop").waitFor({ state: "hidden" });
    await page.getByRole("switch", { name: /^Load images/ }).click();
    await vi.waitUntil(() => failures.some((failure) => failure !== "csp"));

    await page.getByRole("tab", { name: /^DE/ }).click();
    await inbox.getByText(/^Anmeldung: .*, sei diesen Sommer dabei$/).waitFor();
    const person = page.getByRole("combobox", { name: "Shown for" });
    await person.fill("Jürgen");
    const option = page.getByRole("option", { name: /^Jürgen/ }).first();
    const [name = ""] = /^Jürgen \S+/.exec((await option.getByRole("paragraph").first().textContent()) ?? "") ?? [];
    await expectAccessible(page, "people found");
    await page.keyboard.press("Escape");
    await option.waitFor({ state: "hidden" });
    await person.fill("Jürgen");
    await option.waitFor();
    // Enter must not choose a person found for other letters.
    await person.fill("Jürgen Q");
    await page.keyboard.press("Enter");
    expect(await person.inputValue()).toBe("Jürgen Q");
    await person.fill("Jürgen");
    await page.getByRole("status").filter({ hasText: "Searching" }).waitFor({ state: "hidden" });
    await option.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await inbox.getByText("Anmeldung: Jürgen, sei diesen Sommer dabei").waitFor();
    await phone.getByText(`Liebe(r) ${name}`).waitFor();
    await page.getByRole("tab", { name: "Text part" }).click();
    await page.getByRole("region", { name: "Text part" }).getByText("https://register.example.org").first().waitFor();
    await page.getByRole("tab", { name: "Headers" }).click();
    await page.getByRole("row", { name: /^List-Unsubscribe-Post List-Unsubscribe=One-Click/ }).waitFor();
    expect(stack.inbox.messages({})).toEqual([]);
  });

  test("marks in a draft what Prepare refused, at its line", async () => {
    const confirm = await story.order("SUMMER26", "confirm");
    putTemplate("SUMMER26-main-confirm-DE", "<p>Hallo *|NOPE|*</p>");
    await story.complete(confirm.id, "Count");
    await story.operator.command(confirm.id, "Prepare", "start");
    await story.operator.until(confirm.id, (order) => order.steps.Prepare.status === "error", 30);
    const { page } = await story.visit("Wren Writer", `/work-orders/${confirm.id}?step=Prepare`);
    const panel = await openStep(page, "Prepare");
    await panel.getByRole("row", { name: /Error DE .*NOPE/ }).waitFor();
    await expectAccessible(page, "order page with findings");
    await page.getByRole("link", { name: "Preview", exact: true }).click();
    await page.getByRole("tab", { name: /^DE/ }).click();
    await page.getByText("Prepare found errors").waitFor();
    await page.getByRole("tab", { name: /^Source and findings/ }).click();
    const source = page.getByRole("region", { name: "Source of the template" });
    await source.locator("mark").filter({ hasText: "*|NOPE|*" }).waitFor();
    expect(await source.locator("mark").count()).toBe(1);
    await source.getByText(/✕ Error .*NOPE/).waitFor();
    await page
      .getByRole("navigation", { name: "Findings" })
      .getByRole("link", { name: /^line \d+, column \d+$/ })
      .click();
    await expectAccessible(page, "preview of a draft");
  });

  function putTemplate(name: string, added: string): void {
    const template = demoTemplates().find((one) => one.name === name)!;
    story.stack.mailchimp.putTemplate({ ...template, html: template.html.replace("<h1>", `${added}\n<h1>`) });
  }
});

describe("who may only read, and only one event", () => {
  test("sees that event with masked addresses, and no button that changes anything can be pressed", async () => {
    await story.complete(summer.id, "Dry-Run");
    const { page } = await story.visit("Reed Reader", "/");
    await orderRow(page, "SUMMER26 main reg").waitFor();
    expect(await page.getByRole("row", { name: /RETREAT26/ }).count()).toBe(0);
    await page.getByText("2 work orders", { exact: true }).waitFor();
    await page.getByText("Read Only", { exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "New work order" }).count()).toBe(0);
    await page.getByRole("button", { name: "Actions for SUMMER26 main reg" }).click();
    await page.getByText("Read Only: you cannot change anything").waitFor();
    for (const action of ["Edit", "Archive", "Delete …"])
      expect(await page.getByRole("menuitem", { name: action }).isDisabled(), action).toBe(true);
    await page.keyboard.press("Escape");
    await orderRow(page, "SUMMER26 main reg").getByRole("link", { name: "SUMMER26", exact: true }).click();

    for (const step of ["Count", "Prepare", "Dry-Run"]) {
      const panel = await openStep(page, step);
      const reason = "Your role is Read Only: you cannot start or stop steps.";
      const button = panel.getByRole("button", { name: `Restart ${step}`, description: reason });
      await button.waitFor();
      await button.click({ force: true });
      expect(await badge(panel, "Working").count()).toBe(0);
    }
    await page.getByRole("button", { name: /^Recipients in EN/ }).click();
    const list = page.getByRole("dialog", { name: /^Who would be mailed/ });
    await list.getByRole("row").nth(3).waitFor();
    const addresses = await list.getByRole("cell", { name: /@/ }).allInnerTexts();
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(address).toMatch(/^.…@/);
    await list.getByText("You do not have the right to export.").waitFor();
    expect(await list.getByRole("link", { name: "Download CSV" }).count()).toBe(0);

    await page.goto(`${story.stack.managerUrl}/work-orders/${summer.id}/edit`);
    await page.getByRole("alert").getByText("Your role lets you look at work orders, not change them.").waitFor();
    expect(await page.getByRole("textbox", { name: /^Subject in English/ }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Save" }).count()).toBe(0);
  });

  test("acceptance 32: can change nothing through the API, export nothing, and of other events finds nothing", async () => {
    const { page, expects } = await story.visit("Reed Reader", `/work-orders/${retreat.id}`);
    expects(refused);
    await page.getByRole("heading", { name: "Not found, or no access" }).waitFor();
    await expectAccessible(page, "no such order");
    // None changes what others see: a ticket lets one listen, the check judges a form, a preview shows a text, a report is
    // counted for those who may see the event, and notices are a user's own.
    const previews = ["/api/templates/preview", "/api/templates/preview/html"];
    const own = ["/api/notices", "/api/reports/[event]/count"];
    const harmless = ["/api/realtime/ticket", "/api/work-orders/check", ...previews, ...own];
    const changing = routes(summer).filter(({ method, path }) => method !== "GET" && !harmless.includes(path));
    expect(changing.length).toBeGreaterThan(8);
    expect(await statuses(page, changing)).toEqual(all(changing, 403));
    const foreign = routes(retreat).filter(({ method, hasOrder }) => method === "GET" && hasOrder);
    expect(foreign.length).toBeGreaterThan(8);
    expect(await statuses(page, foreign)).toEqual(all(foreign, 404));
    const csv = { method: "GET", path: `/api/work-orders/${summer.id}/recipients.csv?list=dry-run&language=EN` };
    expect(await statuses(page, [{ ...csv, hasOrder: true }])).toEqual(all([{ ...csv, hasOrder: true }], 403));
    const after = await story.stack.orders.get(summer.id);
    expect(after?.updatedBy).not.toBe("reader");

    const nowhere = await story.visit("Reed Reader", "/no-such-page");
    nowhere.expects(refused);
    await nowhere.page.getByRole("heading", { name: "Page not found" }).waitFor();
    await expectAccessible(nowhere.page, "no such page");
  });
});

/** Presses Tab until this has the focus, and sees to it that the focus can be seen. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  const without = await target.evaluate(lookOf);
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press(key);
    if (await hasFocus(target)) break;
  }
  expect(await hasFocus(target), `${target} can be reached by ${key}`).toBe(true);
  await expect.poll(() => target.evaluate(lookOf), { message: `${target} shows its focus` }).not.toBe(without);
}

interface Focusable {
  readonly ownerDocument: { readonly activeElement: unknown; readonly defaultView: StyledWindow };
  contains(other: unknown): boolean;
}
interface StyledWindow {
  getComputedStyle(element: unknown): { readonly outline: string; readonly borderColor: string };
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element: Focusable) => element.ownerDocument.activeElement === element);
}

/** What of an element tells the eye that it has the focus. */
function lookOf(element: Focusable): string {
  const { outline, borderColor } = element.ownerDocument.defaultView.getComputedStyle(element);
  return `${outline} ${borderColor}`;
}

test("acceptance 96: an operator finds every step, status and reason that pages show explained on one page", async () => {
  const { page } = await story.visit("Reed Reader");
  await page.getByRole("banner").getByRole("link", { name: "Glossary" }).click();
  await page.getByRole("heading", { name: "Glossary", level: 1 }).waitFor();
  const shown = [
    ...stepNames,
    ...[...stepStatuses, "a later one"].map(statusWord),
    ...Object.values(recipientLooks).map(({ word }) => word),
    ...[...skipReasons, "send-until", "no-record", "not-confirmed"].map(skipReasonWords),
  ];
  expect(await page.getByRole("term").allTextContents()).toEqual(expect.arrayContaining(shown));
  await expectAccessible(page, "glossary");

  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(story.stack.managerUrl);
  await page.getByRole("button", { name: "Reed Reader" }).click();
  await page.getByRole("menuitem", { name: "Glossary" }).press("Enter");
  await page.getByRole("heading", { name: "Glossary", level: 1 }).waitFor();
});
