import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { Temporal } from "temporal-polyfill";
import { afterAll, beforeAll, expect, test } from "vitest";
import { announceStack } from "../../infra/local/stackAccess.ts";
import { ops as run } from "../../scripts/ops/testing.ts";
import { nextChanges } from "./clockChanges.ts";
import { type Story, startStory } from "./story.ts";

const stack = new AsyncDisposableStack();
let story: Story;
let folder: string;

beforeAll(async () => {
  story = stack.use(await startStory(60));
  folder = await mkdtemp(join(tmpdir(), "email-agent-ops-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  stack.use(announceStack(folder, story.stack.access));
}, 120_000);
afterAll(() => stack.disposeAsync());

const ops = (...args: string[]) => run([...args, "--data", folder, "--as", "olga"]);
async function json(...args: string[]) {
  const { out, err, code } = await ops(...args, "--json");
  expect(out, err).not.toBe("");
  return { code, value: JSON.parse(out) };
}

test("acceptance 172: a whole mailing by the command line: each step is started as by the pages, a Send with its number", {
  timeout: 180_000,
}, async () => {
  const { id } = await story.order("SUMMER26", "reg");
  const early = await ops("orders", "start", id, "Send", "--confirm", "5", "--yes");
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining("Send needs Test to be complete") });
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"]) {
    const ended = await ops("orders", "start", id, step, "--wait", "--yes");
    expect(ended, ended.err).toMatchObject({ code: 0, out: expect.stringContaining(`${step} is complete`) });
  }
  const dry = await ops("orders", "start", id, "Send", "--dry-run");
  expect(dry.code, dry.err).toBe(0);
  const [, number = ""] = /(\d+) mails would be sent now/.exec(dry.err) ?? [];
  expect(Number(number)).toBeGreaterThan(20);
  expect(await ops("orders", "start", id, "Send", "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining(`add --confirm ${number}`),
  });
  const wrong = await ops("orders", "start", id, "Send", "--confirm", "3", "--yes");
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining(`${number} mails would be sent now, not 3`) });
  expect(story.stack.inbox.counts({ test: false })).toEqual([]);

  const sent = await json("orders", "start", id, "send", "--confirm", number, "--yes", "--wait");
  expect(sent).toMatchObject({
    code: 0,
    value: { step: "Send", status: "complete", counters: { sent: Number(number) } },
  });
  const lines = await Array.fromAsync(audit(story.stack.aws, story.stack.tables).lines(id, "C"));
  expect(lines.at(-1)).toMatchObject({ by: "olga", data: { step: "Send", confirmedRecipients: Number(number) } });

  const listed = await json("orders", "list", "--event", "SUMMER26");
  expect(listed.value).toContainEqual(expect.objectContaining({ id, steps: expect.anything() }));
  expect((await ops("orders", "list")).out).toMatch(/^ID +Event +Sub-event +Stage +Count/);
  const shown = await ops("orders", "show", id);
  expect(shown.out).toMatch(/Send +complete +\d+ /);
  expect(shown.out).toMatch(/ UTC {2}Started Send \(olga\)/);
  expect(`${shown.out}${JSON.stringify(listed.value)}`).not.toMatch(/[\w.]@[\w.]+/);
});

