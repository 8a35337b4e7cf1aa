import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { bounces } from "@email-agent/shared/adapters/bounces.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { erasures } from "@email-agent/shared/adapters/erasures.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { unmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { isErased } from "@email-agent/shared/domain/delivery/erasure.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { signPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { aDelivery, type DeliveryFields, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportPorts } from "./startBounces.ts";
import { type ReportPorts, takeReport } from "./takeReport.ts";

const secrets = "a-secret-of-the-tests-only";
const mailing = "E2026_weekend_reg_EN";
const stack = new AsyncDisposableStack();
let pipeline: Pipeline;
let ports: ReportPorts;
let store: ReturnType<typeof bounces>;
let unmatched: ReturnType<typeof unmatchedReports>;
let people: ReturnType<typeof participants>;
let ledger: ReturnType<typeof deliveries>;
let files: ReturnType<typeof documents>;

beforeAll(async () => {
  pipeline = stack.use(await startPipeline());
  const { aws, config, log, metrics, cloudUrl } = pipeline;
  files = documents(aws, { ...config, AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: cloudUrl });
  store = bounces(aws, config);
  unmatched = unmatchedReports(aws, config, files);
  people = participants(aws, config);
  ledger = deliveries(aws, config);
  const given = { AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: cloudUrl, PUBLIC_TOKEN_SECRET: secrets };
  const { signal } = new AbortController();
  ports = reportPorts({ aws, config: { ...config, ...given }, log, metrics, clock: systemClock, signal });
});
afterAll(() => stack.disposeAsync());

let made = 0;
interface Mailed {
  readonly id: string;
  readonly partition: string;
  readonly report: BounceReport;
  delivery(): ReturnType<typeof ledger.get>;
  person(): Promise<Participant | undefined>;
}

/** A person who got a mail of the mailing, and a report about it that says that the mailbox does not exist. */
async function mailed(
  fields: Partial<DeliveryFields> = {},
  of: { key?: string; person?: Partial<Participant> } = {},
): Promise<Mailed> {
  made += 1;
  const id = fields.participantId ?? `p-${made}`;
  const key = of.key ?? mailing;
  const messageId = messageIdOf(secrets, { participantId: id, mailingKey: key }, "example.org");
  if (!(await people.get(id)))
    await putParticipants(pipeline.aws, pipeline.config, [aParticipant({ id, ...of.person })]);
  const delivery = aDelivery({ participantId: id, messageId, ...fields });
  await putDeliveries(pipeline.aws, pipeline.config.DELIVERIES_TABLE, key, [delivery]);
  return {
    ...{ id, partition: key },
    delivery: () => ledger.get(key, id),
    person: () => people.get(id),
    report: {
      ...{ kind: "hard", messageId, recipient: `${id}@example.org`, code: "5.1.1", reportedBy: "ses" },
      ...{ reply: `smtp; 550 5.1.1 <${id}@example.org>: user ${id} unknown`, at: "2026-03-01T08:05:00.000Z" },
      sourceId: `source-${made}`,
    },
  };
}

const take = (report: BounceReport, raw?: string) => takeReport(ports, report, raw);
const soft = { kind: "soft", code: "4.4.7", reply: "smtp; 450 4.4.7 Message expired" } as const;
const complaint = { kind: "complaint", reply: "", complaintType: "abuse" } as const;

async function unmatchedOf({ sourceId, at }: BounceReport) {
  const all = (await Array.fromAsync(unmatched.pages())).flat();
  expect(sourceId).toBeTruthy();
  return all.filter((one) => one.at === at);
}

describe("what a report changes", () => {
  test("acceptance 154: a hard bounce leaves the mail sent, says on it what came back, and suppresses the address", async () => {
    const { report, delivery, person, id } = await mailed({}, { key: "E2026_hard_reg_EN" });
    expect(await take(report)).toEqual({ result: "applied" });
    expect(await delivery()).toMatchObject({
      status: "sent",
      bounced: { kind: "hard", code: "5.1.1", at: report.at, reply: "550 5.1.1 <…@example.org>: user … unknown" },
    });
    expect((await person())?.suppression).toEqual({ address: `${id}@example.org`, code: "5.1.1", at: report.at });
    expect(await store.counts("E2026_hard_reg_EN")).toEqual({ hard: 1, soft: 0, complained: 0 });
    expect((await Array.fromAsync(store.people("E2026_hard_reg_EN"))).flat()).toEqual([
      { participantId: id, bounced: { kind: "hard", at: report.at }, complainedAt: undefined },
    ]);
  });

  test("a soft bounce is counted once a mailing, and the one that reaches the limit suppresses", async () => {
    const id = "p-soft";
    for (const [index, kind] of ["a", "b", "c", "d", "e"].entries()) {
      const { report, person } = await mailed({ participantId: id }, { key: `E2026_soft_${kind}_EN` });
      expect(await take({ ...report, ...soft })).toEqual({ result: "applied" });
      expect(await take({ ...report, ...soft })).toEqual({ result: "doubled" });
      expect((await person())?.softBounces?.count).toBe(index + 1);
      expect((await person())?.suppression !== undefined).toBe(index === 4);
    }
    await people.liftSuppression(id, (await people.get(id))!.suppression!);
    expect(await people.get(id)).not.toHaveProperty("softBounces");
  });

  test("a full mailbox and a block of the sender are shown and never count against the person", async () => {
    for (const reply of ["smtp; 552 5.2.2 mailbox full", "smtp; 554 5.7.1 blocked using zen.spamhaus.org"]) {
      const { report, delivery, person } = await mailed();
      expect(await take({ ...report, code: reply.slice(10, 15), reply })).toEqual({ result: "applied" });
      expect((await delivery())?.bounced?.kind).toBe("soft");
      expect(await person()).not.toHaveProperty("suppression");
      expect(await person()).not.toHaveProperty("softBounces");
    }
  });

  test("acceptance 154: a complaint unsubscribes the person, and the audit of the person says so", async () => {
    const { report, delivery, person, id } = await mailed();
    expect(await take({ ...report, ...complaint })).toEqual({ result: "applied" });
    expect((await delivery())?.complained).toEqual({ at: report.at, type: "abuse" });
    expect(await person()).toMatchObject({ unsubscribe: true, unsubscribedBy: "complaint", unsubscribedAt: report.at });
    const [line, ...more] = await Array.fromAsync(pipeline.audit.lines(`person-${id}`));
    expect(more).toEqual([]);
    expect(line).toMatchObject({ by: `participant ${id}`, what: "complained", data: { mailingKey: mailing } });
    expect(await take({ ...report, ...complaint, complaintType: "not-spam" })).toMatchObject({ result: "ignored" });
  });

  test("a person whose address was changed since the mail is not suppressed", async () => {
    const { report, delivery, person, id } = await mailed();
    await people.correctAddress(id, `${id}@example.org`, "new@example.org");
    expect(await take(report)).toEqual({ result: "applied" });
    expect((await delivery())?.bounced?.kind).toBe("hard");
    expect(await person()).not.toHaveProperty("suppression");
  });

  test("a mail in doubt that came back was accepted: it is sent, and needs no one's attention", async () => {
    const { report, delivery } = await mailed({ status: "in-doubt" });
    expect(await take(report)).toEqual({ result: "applied" });
    expect(await delivery()).toMatchObject({ status: "sent", bounced: { kind: "hard" } });
    expect(await delivery()).not.toHaveProperty("attention");
  });

  test("while a mail is being sent its report waits, and is applied once the outcome is known", async () => {
    const { report, delivery, partition, id } = await mailed({ status: "sending", endedAt: undefined });
    expect(await take(report)).toEqual({ result: "later" });
    expect(await delivery()).not.toHaveProperty("bounced");
    const outcome = { participantId: id, claimId: `claim-${id}`, status: "sent", endedAt: report.at } as const;
    await ledger.settle(partition, [outcome]);
    expect(await take(report)).toEqual({ result: "applied" });
  });

  test("the mails of a Test say what came back, and do not count toward the soft limit", async () => {
    const { report, id, person } = await mailed();
    const partition = testPartition(mailing, "run-7");
    const messageId = messageIdOf(secrets, { participantId: id, mailingKey: mailing, runId: "run-7" }, "example.org");
    await putDeliveries(pipeline.aws, pipeline.config.DELIVERIES_TABLE, partition, [
      aDelivery({ participantId: id, messageId }),
    ]);
    expect(await take({ ...report, ...soft, messageId })).toEqual({ result: "applied" });
    expect((await ledger.get(partition, id))?.bounced?.kind).toBe("soft");
    expect(await ledger.get(mailing, id)).not.toHaveProperty("bounced");
    expect(await person()).not.toHaveProperty("softBounces");
  });
});

describe("acceptance 155: reports that are doubled, reordered or taken at once count once", () => {
  test("in any order the delivery ends with the hard bounce and the complaint", async () => {
    const kinds = [soft, {}, complaint];
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const [index, order] of orders.entries()) {
      const key = `E2026_order_${index}_EN`;
      const { report, delivery, person } = await mailed({}, { key });
      for (const which of [...order, ...order]) await take({ ...report, ...kinds[which] });
      expect(await delivery()).toMatchObject({ bounced: { kind: "hard" }, complained: { type: "abuse" } });
      expect(await person()).toMatchObject({ suppression: { code: "5.1.1" }, unsubscribe: true });
      expect(await store.counts(key)).toEqual({ hard: 1, soft: 0, complained: 1 });
    }
  });

  test("twenty processes that take the same reports at once count each of them once", async () => {
    const key = "E2026_crowd_reg_EN";
    const { report } = await mailed({}, { key });
    const { report: other } = await mailed({}, { key });
    const reports = Array.from({ length: 10 }, () => [report, { ...other, ...soft }]).flat();
    const results = await Promise.all(reports.map((one) => take(one).catch(() => ({ result: "later" }))));
    expect(results.filter(({ result }) => result === "applied")).toHaveLength(2);
    expect(await store.counts(key)).toEqual({ hard: 1, soft: 1, complained: 0 });
  });

  test("a report that comes again after a user lifted the suppression does not suppress again", async () => {
    const { report, person, id } = await mailed();
    await take(report);
    await people.liftSuppression(id, (await person())!.suppression!);
    expect(await take(report)).toEqual({ result: "doubled" });
    expect(await person()).not.toHaveProperty("suppression");
  });

  test("a transaction that fails writes nothing, and the report is applied when it comes again", async () => {
    const key = "E2026_crash_reg_EN";
    const { report, delivery, person } = await mailed({}, { key });
    const dying: ReportPorts = { ...ports, bounces: { write: () => Promise.reject(new Error("killed")) } };
    await expect(takeReport(dying, report)).rejects.toThrow("killed");
    expect(await delivery()).not.toHaveProperty("bounced");
    expect(await person()).not.toHaveProperty("suppression");
    expect(await take(report)).toEqual({ result: "applied" });
    const diesAfter: ReportPorts = {
      ...ports,
      bounces: { write: async (write) => store.write(write).then(() => Promise.reject(new Error("killed"))) },
    };
    const second = await mailed({}, { key });
    await expect(takeReport(diesAfter, second.report)).rejects.toThrow("killed");
    expect(await take(second.report)).toEqual({ result: "doubled" });
    expect(await store.counts(key)).toEqual({ hard: 2, soft: 0, complained: 0 });
  });
});

