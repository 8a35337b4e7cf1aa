import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportPorts } from "./startBounces.ts";
import { type ReportPorts, takeReport } from "./takeReport.ts";

const day = 86_400_000;
const now = Date.now();
const stack = new AsyncDisposableStack();
let pipeline: Pipeline;
let ports: ReportPorts;
let monotonic = 0;
let scans = 0;

beforeAll(async () => {
  pipeline = stack.use(await startPipeline());
  const { aws, config, log, metrics, cloudUrl, orders } = pipeline;
  for (const [eventCode, daysAgo] of [
    ["NEW", 1],
    ["OLD", 5],
    ["PAST", 30],
  ] as const) {
    const at = instant(now - daysAgo * day);
    const steps = { ...readySteps(), Send: { status: "complete", startedAt: at, endedAt: at } } as const;
    const updatedAt = at;
    await orders.create(anOrder({ eventCode, mailingKeys: [`${eventCode}_weekend_reg_EN`], steps, updatedAt }));
  }
  const given = {
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: cloudUrl,
    PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
  };
  const { signal } = new AbortController();
  const clock = { ...systemClock, monotonic: () => monotonic };
  const counting = new Proxy(aws.dynamo, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "send") return value;
      return (command: { input?: { TableName?: string } }) => {
        if (command.constructor.name === "ScanCommand" && command.input?.TableName === config.PARTICIPANTS_TABLE)
          scans += 1;
        return value.call(target, command);
      };
    },
  });
  ports = reportPorts({
    aws: { ...aws, dynamo: counting },
    config: { ...config, ...given },
    log,
    metrics,
    clock,
    signal,
  });
});
afterAll(() => stack.disposeAsync());

let made = 0;
/** A person who got these mailings, and a report that names their address only. */
async function person(mailings: Record<string, number>, more: { status?: "in-doubt" } = {}) {
  const messageId = "<old-hash@example.org>";
  made += 1;
  const n = made;
  const id = `p-${n}`;
  const { aws, config } = pipeline;
  await putParticipants(aws, config, [aParticipant({ id, email: `Ana.${n}@example.org` })]);
  for (const [code, daysAgo] of Object.entries(mailings)) {
    const sendingAt = instant(now - daysAgo * day);
    const fields = {
      participantId: id,
      email: `Ana.${n}@example.org`,
      sendingAt,
      endedAt: sendingAt,
      messageId,
      ...more,
    };
    await putDeliveries(aws, config.DELIVERIES_TABLE, `${code}_weekend_reg_EN`, [aDelivery(fields)]);
  }
  // The people are read anew for each.
  monotonic += 3_600_000 / 4 + 1;
  const report: BounceReport = {
    ...{ kind: "hard", recipient: `ana.${n}@EXAMPLE.org`, code: "5.1.1", reply: "550 5.1.1 no such user" },
    ...{ at: instant(now), reportedBy: "mailbox", sourceId: `source-${n}` },
  };
  const bounced = async () => {
    const partitions = ["NEW", "OLD", "PAST"].map((code) => `${code}_weekend_reg_EN`);
    const found = await ports.deliveries.get(partitions[0]!, id);
    const all = await Promise.all(partitions.map((partition) => ports.deliveries.get(partition, id)));
    expect(found).toEqual(all[0]);
    return all.map((delivery) => delivery?.bounced?.kind);
  };
  return { id, report, bounced, read: () => ports.participants.get(id) };
}

test("acceptance 159: a report that names only an address is about the newest mail to it, and is no proof against the mailbox", async () => {
  const { report, bounced, read } = await person({ NEW: 1, OLD: 5 });
  expect(await takeReport(ports, report)).toEqual({ result: "applied" });
  expect(await bounced()).toEqual(["soft", undefined, undefined]);
  expect(await read()).toMatchObject({ softBounces: { count: 1 } });
  expect(await read()).not.toHaveProperty("suppression");
});

test("the mailing that it names decides, and the Message-ID of an earlier release proves it", async () => {
  const named = await person({ NEW: 1, OLD: 5 });
  await takeReport(ports, { ...named.report, mailing: "OLD_weekend_reg_EN" });
  expect(await named.bounced()).toEqual([undefined, "soft", undefined]);
  const proven = await person({ NEW: 1 });
  await takeReport(ports, { ...proven.report, messageId: "old-hash@example.org", mailing: "NEW_weekend_reg_EN" });
  expect(await proven.bounced()).toEqual(["hard", undefined, undefined]);
  expect(await proven.read()).toMatchObject({ suppression: { code: "5.1.1" } });
});

