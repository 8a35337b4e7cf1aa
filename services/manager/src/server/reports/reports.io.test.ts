import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anEvent, aParticipant, aPool } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import type { EventReport, ReportedEvents } from "../../api/reports.ts";
import { POST as postCount } from "../../app/api/reports/[event]/count/route.ts";
import { GET as getSums } from "../../app/api/reports/[event]/csv/route.ts";
import { GET as getPeople } from "../../app/api/reports/[event]/people.csv/route.ts";
import { GET as getReport } from "../../app/api/reports/[event]/route.ts";
import { GET as getEvents } from "../../app/api/reports/route.ts";

let fixture: ManagerFixture;
let admin: User;
let reader: User;
const at = (minutes: number) => new Date(Date.parse("2026-03-01T08:00:00.000Z") + minutes * 60_000).toISOString();

/** Three mailings of an event to thirty people, one of an archived order, one of an earlier revision in a language that is gone. */
beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  admin = await fixture.addUser({ id: "admin", showAddresses: true, exportCsv: true });
  reader = await fixture.addUser({ id: "reader", eventAccess: ["E2026"] });
  await putConfig(aws, config, { pools: [aPool()] });
  await aws.dynamo.send(
    new PutCommand({
      TableName: config.EVENTS_TABLE,
      Item: anEvent({
        aid: "E2026",
        name: "Summer",
        subEvents: { main: {} },
        config: { pool: "everyone", currency: "EUR" },
      }),
    }),
  );
  await putParticipants(
    aws,
    config,
    Array.from({ length: 40 }, (_, n) =>
      aParticipant({
        id: `p-${n}`,
        first: n === 0 ? "=HYPERLINK(1)" : "Ana",
        ...(n === 3 && { unsubscribe: true, unsubscribedBy: "E2026_main_reg_EN" }),
      }),
    ),
  );
  const send = { status: "complete" as const, runId: "run-1" };
  const counters = someCounters({ sent: 27, failed: 3, reasons: { unsubscribed: 2, suppressed: 1 } });
  await fixture.addOrder({ subEvent: "main", stage: "reg" }, { Send: { ...send, languages: { EN: counters } } });
  await fixture.addOrder({ subEvent: "main", stage: "info", archived: true, future: { unknown: true } } as never, {
    Send: { ...send, languages: { EN: someCounters({ sent: 10 }) } },
  });
  const mailingKeys = ["E2026_main_late_XX", "E2026_main_late_1_EN", "F2026_main_late_EN"];
  await fixture.addOrder({ subEvent: "main", stage: "late", revision: 1, mailingKeys } as Partial<WorkOrder>);
  const mails = (many: number, of: (n: number) => object = () => ({})) =>
    Array.from({ length: many }, (_, n) =>
      aDelivery({
        participantId: `p-${n}`,
        sendingAt: at(n),
        endedAt: at(n),
        name: n === 0 ? "=HYPERLINK(1)" : "Ana",
        ...of(n),
      }),
    );
  const failed = (n: number) => ({
    status: "failed" as const,
    smtpCode: 550,
    smtpResponse: `550 5.1.1 <p-${n}@example.org>: no p-${n} here`,
  });
  const back = { code: "5.1.1", reply: "no such user", at: at(99) };
  await fixture.putDeliveries(
    "E2026_main_reg_EN",
    mails(30, (n) => ({
      ...(n >= 27 && failed(n)),
      ...(n === 1 && { bounced: { kind: "hard", ...back } }),
      ...(n === 2 && { bounced: { kind: "soft", ...back }, complained: { at: at(99) } }),
    })),
  );
  await fixture.putDeliveries("E2026_main_info_EN", mails(10));
  await fixture.putDeliveries("E2026_main_late_XX", mails(5));
  await fixture.putDeliveries("F2026_main_late_EN", mails(20));
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const params = { event: "E2026" };
const read = async (user = admin): Promise<EventReport> => (await fixture.ask(user, getReport, params)).json();
const csv = async (route: typeof getSums, user = admin) => {
  const text = await (await fixture.ask(user, route, params)).text();
  return text.replace("\ufeff", "").trim().split("\r\n");
};