describe("acceptance 156: a report that is not certainly about a mail of ours changes nothing and is kept", () => {
  let at = 0;
  const nextTime = () => instant(Date.UTC(2026, 5, 1) + 1000 * ++at);

  test.each([
    ["no name at all", { messageId: undefined }],
    [
      "the Message-ID of another secret",
      { messageId: messageIdOf("another-secret-of-16", { participantId: "p-1", mailingKey: mailing }, "example.org") },
    ],
    ["another address", { recipient: "other@example.org" }],
    [
      "a mail that no one was sent",
      { messageId: messageIdOf(secrets, { participantId: "p-none", mailingKey: mailing }, "example.org") },
    ],
    [
      "a token of another mail",
      { unsubscribeToken: signPublicToken(secrets, "unsubscribe", { participantId: "p-other", mailingKey: mailing }) },
    ],
    [
      "an id longer than a key",
      { messageId: messageIdOf(secrets, { participantId: "x".repeat(1100), mailingKey: mailing }, "example.org") },
    ],
  ] as const)("%s", async (_name, wrong) => {
    const { report, delivery, person } = await mailed({}, { key: mailing });
    const forged = { ...report, at: nextTime(), ...wrong } as BounceReport;
    expect(await take(forged, "raw report")).toMatchObject({ result: "unmatched" });
    expect(await take(forged, "raw report")).toMatchObject({ result: "unmatched" });
    expect(await delivery()).not.toHaveProperty("bounced");
    expect(await person()).not.toHaveProperty("suppression");
    const kept = await unmatchedOf(forged);
    expect(kept).toHaveLength(1);
    expect(await files.getText(kept[0]?.raw ?? "")).toBe("raw report");
    expect(JSON.stringify(kept)).not.toContain(forged.recipient);
  });

  test("a mail that the server had refused", async () => {
    const { report, delivery } = await mailed({ status: "failed", permanent: true });
    const late = { ...report, at: nextTime() };
    expect(await take(late)).toMatchObject({ result: "unmatched", why: expect.stringContaining("not accepted") });
    expect(await delivery()).toMatchObject({ status: "failed" });
    expect(await unmatchedOf(late)).toHaveLength(1);
  });

  test("of a huge report 64 KB are kept", async () => {
    const { report } = await mailed();
    const huge = {
      ...report,
      at: nextTime(),
      messageId: undefined,
      reply: "x".repeat(3_000_000),
    } as unknown as BounceReport;
    await take(huge, "y".repeat(5_000_000));
    const [kept] = await unmatchedOf(huge);
    expect((await files.getText(kept?.raw ?? "")).length).toBe(64 * 1024);
  });
});

