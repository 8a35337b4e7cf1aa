import { BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { compareIds } from "@email-agent/shared/domain/delivery/idOrder.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import type { RecipientPage, RecipientRow } from "../../api/recipients.ts";
import { GET } from "../../app/api/work-orders/[id]/recipients/route.ts";
import { listCursors } from "./cursor.ts";
import { readRecipients } from "./readRecipients.ts";

let fixture: ManagerFixture;
let seer: User;
let masked: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  seer = await fixture.addUser({ id: "seer", showAddresses: true });
  masked = await fixture.addUser({ id: "masked" });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

async function page(user: User, order: WorkOrder, query: Record<string, string>): Promise<RecipientPage> {
  const response = await fixture.ask(user, GET, { id: order.id }, { query: `?${new URLSearchParams(query)}` });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.error.message), { status: response.status, ...answer.error });
  return answer;
}

/** Every page of a list, as the window pages through it. */
async function allPages(user: User, order: WorkOrder, query: Record<string, string>): Promise<RecipientPage[]> {
  const pages: RecipientPage[] = [];
  for (let cursor: string | undefined; ; ) {
    const next = await page(user, order, { ...query, ...(cursor && { cursor }) });
    pages.push(next);
    cursor = next.next;
    if (!cursor) return pages;
  }
}

const rowsOf = (pages: readonly RecipientPage[]): RecipientRow[] => pages.flatMap(({ rows }) => rows);
const sendOrder = (fields: Partial<WorkOrder> = {}, languages = { EN: someCounters({ sent: 1 }) }) =>
  fixture.addOrder(fields, { Send: { status: "complete", runId: "run-1", languages } });

describe("the list of Send", () => {
  test("everyone is in it once, by participant id, numbered across the pages", async () => {
    const order = await sendOrder({}, { EN: someCounters({ sent: 233 }) });
    const ids = Array.from({ length: 233 }, (_, n) => `p-${(n * 7919) % 100_003}`);
    await fixture.putDeliveries(
      mailingKey(order, "EN"),
      ids.map((participantId) => aDelivery({ participantId })),
    );
    const pages = await allPages(seer, order, { list: "send", language: "EN" });
    expect(pages.map(({ rows }) => rows.length)).toEqual([50, 50, 50, 50, 33]);
    expect(rowsOf(pages).map(({ participantId }) => participantId)).toEqual(ids.toSorted(compareIds));
    expect(rowsOf(pages).map(({ number }) => number)).toEqual(ids.map((_, n) => n + 1));
    expect(pages.map(({ read, total }) => [read, total])).toEqual([50, 100, 150, 200, 233].map((read) => [read, 233]));
  });

  test("a row shows the outcome of the mail", async () => {
    const order = await sendOrder();
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      aDelivery({ participantId: "p-1", name: "Ana", attempt: 2 }),
      aDelivery({ participantId: "p-2", status: "failed", permanent: true, smtpCode: 550, smtpResponse: "550 no" }),
      aDelivery({ participantId: "p-3", status: "in-doubt", sendingAt: "2026-03-01T08:00:00.000Z" }),
      aDelivery({ participantId: "p-4", status: "sending", smtpCode: undefined, smtpResponse: undefined }),
    ]);
    const { rows } = await page(seer, order, { list: "send", language: "EN" });
    expect(rows[0]).toEqual({
      number: 1,
      ...{ participantId: "p-1", name: "Ana", email: "p-1@example.org", status: "sent", attempt: 2, code: 250 },
      ...{ response: "250 2.0.0 OK", messageId: "<p-1@example.org>", account: "office" },
      ...{ at: "2026-03-01T08:00:01.000Z", sendingAt: "2026-03-01T08:00:00.000Z" },
    });
    expect(rows[1]).toMatchObject({ status: "failed", permanent: true, code: 550, response: "550 no" });
    expect(rows[2]).toMatchObject({ claimId: "claim-p-3", resolvableAt: "2026-03-01T08:15:00.000Z" });
    // While it is sending, the end of an earlier attempt is not its time.
    expect(rows[3]).toMatchObject({ status: "sending", at: "2026-03-01T08:00:00.000Z" });
    expect(rows[0]?.claimId).toBeUndefined();
  });

  test("failed and in doubt come newest first, the others by participant id", async () => {
    const order = await sendOrder({}, { EN: someCounters({ sent: 40, failed: 70, inDoubt: 1 }) });
    const at = (n: number) => new Date(Date.UTC(2026, 2, 1, 8, 0, n)).toISOString();
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      ...Array.from({ length: 70 }, (_, n) =>
        aDelivery({ participantId: `f-${n}`, status: "failed" as const, endedAt: at(n) }),
      ),
      ...Array.from({ length: 40 }, (_, n) => aDelivery({ participantId: `s-${n}` })),
      aDelivery({ participantId: "d-1", status: "in-doubt" }),
      aDelivery({ participantId: "w-1", status: "deferred", nextAttemptAt: at(99) }),
    ]);
    const list = (status: string) => allPages(seer, order, { list: "send", language: "EN", status });
    const failed = await list("failed");
    expect(rowsOf(failed).map(({ participantId }) => participantId)).toEqual(
      Array.from({ length: 70 }, (_, n) => `f-${69 - n}`),
    );
    expect(rowsOf(failed).at(-1)?.number).toBe(70);
    expect(failed[0]?.total).toBe(70);
    expect(rowsOf(await list("in-doubt")).map(({ participantId }) => participantId)).toEqual(["d-1"]);
    const [deferred] = rowsOf(await list("deferred"));
    expect(deferred).toMatchObject({ participantId: "w-1", nextAttemptAt: at(99), number: 1 });
    expect(rowsOf(await list("sending"))).toEqual([]);
    expect(rowsOf(await list("sent")).map(({ participantId }) => participantId)).toEqual(
      Array.from({ length: 40 }, (_, n) => `s-${n}`).toSorted(compareIds),
    );
  });

  test("a page costs as many reads in a long list as in a short one", async () => {
    const order = await sendOrder();
    const ids = Array.from({ length: 3000 }, (_, n) => `p-${(n * 7919) % 100_003}`);
    await fixture.putDeliveries(
      mailingKey(order, "EN"),
      ids.map((participantId) => aDelivery({ participantId })),
    );
    let reads = 0;
    const { aws, config } = fixture.stack;
    const send = (...request: Parameters<typeof aws.dynamo.send>) => {
      reads += 1;
      return aws.dynamo.send(...request);
    };
    const counted = { ...fixture.manager, deliveries: deliveries({ ...aws, dynamo: { send } } as never, config) };
    const never = new AbortController().signal;
    let cursor = "";
    for (let turn = 0; turn < 10; turn += 1) {
      reads = 0;
      const query = new URLSearchParams({ list: "send", language: "EN", ...(cursor && { cursor }) });
      const { rows, next } = await readRecipients(counted, seer, order, query, never);
      expect(rows).toHaveLength(50);
      // One of each of the 16 shards, and now and then a second of those that hold more than their share.
      expect(reads).toBeLessThanOrEqual(32);
      cursor = next as string;
    }
  });

  test("languages are lists of their own", async () => {
    const order = await sendOrder({ languages: ["EN", "SP"] });
    await fixture.putDeliveries(mailingKey(order, "SP"), [aDelivery({ participantId: "p-es", language: "SP" })]);
    expect((await page(seer, order, { list: "send", language: "EN" })).rows).toEqual([]);
    expect((await page(seer, order, { list: "send", language: "SP" })).rows).toHaveLength(1);
  });
});

