import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { BulkResolutions, DoubtFilter, MailCauses, ResolveManyLine, UndoLine } from "../../api/doubts.ts";
import { GET as getCauses } from "../../app/api/work-orders/[id]/causes/route.ts";
import { GET as getResolutions } from "../../app/api/work-orders/[id]/doubts/resolutions/route.ts";
import { POST as postResolve } from "../../app/api/work-orders/[id]/doubts/resolve/route.ts";
import { POST as postUndo } from "../../app/api/work-orders/[id]/doubts/undo/route.ts";
import { GET as getHistory } from "../../app/api/work-orders/[id]/history/route.ts";
import { resolveMany } from "./resolveMany.ts";

let fixture: ManagerFixture;
let writer: User;
let other: User;
let reader: User;
const start = Date.parse("2026-03-01T08:00:00.000Z");
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

beforeAll(async () => {
  fixture = await openManagerFixture();
  fixture.setTime(start + 3600_000);
  writer = await fixture.addUser({ id: "writer", role: "write", showAddresses: true });
  other = await fixture.addUser({ id: "other", role: "write", showAddresses: true });
  reader = await fixture.addUser({ id: "reader", role: "read" });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const doubt = (id: string, fields: Partial<Parameters<typeof aDelivery>[0]> = {}) => {
  const { smtpResponse: _, smtpCode: __, ...lost } = aDelivery({ participantId: id, status: "in-doubt", ...fields });
  return "smtpResponse" in fields ? { ...lost, smtpResponse: fields.smtpResponse as string } : lost;
};

/** Mails in doubt of two languages: two workers lost five minutes apart, and connections lost in an earlier run. */
async function anOrderInDoubt(): Promise<WorkOrder> {
  const order = await fixture.addOrder(
    { languages: ["EN", "DE"] },
    { Send: { status: "complete", runId: "run-2", endedAt: at(900) } },
  );
  const lost = (prefix: string, many: number, end: number) =>
    Array.from({ length: many }, (_, n) => doubt(`${prefix}-${n}`, { runId: "run-2", endedAt: at(end + n) }));
  const closed = Array.from({ length: 7 }, (_, n) =>
    doubt(`c-${n}`, {
      runId: "run-1",
      smtpResponse: `The connection to mx${n}.example.org was lost (c-${n}@example.org)`,
    }),
  );
  await fixture.putDeliveries(mailingKey(order, "EN"), [...lost("a", 30, 100), ...lost("b", 20, 600), ...closed]);
  await fixture.putDeliveries(mailingKey(order, "DE"), [
    ...lost("d", 10, 110),
    doubt("early", { runId: "run-2", sendingAt: at(3000), endedAt: at(3001) }),
    aDelivery({ participantId: "done", runId: "run-2" }),
  ]);
  return order;
}

const linesOf = async <Line>(response: Response): Promise<Line[]> => {
  expect(response.status).toBe(200);
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
};
const resolve = async (user: User, order: WorkOrder, body: object) =>
  (
    await linesOf<ResolveManyLine>(
      await fixture.ask(
        user,
        postResolve,
        { id: order.id },
        { body: { received: false, reason: "ticket 7", ...body } },
      ),
    )
  ).at(-1);
const all = (filter: DoubtFilter = {}, most = 1000) => ({ filter, most });
const undo = (user: User, order: WorkOrder, bulk: string) =>
  fixture.ask(user, postUndo, { id: order.id }, { body: { bulk } });
const resolutions = async (order: WorkOrder, user: User = writer) =>
  ((await (await fixture.ask(user, getResolutions, { id: order.id })).json()) as BulkResolutions).resolutions;
const causes = async (order: WorkOrder, query = "status=in-doubt", user = writer) =>
  (await (await fixture.ask(user, getCauses, { id: order.id }, { query: `?${query}` })).json()) as MailCauses;
const item = (order: WorkOrder, language: string, participantId: string) =>
  fixture.manager.deliveries.get(mailingKey(order, language), participantId);
const inDoubt = async (order: WorkOrder) => {
  const counts = await Promise.all(
    order.languages.map((code) => fixture.manager.deliveries.count(mailingKey(order, code))),
  );
  return counts.reduce((sum, one) => sum + one.inDoubt, 0);
};

describe("acceptance 180: mails in doubt are resolved by what they have in common, and back until the next run", () => {
  test("workers lost at different times and replies of one kind are a cause each", async () => {
    const order = await anOrderInDoubt();
    const found = await causes(order);
    expect(found).toMatchObject({ mails: 68, others: 0 });
    expect(found.causes.map(({ mails, languages }) => ({ mails, languages }))).toEqual([
      { mails: 40, languages: { EN: 30, DE: 10 } },
      { mails: 20, languages: { EN: 20 } },
      { mails: 7, languages: { EN: 7 } },
      { mails: 1, languages: { DE: 1 } },
    ]);
    expect(found.causes[2]?.reply).toContain("@example.org");
    const masked = await causes(order, "status=in-doubt", reader);
    expect(JSON.stringify(masked)).not.toMatch(/c-\d/);
    expect((await fixture.ask(writer, getCauses, { id: order.id }, { query: "?status=sent" })).status).toBe(422);
  });

  test("all of a cause, over all languages, and set back exactly as they were", async () => {
    const order = await anOrderInDoubt();
    const before = [await item(order, "EN", "a-0"), await item(order, "DE", "d-9")];
    const [cause] = (await causes(order)).causes;
    expect(await resolve(writer, order, { ...all({ cause: cause?.cause as never }), received: true })).toEqual({
      ...{ resolved: 40, left: 0, early: 0, of: 1000, isOver: true },
    });
    expect(await inDoubt(order)).toBe(28);
    expect(await item(order, "EN", "a-0")).toMatchObject({ status: "sent", resolvedBy: "writer" });
    const [made] = await resolutions(order);
    expect(made).toMatchObject({ by: "writer", received: true, reason: "ticket 7", resolved: 40 });
    expect((await linesOf<UndoLine>(await undo(other, order, made?.bulk ?? ""))).at(-1)).toEqual({
      ...{ restored: 40, left: 0, of: 40, isOver: true },
    });
    expect([await item(order, "EN", "a-0"), await item(order, "DE", "d-9")]).toEqual(before);
    expect(await inDoubt(order)).toBe(68);
    expect((await resolutions(order))[0]?.undone).toMatchObject({ by: "other", restored: 40 });
    // Once more changes nothing.
    expect((await linesOf<UndoLine>(await undo(writer, order, made?.bulk ?? ""))).at(-1)).toMatchObject({
      isOver: true,
    });
    expect([await item(order, "EN", "a-0"), await item(order, "DE", "d-9")]).toEqual(before);
  });

  test("work that broke off before its lines were written is listed, and set back", async () => {
    const order = await anOrderInDoubt();
    const audit = { ...fixture.manager.audit, putMany: () => Promise.reject(new Error("the table is away")) };
    const body = { received: false, reason: "ticket 8", ...all() };
    await linesOf(await resolveMany({ ...fixture.manager, audit }, writer, order, body, new AbortController().signal));
    expect(await inDoubt(order)).toBeLessThan(68);
    const [left] = await resolutions(order);
    expect(left).toMatchObject({ resolved: 68 - (await inDoubt(order)), reason: "ticket 8" });
    const history = await (await fixture.ask(writer, getHistory, { id: order.id })).text();
    expect(history).toContain("ticket 8");
    await linesOf(await undo(writer, order, left!.bulk));
    expect(await inDoubt(order)).toBe(68);
  });

  test("a mail that was claimed again since is left, and a run that began ends the way back", async () => {
    const order = await anOrderInDoubt();
    await resolve(writer, order, all({ q: "a-1" }));
    const { bulk = "" } = (await resolutions(order))[0] ?? {};
    const delivery = await fixture.manager.deliveries.get(mailingKey(order, "EN"), "a-1");
    const claim = { ...delivery, claimId: "new-claim", runId: "run-3", attempt: 2, hasDelivery: true };
    const rule = { runId: "run-3", now: at(4000), userStarted: true };
    await fixture.manager.deliveries.claim(mailingKey(order, "EN"), [claim as never], rule);
    const bounced = { kind: "hard", code: "5.1.1", reply: "550 5.1.1 no such user", at: at(4001) } as const;
    const accepted = await fixture.manager.deliveries.get(mailingKey(order, "EN"), "a-10");
    await fixture.putDeliveries(mailingKey(order, "EN"), [
      { ...aDelivery({ participantId: "" }), ...accepted, bounced },
    ]);
    expect((await linesOf<UndoLine>(await undo(writer, order, bulk))).at(-1)).toMatchObject({ restored: 9, left: 2 });
    expect(await item(order, "EN", "a-1")).toMatchObject({ status: "sending", claimId: "new-claim" });
    expect(await item(order, "EN", "a-10")).toMatchObject({ status: "deferred" });

    fixture.setTime(start + 3601_000);
    await resolve(writer, order, all({ q: "b-1" }));
    const [second] = await resolutions(order);
    const set = [[["steps", "Send", "runId"], "run-3"]] as const;
    await fixture.manager.orders.write(order.id, { set, remove: [], when: [] });
    const refused = await undo(writer, order, second?.bulk ?? "");
    expect([refused.status, (await refused.json()).error.details]).toEqual([409, { reason: "run began" }]);
    expect((await resolutions(order))[0]?.isFinal).toBe("run began");
    expect(await item(order, "EN", "b-1")).toMatchObject({ status: "deferred" });
  });
});

test("a selection: claims that the user did not see, and mails that are too new, are left as they are", async () => {
  const order = await anOrderInDoubt();
  const claims = [
    { language: "EN", participantId: "a-0", claimId: "claim-a-0" },
    { language: "EN", participantId: "a-1", claimId: "an older one" },
    { language: "DE", participantId: "early", claimId: "claim-early" },
    { language: "DE", participantId: "done", claimId: "claim-done" },
  ];
  expect(await resolve(writer, order, { claims })).toMatchObject({ resolved: 1, left: 2, early: 1, of: 4 });
  expect(await inDoubt(order)).toBe(67);
  const unknown = { received: true, reason: "x", claims: [{ ...claims[0], language: "XX" }] };
  expect((await fixture.ask(writer, postResolve, { id: order.id }, { body: unknown })).status).toBe(422);
});

test("one line under the order, one under each person, no address, and one recount", async () => {
  const order = await anOrderInDoubt();
  await resolve(writer, order, all({ language: "EN" }, 40));
  expect(await inDoubt(order)).toBe(28);
  expect(await fixture.manager.orders.get(order.id)).toMatchObject({ runState: "settling" });
  const history = await (await fixture.ask(writer, getHistory, { id: order.id })).json();
  expect(history.lines).toMatchObject([
    { by: "writer", what: "Resolved 40 mails in doubt: not received", details: ["ticket 7"] },
  ]);
  const lines = (await Array.fromAsync(fixture.manager.audit.lines("person-b-19"))).filter(
    ({ data }) => data?.["order"] === order.id,
  );
  expect(lines).toMatchObject([{ by: "writer", what: "resolved", data: { status: "deferred", order: order.id } }]);
  expect(JSON.stringify(lines)).not.toContain("@");
});

test("two users at the same moment: each mail is resolved once", async () => {
  const order = await anOrderInDoubt();
  const [one, two] = (await Promise.all([
    resolve(writer, order, { ...all(), received: true }),
    resolve(other, order, all()),
  ])) as { resolved: number }[];
  expect((one?.resolved ?? 0) + (two?.resolved ?? 0)).toBe(67);
  expect(await inDoubt(order)).toBe(1);
  const made = await resolutions(order);
  for (const { bulk } of made) await linesOf(await undo(writer, order, bulk));
  expect(await inDoubt(order)).toBe(68);
});

test("who may only look, or may not see the event, resolves and sees nothing", async () => {
  const order = await anOrderInDoubt();
  const stranger = await fixture.addUser({ id: "stranger", role: "write", eventAccess: ["F2026"] });
  const body = { received: true, reason: "x", ...all() };
  expect((await fixture.ask(reader, postResolve, { id: order.id }, { body })).status).toBe(403);
  expect((await fixture.ask(stranger, postResolve, { id: order.id }, { body })).status).toBe(404);
  expect((await fixture.ask(stranger, getCauses, { id: order.id }, { query: "?status=in-doubt" })).status).toBe(404);
  expect((await undo(writer, order, "01ARZ3NDEKTSV4RRFFQ69G5FAV")).status).toBe(404);
  expect(await inDoubt(order)).toBe(68);
});

test("ten thousand in less than a minute, with progress, and back", { timeout: 180_000 }, async () => {
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-1" } });
  const many = Array.from({ length: 10_000 }, (_, n) => doubt(`p-${n}`));
  await fixture.putDeliveries(mailingKey(order, "EN"), many);
  const [began, usage] = [performance.now(), process.cpuUsage()];
  const body = { received: true, reason: "the log of the mail server", ...all({}, 10_000) };
  const lines = await linesOf(await fixture.ask(writer, postResolve, { id: order.id }, { body }));
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(usage);
  expect(lines.at(-1)).toEqual({ resolved: 10_000, left: 0, early: 0, of: 10_000, isOver: true });
  expect(lines.length).toBeGreaterThan(50);
  const { bulk = "" } = (await resolutions(order))[0] ?? {};
  expect((await linesOf<UndoLine>(await undo(writer, order, bulk))).at(-1)).toMatchObject({ restored: 10_000 });
  const both = performance.now() - began;
  console.info(`10,000 resolved in ${Math.round(took)} ms, set back in ${Math.round(both - took)} ms`);
  // Of this process, tables included: other tests share the machine.
  expect((user + system) / 1000).toBeLessThan(60_000);
});