test("SES puts a Message-ID of its own in place of ours: the token of List-Unsubscribe matches", async () => {
  const { report, id } = await mailed();
  const unsubscribeToken = signPublicToken(secrets, "unsubscribe", { participantId: id, mailingKey: mailing });
  const messageId = "<0100018f6b2c9d3e-1c2d-000000@email.amazonses.com>";
  expect(await take({ ...report, messageId, unsubscribeToken })).toEqual({ result: "applied" });
});

test("what was erased is not written again, and an erasure takes the reply of a bounce away", async () => {
  const { report, delivery, partition, id } = await mailed();
  await take(report);
  const erase = erasures(pipeline.aws, pipeline.config);
  expect(await erase.deliveries([(await delivery())!])).toEqual([true]);
  expect(await delivery()).toMatchObject({ email: "", bounced: { kind: "hard", code: "5.1.1", at: report.at } });
  expect(isErased((await delivery())!)).toBe(true);

  const forgotten = await mailed();
  await forgottenPeople(pipeline.aws, pipeline.config).open(forgotten.id, report.at);
  await people.forget(forgotten.id, report.at);
  expect(await take(forgotten.report)).toEqual({ result: "applied" });
  expect((await forgotten.delivery())?.bounced).toEqual({ kind: "hard", code: "5.1.1", at: report.at });
  expect(await forgotten.person()).toEqual({ id: forgotten.id, forgotten: report.at });
  expect([partition, id]).toEqual([mailing, id]);
});