describe("searching", () => {
  test("finds the beginning of a name or an address, in any list, and says how far it read", async () => {
    const order = await sendOrder();
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      ...Array.from({ length: 400 }, (_, n) => aDelivery({ participantId: `p-${n}`, name: `Person ${n}` })),
      aDelivery({ participantId: "x-1", name: "José Ñuñez", email: "Jose.N@example.org" }),
      aDelivery({ participantId: "x-2", name: "Josefine", status: "failed" }),
    ]);
    const search = (q: string, more = {}) => page(seer, order, { list: "send", language: "EN", q, ...more });
    const found = await search("JOSE");
    expect(found.rows.map(({ participantId, number }) => [participantId, number])).toEqual([
      ["x-1", 1],
      ["x-2", 2],
    ]);
    expect(found).toMatchObject({ read: 402 });
    expect((await search("nunez")).rows).toHaveLength(1);
    expect((await search("jose.n@EXAMPLE.org")).rows).toHaveLength(1);
    expect((await search("jos", { status: "failed" })).rows.map(({ participantId }) => participantId)).toEqual(["x-2"]);
    expect((await search("unknown")).rows).toEqual([]);
    const many = await allPages(seer, order, { list: "send", language: "EN", q: "person" });
    expect(rowsOf(many).map(({ number }) => number)).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
    expect(many.at(-1)?.read).toBe(402);
  });

  test("a search that takes too long returns what it has, and goes on where it was", async () => {
    const order = await sendOrder();
    const ids = Array.from({ length: 9000 }, (_, n) => `p-${String(n).padStart(4, "0")}`);
    await fixture.putDeliveries(
      mailingKey(order, "EN"),
      ids.map((participantId) => aDelivery({ participantId, name: participantId.endsWith("999") ? "Zoe" : "Ana" })),
    );
    let now = Date.now();
    const clock = {
      now: () => {
        now += 600;
        return now;
      },
    };
    const slow = { ...fixture.manager, clock };
    const answers: RecipientPage[] = [];
    for (let cursor = ""; ; ) {
      const query = new URLSearchParams({ list: "send", language: "EN", q: "zoe", ...(cursor && { cursor }) });
      const answer = await readRecipients(slow, seer, order, query, new AbortController().signal);
      answers.push(answer);
      if (!answer.next) break;
      cursor = answer.next;
    }
    expect(answers.length).toBeGreaterThan(1);
    expect(rowsOf(answers).map(({ participantId }) => participantId)).toEqual(ids.filter((id) => id.endsWith("999")));
    expect(rowsOf(answers).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const read = answers.map((answer) => answer.read);
    expect(read).toEqual(read.toSorted((one, other) => one - other));
    expect(read.at(-1)).toBe(9000);
  });
});