test("a stop is given and waited for; what does not exist is named", { timeout: 180_000 }, async () => {
  const { id, account } = await story.order("RETREAT26", "reg");
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"])
    expect(await ops("orders", "start", id, step, "--wait", "--yes")).toMatchObject({ code: 0 });
  const [, number = ""] = /(\d+) mails would/.exec((await ops("orders", "start", id, "Send", "--dry-run")).err) ?? [];
  // It waits for its account, however slow this machine is.
  expect(await ops("accounts", "pause", account, "--reason", "a test", "--yes")).toMatchObject({ code: 0 });
  expect(await ops("orders", "start", id, "Send", "--confirm", number, "--yes")).toMatchObject({ code: 0 });
  const running = await json("orders", "list", "--running");
  expect(running.value.map((order: { id: string }) => order.id)).toEqual([id]);
  expect(await ops("orders", "stop", id, "Send", "--yes", "--wait")).toMatchObject({
    code: 0,
    out: expect.stringContaining("Send is interrupted: Stopped by a user."),
  });
  expect(await ops("accounts", "resume", account, "--yes")).toMatchObject({ code: 0 });
  expect(await ops("orders", "stop", id, "Send", "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("there is nothing to stop"),
  });
  const [unknown, step, number2] = await Promise.all([
    ops("orders", "show", "wo-1"),
    ops("orders", "start", id, "Sned", "--yes"),
    ops("orders", "start", id, "Send", "--confirm", "many"),
  ]);
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("There is no work order wo-1.") });
  expect(step).toMatchObject({ code: 2, err: expect.stringContaining("The steps are Count, Prepare, Dry-Run") });
  expect(number2).toMatchObject({ code: 2, err: expect.stringContaining("Give a whole number.") });
});

