import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery, type DeliveryFields } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { keepForMonths } from "./keepForMonths.ts";

let fixture: ManagerFixture;
const signal = new AbortController().signal;
const day = 24 * 3_600_000;
const now = Date.parse("2027-03-31T12:00:00.000Z");
/** A month before 31 March is the last of February, at the same time. */
const limit = Date.parse("2027-02-28T12:00:00.000Z");
const at = (time: number) => new Date(time).toISOString();

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, { languages: [...someLanguages().values()] });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());
beforeEach(async () => {
  fixture.setTime(now);
  await months(1);
});

const months = (value: number) =>
  fixture.stack.aws.dynamo.send(
    new PutCommand({
      TableName: fixture.stack.config.CONFIG_TABLE,
      Item: { pk: "setting", sk: "retentionMonths", value },
    }),
  );

async function sent(fields: readonly Partial<DeliveryFields>[], send: object = { status: "complete" }) {
  const order = await fixture.addOrder({}, { Send: send });
  const key = mailingKey(order, "EN");
  const ended = fields.map((one, n) => ({ participantId: `p-${n}`, endedAt: at(limit), ...one }));
  await fixture.putDeliveries(key, ended.map(aDelivery));
  return { order, key };
}

/** Which people of a mailing have their name, address and reply still. */
async function kept(key: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of fixture.manager.deliveries.all(key))
    for (const { participantId, name, email, smtpResponse } of page) {
      const values = [name, email, smtpResponse ?? ""];
      expect(new Set(values.map((value) => value === "")).size).toBe(1);
      if (name !== "") ids.push(participantId);
    }
  return ids.sort();
}

const round = (holder = "one") => keepForMonths(fixture.manager, holder, signal);

describe("acceptance 107: after the months of the setting name, address and reply are erased by themselves", () => {
  test("of what ended until that moment, to the millisecond, whatever its outcome; rows and statuses stay", async () => {
    const { key } = await sent([
      {},
      { endedAt: at(limit + 1) },
      { status: "failed", smtpResponse: "550 5.1.1 no such user" },
      { status: "deferred", endedAt: at(limit - day) },
    ]);
    await months(0);
    await round();
    expect(await kept(key)).toEqual(["p-0", "p-1", "p-2", "p-3"]);
    await months(1);
    await round();
    expect(await kept(key)).toEqual(["p-1"]);
    expect(await fixture.manager.deliveries.count(key)).toMatchObject({ sent: 2, failed: 1, deferred: 1 });
    fixture.setTime(now + 3 * day);
    await round();
    expect(await kept(key)).toEqual([]);
  });

  test("earlier mailings, Tests and Dry-Runs of the order as well", async () => {
    const order = await fixture.addOrder(
      { revision: 2 },
      { Test: { status: "complete", runId: "test-1" }, "Dry-Run": { status: "complete", runId: "dry-1" } },
    );
    const earlier = mailingKey({ ...order, revision: undefined }, "SP");
    const partitions = [earlier, `${mailingKey(order, "EN")}~test-1`];
    for (const partition of partitions)
      await fixture.putDeliveries(partition, [aDelivery({ participantId: "p-1", endedAt: at(limit) })]);
    const line = { participantId: "p-1", name: "Ana", email: "a@x.org", subject: "For Ana", at: at(limit) };
    await fixture.manager.dryRunRecipients.put("dry-1", "EN", [{ ...line, status: "error", error: "Ana" }]);
    await round();
    for (const partition of partitions) expect(await kept(partition)).toEqual([]);
    const [erased] = await fixture.manager.dryRunRecipients.ofPerson([{ runId: "dry-1", language: "EN" }], "p-1");
    expect(erased).toMatchObject({ name: "", email: "", subject: "", status: "error" });
    expect(erased).not.toHaveProperty("error");
  });

  test.each([
    ["works", { status: "working" }, {}],
    ["sleeps", { status: "sleeping" }, {}],
    ["has a mail in doubt", { status: "complete" }, { status: "in-doubt" as const }],
    ["has a claim without an outcome", { status: "interrupted" }, { status: "sending" as const }],
  ])("an order whose Send %s is left alone until that is over", async (_, send, other) => {
    const { order, key } = await sent([{}, { ...other, participantId: "p-other" }], send);
    await round();
    expect(await kept(key)).toEqual(["p-0", "p-other"]);
    await fixture.putDeliveries(key, [aDelivery({ participantId: "p-other", endedAt: at(limit) })]);
    const { aws, config } = fixture.stack;
    const ended = { ...order, steps: { ...order.steps, Send: { status: "complete" } } };
    await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: ended }));
    await round();
    expect(await kept(key)).toEqual([]);
  });

  test("what is done is not read again, until the order changes or the next row is old enough", async () => {
    const { order, key } = await sent([{}]);
    await round();
    await fixture.putDeliveries(key, [aDelivery({ participantId: "p-new", endedAt: at(limit) })]);
    await round();
    expect(await kept(key)).toEqual(["p-new"]);
    const { aws, config } = fixture.stack;
    const changed = { ...order, version: order.version + 1 };
    await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: changed }));
    await round();
    expect(await kept(key)).toEqual([]);
  });

  test("one process at a time; another goes on where one died", async () => {
    const people = Array.from({ length: 3000 }, (_, n) => ({ participantId: `p-${n}` }));
    const { key } = await sent(people);
    const dying = new AbortController();
    const { erasures } = fixture.manager;
    let pages = 0;
    const killed = {
      ...fixture.manager,
      erasures: {
        ...erasures,
        deliveries: async (...asked: Parameters<typeof erasures.deliveries>) => {
          pages += 1;
          if (pages > 4) throw new Error("killed");
          return erasures.deliveries(...asked);
        },
      },
    };
    await expect(keepForMonths(killed, "one", dying.signal)).rejects.toThrow("killed");
    const left = (await kept(key)).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(3000);
    await round("two");
    expect(await kept(key)).toHaveLength(left);
    fixture.setTime(now + 11 * 60_000);
    await Promise.all([round("two"), round("three")]);
    expect(await kept(key)).toEqual([]);
  });
});