describe("addresses", () => {
  test("are masked by the server for who may not see them, in names and replies too", async () => {
    const order = await sendOrder();
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      aDelivery({
        ...{ participantId: "p-1", name: "jane.doe@example.org", email: "jane.doe@example.org", status: "failed" },
        smtpResponse: "550 5.1.1 <jane.doe@example.org>: user unknown",
      }),
    ]);
    const response = await fixture.ask(masked, GET, { id: order.id }, { query: "?list=send&language=EN" });
    const text = await response.text();
    expect(text).not.toContain("jane.doe");
    const [row] = JSON.parse(text).rows;
    expect(row).toMatchObject({ email: "j…@example.org", response: "550 5.1.1 <…@example.org>: user unknown" });
  });

  test("cannot be found out by searching for their beginnings", async () => {
    const order = await sendOrder();
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      aDelivery({ participantId: "p-1", name: "Ana", email: "kim@example.org" }),
    ]);
    const search = async (q: string) => (await page(masked, order, { list: "send", language: "EN", q })).rows.length;
    expect([await search("k"), await search("kim@example.or"), await search("kim@example.org")]).toEqual([0, 0, 1]);
  });
});

describe("the lists of Dry-Run and Test", () => {
  test("Dry-Run shows the last complete one, whatever a newer run says", async () => {
    const line = { at: "2026-03-01T08:00:00.000Z", subject: "Registration" };
    await fixture.manager.dryRunRecipients.put("dry-1", "EN", [
      { ...line, participantId: "p-1", name: "Ana", email: "ana@example.org", status: "ok" },
      { ...line, participantId: "p-2", name: "Bo", email: "bo@example.org", status: "error", error: "No retreat" },
    ]);
    const counters = { languages: { EN: someCounters({ sent: 1, failed: 1 }) } };
    const shown = { status: "complete", runId: "dry-1", resultRunId: "dry-1", ...counters } as const;
    const order = await fixture.addOrder({}, { "Dry-Run": shown });
    const first = await page(masked, order, { list: "dry-run", language: "EN" });
    expect(first).toMatchObject({ total: 2, read: 2 });
    expect(first.rows[0]).toEqual({
      ...{ number: 1, participantId: "p-1", name: "Ana", email: "a…@example.org", status: "ok", at: line.at },
    });
    const { rows } = await page(masked, order, { list: "dry-run", language: "EN", status: "error" });
    expect(rows).toMatchObject([{ participantId: "p-2", reason: "No retreat", number: 1 }]);

    const newer = { "Dry-Run": { ...shown, status: "working", runId: "dry-2" } as const };
    const working = await fixture.addOrder({}, newer);
    const again = await page(masked, working, { list: "dry-run", language: "EN" });
    expect(again.rows).toHaveLength(2);
    expect(again.total).toBeUndefined();
  });

  test("Test shows its last run, apart from the mailing, and nothing to resolve", async () => {
    const order = await fixture.addOrder({}, { Test: { status: "error", runId: "test-7" } });
    const key = mailingKey(order, "EN");
    await fixture.putDeliveries(testPartition(key, "test-7"), [
      aDelivery({ participantId: "t-1", status: "in-doubt" }),
    ]);
    await fixture.putDeliveries(testPartition(key, "test-6"), [aDelivery({ participantId: "t-0" })]);
    await fixture.putDeliveries(key, [aDelivery({ participantId: "p-1" })]);
    const { rows } = await page(seer, order, { list: "test", language: "EN" });
    expect(rows).toMatchObject([{ participantId: "t-1", status: "in-doubt" }]);
    expect(rows[0]?.claimId).toBeUndefined();
    expect(rows[0]?.resolvableAt).toBeUndefined();
    expect((await page(seer, order, { list: "test", language: "EN", status: "in-doubt" })).rows).toHaveLength(1);
  });

  test("steps that have not run have empty lists", async () => {
    const order = await fixture.addOrder({});
    for (const list of ["dry-run", "test", "send", "skipped"])
      expect((await page(seer, order, { list, language: "EN" })).rows).toEqual([]);
  });
});