test("what came back of an account lies in the five minutes in which the mail was sent", async () => {
  const { report } = await mailed({ account: "counted", sendingAt: "2026-03-01T08:04:59.000Z" });
  await take(report);
  const Key = { account: "bounces#counted", bucket: "2026-03-01T08:00:00.000Z" };
  const { Item } = await pipeline.aws.dynamo.send(new GetCommand({ TableName: pipeline.config.QUOTA_TABLE, Key }));
  expect(Item).toMatchObject({ hard: 1, ttl: Date.UTC(2026, 4, 30, 8) / 1000 });
});

test("a person whom another application changes meanwhile is read again", async () => {
  const { report, person, id } = await mailed();
  let once = true;
  const racing: ReportPorts = {
    ...ports,
    participants: {
      async get(asked) {
        const read = await people.get(asked);
        const change = new UpdateCommand({
          TableName: pipeline.config.PARTICIPANTS_TABLE,
          Key: { id },
          UpdateExpression: "SET email = :new",
          ExpressionAttributeValues: { ":new": "new@example.org" },
        });
        if (once) await pipeline.aws.dynamo.send(change);
        once = false;
        return read;
      },
    },
  };
  expect(await takeReport(racing, report)).toEqual({ result: "applied" });
  expect(await person()).not.toHaveProperty("suppression");
});

test("a bounce that ends a doubt starts a recount of the Send, also after a crash between the two", async () => {
  const at = "2026-03-01T08:00:00.000Z";
  const counters = { total: 2, sent: 1, skipped: 0, failed: 0, inDoubt: 1 };
  const Send = { status: "complete", runId: "run-1", startedAt: at, endedAt: at, counters } as const;
  const given = anOrder({ eventCode: "DOUBT", languages: ["EN"], steps: { ...readySteps(), Send } });
  const order = await pipeline.orders.create(given);
  const key = mailingKey(order, "EN");
  const { report, delivery } = await mailed({ status: "in-doubt", workOrderId: order.id }, { key });
  const orders = { ...ports.orders, get: () => Promise.reject(new Error("killed")) };
  await expect(takeReport({ ...ports, orders }, report)).rejects.toThrow("killed");
  expect(await delivery()).toMatchObject({ status: "sent" });
  expect(await pipeline.orders.get(order.id)).not.toHaveProperty("runState");
  expect(await take(report)).toEqual({ result: "doubled" });
  const recounted = { runState: "settling", unsettled: { "run-1": { step: "Send" } } };
  expect(await pipeline.orders.get(order.id)).toMatchObject(recounted);
});