test("acceptance 182: the report of an event counts every delivery of it once, and says who was mailed how often", async () => {
  const before = await read();
  expect(before).toMatchObject({ name: "Summer", deliveries: 40 });
  expect(before.counted).toBeUndefined();
  expect(before.mailings.map(({ key, planned, archived }) => [key, planned, archived])).toEqual([
    ["E2026_main_info_EN", 10, true],
    ["E2026_main_late_1_EN", undefined, false],
    ["E2026_main_late_XX", undefined, false],
    ["E2026_main_reg_EN", 30, false],
  ]);
  const response = await fixture.ask(admin, postCount, params, { body: {} });
  const lines = (await response.text()).trim().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ isOver: true });
  const { counted } = await read();
  expect(counted?.mailings["E2026_main_reg_EN"]).toEqual({
    ...{ sent: 27, failed: 3, inDoubt: 0, waiting: 0, bouncedHard: 1, bouncedSoft: 1, complained: 1, unsubscribed: 1 },
    replies: [{ reply: "550 5.1.1 <…@example.org>: no … here", mails: 3 }],
    ...{ otherReplies: 0, firstAt: at(0), lastAt: at(26) },
  });
  expect(counted?.mailings["E2026_main_late_XX"]).toMatchObject({ sent: 5 });
  expect(counted?.mailings["F2026_main_late_EN"]).toBeUndefined();
  // Five got three mails, five two, seventeen one; three failed and ten were never mailed.
  expect(counted?.people).toMatchObject({ none: 13, byMails: { 1: 17, 2: 5, 3: 5 } });
  expect(counted?.people.most.slice(0, 5).map(({ mails }) => mails)).toEqual([3, 3, 3, 3, 3]);
  expect(counted?.by).toBe("admin");
});

test("what is kept of a count holds no name and no address", async () => {
  const kept = await fixture.manager.documents.getText("event-reports/E2026.json");
  expect(kept).not.toMatch(/@example\.org>.*p-\d+@|Ana|p-2[789]\b.*here/);
  expect(kept).not.toContain("no p-27 here");
});

test("the files have a row for each mailing and each person, times of the organisation, and no formula", async () => {
  const sums = await csv(getSums);
  expect(sums).toHaveLength(5);
  expect(sums[0]).toContain('"Bounced permanently"');
  expect(sums.find((line) => line.includes('"reg"'))).toContain('"30","27","3","0","0","1","1","1","1","2026-03-01T');
  const people = await csv(getPeople);
  expect(people).toHaveLength(31);
  expect(people.find((line) => line.startsWith('"p-0"'))).toContain(
    `"'=HYPERLINK(1)","p-0@example.org","3","0","2026-`,
  );
  expect(people.find((line) => line.startsWith('"p-28"'))).toContain('"0","1"');
  expect(people.join()).not.toContain("p-30");
});

test("rights: events, addresses and export", async () => {
  expect(await (await fixture.ask(reader, getEvents, {})).json()).toEqual({
    events: [{ code: "E2026", name: "Summer", mailings: 4 }],
  } satisfies ReportedEvents);
  expect((await fixture.ask(admin, getReport, { event: "F2026" })).status).toBe(200);
  expect((await fixture.ask(reader, getReport, { event: "F2026" })).status).toBe(404);
  expect((await fixture.ask(reader, postCount, { event: "F2026" }, { body: {} })).status).toBe(404);
  expect((await fixture.ask(reader, getSums, params)).status).toBe(403);
  expect((await fixture.ask(reader, getPeople, params)).status).toBe(403);
  const exporter = await fixture.addUser({ id: "exporter", exportCsv: true });
  expect((await csv(getPeople, exporter)).join()).not.toMatch(/p-\d+@/);
  expect((await fixture.ask(admin, getReport, { event: "none" })).status).toBe(404);
});

test("a language that was removed from the order is reported; a mailing that an order left to another one counts once", async () => {
  const mailing = { eventCode: "G2026", subEvent: "main", stage: "reg" };
  const { id } = await fixture.addOrder({ ...mailing, mailingKeys: ["G2026_main_reg_EN", "G2026_main_reg_DE"] });
  // It sent the key first and was moved to another stage then.
  const mailingKeys = ["G2026_main_reg_EN", "G2026_main_info_EN"];
  await fixture.addOrder({ ...mailing, stage: "info", mailingKeys });
  await fixture.putDeliveries("G2026_main_reg_EN", [aDelivery({ participantId: "p-1" })]);
  await fixture.putDeliveries("G2026_main_reg_DE", [aDelivery({ participantId: "p-1", language: "DE" })]);
  const ofEvent = { event: "G2026" };
  await (await fixture.ask(admin, postCount, ofEvent, { body: {} })).text();
  const report: EventReport = await (await fixture.ask(admin, getReport, ofEvent)).json();
  expect(report.mailings.map(({ key }) => key)).toEqual([
    "G2026_main_info_EN",
    "G2026_main_reg_DE",
    "G2026_main_reg_EN",
  ]);
  expect(report.mailings.at(-1)?.orderId).toBe(id);
  expect(report.counted?.people.byMails).toEqual({ 2: 1 });
});