test("a Send is scheduled by the rules of the page, moved and cancelled", { timeout: 300_000 }, async () => {
  const { id } = await story.order("RETREAT26", "reg");
  for (const step of ["Count", "Prepare", "Dry-Run", "Test"])
    expect(await ops("orders", "start", id, step, "--wait", "--yes")).toMatchObject({ code: 0 });
  const zone = "Europe/Vienna";
  const shown = (time: Temporal.PlainDateTime) => time.toString({ smallestUnit: "minute" }).replace("T", " ");
  const schedule = (at: string, ...more: string[]) =>
    ops("orders", "schedule", id, "Send", "--at", at, "--zone", zone, ...more);
  const morning = Temporal.Now.plainDateISO(zone).add({ days: 20 }).toPlainDateTime("08:00");
  const startOf = (time: Temporal.PlainDateTime) =>
    new Date(time.toZonedDateTime(zone).epochMilliseconds).toISOString();
  const stored = async () => (await story.stack.orders.get(id))?.steps.Send;

  const { gap, fold } = nextChanges(zone);
  const refusals = await Promise.all([
    schedule(shown(gap), "--yes"),
    schedule("2026-01-01 08:00", "--yes"),
    schedule("tomorrow", "--yes"),
    ops("orders", "schedule", id, "Send", "--at", shown(morning), "--zone", "Europe/Wien", "--yes"),
    ops("orders", "schedule", id, "Count", "--at", shown(morning), "--yes"),
  ]);
  expect(refusals.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
  // The first line says where it works.
  expect(refusals.map(({ err }) => err.trim().split("\n").slice(1).join(" "))).toEqual([
    expect.stringMatching(
      / does not exist in Europe\/Vienna, because the clocks go forward then: enter [\d:]+ or [\d:]+\.$/,
    ),
    expect.stringMatching(
      /^The start time 2026-01-01T07:00:00\.000Z has passed: choose one in the future, or start now\.$/,
    ),
    '"tomorrow" is not a time: enter a date and a time.',
    '"Europe/Wien" is not a time zone: use a name such as Europe/Berlin.',
    "Count cannot be scheduled: only Send can. Start it now.",
  ]);
  expect((await ops("orders", "schedule", id, "Send", "--yes")).code).toBe(2);
  expect((await schedule(shown(fold), "--dry-run")).err).toContain("the earlier one counts");

  const dry = await schedule(shown(morning), "--dry-run");
  const [, number = ""] = /`--confirm (\d+)` schedules it/.exec(dry.err) ?? [];
  expect({ code: dry.code, number: Number(number) }, dry.err).toEqual({ code: 0, number: expect.any(Number) });
  expect(Number(number)).toBeGreaterThan(0);
  expect((await schedule(shown(morning), "--confirm", "1000000", "--yes")).err).toContain("mails would be sent now");
  expect(await schedule(shown(morning), "--yes")).toMatchObject({ code: 1, err: expect.stringContaining("--confirm") });
  expect((await stored())?.scheduled).toBeUndefined();

  for (const start of [morning, morning.add({ hours: 2 })]) {
    const done = await schedule(shown(start), "--confirm", number, "--yes");
    expect(done, done.err).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Send is scheduled for ${shown(start)}`),
    });
    expect(await stored()).toMatchObject({
      status: "sleeping",
      scheduled: { at: startOf(start), by: "olga" },
      confirmedRecipients: Number(number),
    });
  }
  expect(await ops("orders", "stop", id, "Send", "--yes", "--wait")).toMatchObject({ code: 0 });
  const cancelled = await stored();
  expect(cancelled?.status).not.toBe("sleeping");
  expect(cancelled?.scheduled).toBeUndefined();
});

test("accounts are paused and resumed with a reason, and their quota is shown", { timeout: 60_000 }, async () => {
  const { value: accounts } = await json("accounts", "list");
  const { account } = await story.order("SUMMER26", "reg");
  const used = accounts.find(({ name }: { name: string }) => name === account);
  expect(used.used).toBeGreaterThan(20);
  expect(Object.keys(used)).not.toContain("password");
  expect(await ops("accounts", "pause", account, "--reason", "provider", "--dry-run")).toMatchObject({ code: 0 });
  expect(await ops("accounts", "resume", account, "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining(`The account ${account} is not paused.`),
  });
  expect(await ops("accounts", "pause", account, "--reason", "provider", "--yes")).toMatchObject({ code: 0 });
  expect((await ops("accounts", "list")).out).toMatch(/by olga: provider/);
  expect(await ops("accounts", "resume", account, "--yes")).toMatchObject({ code: 0 });
  expect((await ops("quota", "show", account)).out).toMatch(/: \d+ of \d+ used in 24 hours[\s\S]* UTC +\d+\n$/);
  expect((await json("quota", "show")).value).toHaveLength(accounts.length);
  expect(await ops("accounts", "quota", "none")).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no account "none"'),
  });
});

test("mails in doubt are listed without addresses and resolved, each by name in the audit", {
  timeout: 60_000,
}, async () => {
  const order = await story.order("SUMMER26", "reg");
  const partition = mailingKey(order, "EN");
  const { aws, tables } = story.stack;
  const doubt = (participantId: string, sendingAt: string) =>
    aDelivery({ participantId, status: "in-doubt", sendingAt, workOrderId: order.id });
  const old = "2026-03-01T08:00:00.000Z";
  const fresh = new Date().toISOString();
  await putDeliveries(aws, tables.DELIVERIES_TABLE, partition, [
    doubt("d-1", old),
    doubt("d-2", old),
    doubt("d-3", fresh),
  ]);
  const listed = await ops("in-doubt", "list", order.id);
  expect(listed.out).toMatch(/SUMMER26_main_reg +EN +d-1 +2026-03-01 08:00:00 UTC/);
  expect((await json("in-doubt", "list")).value).toHaveLength(3);
  expect(await ops("in-doubt", "resolve", order.id, "d-1")).toMatchObject({
    code: 1,
    err: expect.stringContaining("Say either --received or --not-received."),
  });
  expect(await ops("in-doubt", "resolve", order.id, "d-1", "d-9", "--received", "--yes")).toMatchObject({
    code: 1,
    out: "1 resolved, 0 refused.\n",
    err: expect.stringContaining("Not in doubt: d-9."),
  });
  const all = await ops("in-doubt", "resolve", order.id, "--all", "--not-received", "--yes");
  expect(all).toMatchObject({ code: 1, out: "1 resolved, 1 refused.\n", err: expect.stringContaining("d-3: ") });
  const ledger = deliveries(aws, tables);
  expect(await ledger.get(partition, "d-1")).toMatchObject({ status: "sent", resolvedBy: "olga" });
  expect(await ledger.get(partition, "d-2")).toMatchObject({ status: "deferred", resolvedBy: "olga" });
});