describe("whom the last Send skipped", () => {
  test("is shown with the reason and the present name, page by page, also in the middle of a chunk", async () => {
    const runId = "run-skipped";
    const people = Array.from({ length: 120 }, (_, n) =>
      aParticipant({ id: `k-${String(n).padStart(3, "0")}`, first: "Kim", last: `${n}`, email: `kim${n}@example.org` }),
    );
    for (let from = 0; from < people.length; from += 25) {
      const puts = people.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      const RequestItems = { [fixture.stack.config.PARTICIPANTS_TABLE]: puts };
      await fixture.stack.aws.dynamo.send(new BatchWriteCommand({ RequestItems }));
    }
    const chunk = (sk: string, ids: readonly string[], reason: string) => ({
      ...{ runId, sk, language: "EN", ids: [...ids], status: "planned" as const, fence: 1, token: 0, losses: 0 },
      ...{ skipped: Object.fromEntries(ids.map((id) => [id, reason])), retry: {}, ttl: 4_000_000_000 },
    });
    const ids = people.map(({ id }) => id);
    await fixture.manager.runs.putChunks([
      chunk("chunk#EN#000000", ids.slice(0, 70), "unsubscribed"),
      chunk("chunk#EN#000001", [], ""),
      chunk("chunk#EN#000002", ids.slice(70, 119), "send-until"),
      chunk("retry#EN#000000", [...ids.slice(119), "deleted-since"], "no-address"),
    ]);
    const languages = { EN: someCounters({ skipped: 121 }) };
    const send = { Send: { status: "complete", runId, languages } } as const;
    const order = await fixture.addOrder({}, send);
    const pages = await allPages(masked, order, { list: "skipped", language: "EN" });
    expect(pages.map(({ rows }) => rows.length)).toEqual([50, 50, 21]);
    expect(pages[0]?.total).toBe(121);
    expect(rowsOf(pages).map(({ participantId }) => participantId)).toEqual([
      ...ids.slice(0, 119),
      "deleted-since",
      ids[119],
    ]);
    expect(rowsOf(pages)[69]).toEqual({
      ...{ number: 70, participantId: "k-069", name: "Kim 69", email: "k…@example.org", status: "skipped" },
      reason: "unsubscribed",
    });
    expect(rowsOf(pages)[119]).toMatchObject({ name: "", email: "", reason: "no-address" });
    const found = await page(seer, order, { list: "skipped", language: "EN", q: "kim99@" });
    expect(found.rows).toMatchObject([{ participantId: "k-099", reason: "send-until" }]);
    for (const place of [["plan"], ["plan", "k-001"]]) {
      const { config, clock } = fixture.manager;
      const cursors = listCursors(config, clock, ["skipped", runId, "EN", "", ""]);
      const cursor = await cursors.to({ place, given: 0, read: 0 });
      const forged = page(seer, order, { list: "skipped", language: "EN", cursor });
      await expect(forged).rejects.toMatchObject({ status: 422 });
    }
  });
});

describe("refused", () => {
  test.each([
    [{ list: "nonsense", language: "EN" }, "list"],
    [{ list: "send", language: "XX" }, "language"],
    [{ list: "send", language: "EN", status: "ok" }, "status"],
    [{ list: "skipped", language: "EN", status: "sent" }, "status"],
  ])("%j names the field", async (query, field) => {
    const order = await sendOrder();
    const refused = page(seer, order, query as Record<string, string>);
    await expect(refused).rejects.toMatchObject({ status: 422, fields: { [field]: expect.any(String) } });
  });

  test("the lists of an event the user may not see do not exist", async () => {
    const stranger = await fixture.addUser({ id: "stranger", eventAccess: ["F2026"] });
    const order = await sendOrder();
    await expect(page(stranger, order, { list: "send", language: "EN" })).rejects.toMatchObject({ status: 404 });
  });

  test("a cursor of a list that was made again is refused", async () => {
    const order = await fixture.addOrder({}, { Test: { status: "complete", runId: "test-1" } });
    const ids = Array.from({ length: 60 }, (_, n) => `p-${n}`);
    await fixture.putDeliveries(
      testPartition(mailingKey(order, "EN"), "test-1"),
      ids.map((participantId) => aDelivery({ participantId })),
    );
    const { next } = await page(seer, order, { list: "test", language: "EN" });
    const steps = { ...order.steps, Test: { ...order.steps.Test, runId: "test-2" } };
    const Item = { ...order, steps };
    await fixture.stack.aws.dynamo.send(new PutCommand({ TableName: fixture.stack.config.WORK_ORDERS_TABLE, Item }));
    const stale = page(seer, order, { list: "test", language: "EN", cursor: next as string });
    await expect(stale).rejects.toMatchObject({ status: 409, details: { reason: "list-changed" } });
  });
});