test("an event of SES that names only an address is a guess, too: it suppresses and unsubscribes no one", async () => {
  const { report, bounced, read } = await person({ NEW: 1 });
  const event = { ...report, reportedBy: "ses" } as const;
  expect(await takeReport(ports, { ...event, kind: "complaint" })).toMatchObject({ result: "unmatched" });
  expect(await takeReport(ports, event)).toEqual({ result: "applied" });
  expect(await bounced()).toEqual(["soft", undefined, undefined]);
  expect(await read()).not.toHaveProperty("suppression");
  expect(await read()).not.toHaveProperty("unsubscribe");
});

test.each(["ses", "mailbox"] as const)(
  "a report by %s about a mail of another system, as its Message-ID shows, is ignored",
  async (reportedBy) => {
    const { report, bounced, read } = await person({ NEW: 1 });
    const foreign = { ...report, reportedBy, messageId: "<0100018f@shop.example>" } as const;
    for (const one of [foreign, { ...foreign, kind: "complaint" } as const])
      expect(await takeReport(ports, one)).toMatchObject({ result: "ignored", isForeign: true });
    expect(await bounced()).toEqual([undefined, undefined, undefined]);
    expect(await read()).not.toHaveProperty("softBounces");
  },
);

test("a report that names only an address leaves a mail in doubt as it is", async () => {
  const { id, report, bounced, read } = await person({ NEW: 1 }, { status: "in-doubt" });
  expect(await takeReport(ports, report)).toMatchObject({
    result: "unmatched",
    why: expect.stringContaining("in doubt"),
  });
  expect(await ports.deliveries.get("NEW_weekend_reg_EN", id)).toMatchObject({ status: "in-doubt" });
  expect(await bounced()).toEqual([undefined, undefined, undefined]);
  expect(await read()).not.toHaveProperty("softBounces");
});

test("mails of more than two weeks ago, later mails, and complaints and forgeries that name only an address change nothing", async () => {
  const past = await person({ PAST: 30 });
  expect(await takeReport(ports, past.report)).toMatchObject({ result: "unmatched" });
  const later = await person({ NEW: 1 });
  expect(await takeReport(ports, { ...later.report, at: instant(now - 2 * day) })).toMatchObject({
    result: "unmatched",
  });
  const complaint = { ...later.report, kind: "complaint", complaintType: "abuse" } as const;
  expect(await takeReport(ports, complaint)).toMatchObject({ result: "unmatched" });
  const messageId = messageIdOf(
    "another-secret-of-16",
    { participantId: later.id, mailingKey: "NEW_weekend_reg_EN" },
    "x.org",
  );
  expect(await takeReport(ports, { ...later.report, messageId })).toMatchObject({ result: "unmatched" });
  expect(await later.bounced()).toEqual([undefined, undefined, undefined]);
  expect(await later.read()).not.toHaveProperty("unsubscribe");
});

test("for a batch of reports, and all within a minute, the people are read once", async () => {
  const batch = await Promise.all(Array.from({ length: 10 }, () => person({ NEW: 1 })));
  scans = 0;
  const results = await Promise.all(batch.map(({ report }) => takeReport(ports, report)));
  expect(results.every(({ result }) => result === "applied")).toBe(true);
  monotonic += 59_000;
  await takeReport(ports, { ...batch[0]!.report, recipient: "unknown@example.org" });
  // Four segments of the table.
  expect(scans).toBe(4);
});

test("reports about unknown addresses make the people be read four times an hour at most, and known ones are found meanwhile", async () => {
  const { report } = await person({ NEW: 1 });
  monotonic += 3_600_000;
  scans = 0;
  for (let minute = 0; minute < 30; minute += 1) {
    const forged = { ...report, recipient: `unknown-${minute}@example.org`, sourceId: `forged-${minute}` };
    expect(await takeReport(ports, forged)).toMatchObject({ result: "unmatched" });
    monotonic += 61_000;
  }
  // Four segments of the table each.
  expect(scans).toBe(16);
  expect(await takeReport(ports, report)).toEqual({ result: "applied" });
});
