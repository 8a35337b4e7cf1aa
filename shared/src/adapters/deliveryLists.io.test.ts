import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aClaim, anOutcome } from "../../testing/claims.ts";
import { losingClient } from "../../testing/losingClient.ts";
import { aDelivery, type DeliveryFields, putDeliveries } from "../../testing/putDeliveries.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import { compareIds } from "../domain/delivery/idOrder.ts";
import { type Deliveries, deliveries } from "./deliveries.ts";
import type { AttentionPlace, Resolution } from "./deliveryLists.ts";

let tables: Tables;
let ledger: Deliveries;
let mailings = 0;

beforeAll(async () => {
  tables = await startTables();
  ledger = deliveries(tables.aws, tables.names);
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const newMailing = () => `E2026_weekend_reg${++mailings}_EN`;
const put = (mailing: string, items: readonly DeliveryFields[]) =>
  putDeliveries(tables.aws, tables.names.DELIVERIES_TABLE, mailing, items);
const attention = async (mailing: string, status: "failed" | "in-doubt", limit = 10) => {
  const found: string[] = [];
  for await (const { items } of ledger.needingAttention(mailing, status, { limit }))
    found.push(...items.map(({ delivery }) => delivery.participantId));
  return found;
};

describe("in the order of ids", () => {
  test("the shards are merged, taken up anywhere, and never mixed with another mailing's", async () => {
    const [mailing, other] = [newMailing(), newMailing()];
    const ids = Array.from({ length: 300 }, (_, n) => `p-${(n * 7919) % 1000}${n % 3 === 0 ? "é" : "😀"}`);
    await put(
      mailing,
      ids.map((participantId) => aDelivery({ participantId })),
    );
    await put(other, [aDelivery({ participantId: "p-5-not-this-one" })]);
    const sorted = ids.toSorted(compareIds);

    const all: string[] = [];
    for await (const { items } of ledger.inOrder(mailing, { perShard: 4 }))
      all.push(...items.map(({ participantId }) => participantId));
    expect(all).toEqual(sorted);

    const after = sorted[120] as string;
    const rest: string[] = [];
    for await (const { items } of ledger.peopleInOrder(mailing, { perShard: 50, after }))
      rest.push(...items.map(({ participantId }) => participantId));
    expect(rest).toEqual(sorted.slice(121));
  });

  test("people are read with their status, whole deliveries with everything", async () => {
    const mailing = newMailing();
    await put(mailing, [aDelivery({ participantId: "p-1", status: "deferred" })]);
    for await (const { items } of ledger.peopleInOrder(mailing, { perShard: 4 }))
      expect(items).toEqual([
        {
          pk: expect.any(String),
          ...{ participantId: "p-1", status: "deferred", name: "Ana García", email: "p-1@example.org" },
        },
      ]);
    for await (const { items } of ledger.inOrder(mailing, { perShard: 4 }))
      expect(items[0]).toMatchObject({ claimId: "claim-p-1", smtpResponse: "250 2.0.0 OK" });
  });

  test("an aborted read ends with the reason", async () => {
    const gone = AbortSignal.abort(new Error("the browser went away"));
    const read = ledger.inOrder(newMailing(), { perShard: 4, signal: gone })[Symbol.asyncIterator]();
    await expect(read.next()).rejects.toThrow("the browser went away");
  });
});

describe("needing attention", () => {
  test("newest first, page by page, and only what is so now", async () => {
    const mailing = newMailing();
    const at = (second: number) => `2026-03-01T08:00:${String(second).padStart(2, "0")}.000Z`;
    await put(mailing, [
      ...Array.from({ length: 25 }, (_, n) =>
        aDelivery({ participantId: `p-${n}`, status: "failed", permanent: n % 2 === 0, endedAt: at(n) }),
      ),
      aDelivery({ participantId: "p-doubt", status: "in-doubt" }),
      aDelivery({ participantId: "p-sent" }),
    ]);
    const newestFirst = Array.from({ length: 25 }, (_, n) => `p-${24 - n}`);
    expect(await attention(mailing, "failed")).toEqual(newestFirst);
    expect(await attention(mailing, "in-doubt")).toEqual(["p-doubt"]);

    let place: AttentionPlace | undefined;
    for await (const { items } of ledger.needingAttention(mailing, "failed", { limit: 10 })) {
      place = items[3]?.place;
      break;
    }
    const [next] = await Array.fromAsync(
      ledger.needingAttention(mailing, "failed", { limit: 10, ...(place && { after: place }) }),
    );
    expect(next?.items.map(({ delivery }) => delivery.participantId)).toEqual(newestFirst.slice(4, 14));
  });
});

describe("resolving what is in doubt", () => {
  const doubtful = async (participantId: string) => {
    const mailing = newMailing();
    const claim = aClaim({ participantId });
    await ledger.claim(mailing, [claim], { runId: "run-1", now: claim.sendingAt, userStarted: true });
    await ledger.settle(mailing, [anOutcome(claim, { status: "in-doubt", smtpResponse: "connection lost" })]);
    return { mailing, claim };
  };
  const resolution = (fields: Partial<Resolution>): Resolution => ({
    participantId: "p-1",
    claimId: "c-1",
    status: "sent",
    by: "anna",
    at: "2026-03-01T09:00:00.000Z",
    ...fields,
  });

  test.each(["sent", "deferred"] as const)("it becomes %s, without claim, and leaves the list", async (status) => {
    const { mailing, claim } = await doubtful("p-1");
    expect(await attention(mailing, "in-doubt")).toEqual(["p-1"]);
    const resolved = await ledger.resolve(mailing, resolution({ claimId: claim.claimId, status }));
    expect(resolved).toMatchObject({ status, resolvedBy: "anna", resolvedAt: "2026-03-01T09:00:00.000Z" });
    expect(resolved).toEqual(await ledger.get(mailing, "p-1"));
    expect(resolved?.claimId).toBeUndefined();
    expect(resolved?.endedAt).toBe("2026-03-01T08:00:01.000Z");
    expect(await attention(mailing, "in-doubt")).toEqual([]);
    const { Count } = await tables.aws.dynamo.send(
      new QueryCommand({
        TableName: tables.names.DELIVERIES_TABLE,
        IndexName: "byAttention",
        KeyConditionExpression: "attention = :key",
        ExpressionAttributeValues: { ":key": `${mailing}#in-doubt` },
      }),
    );
    expect(Count).toBe(0);
  });

  test("one that was not received is mailed by the next run, and the resolution is gone then", async () => {
    const { mailing, claim } = await doubtful("p-1");
    await ledger.resolve(mailing, resolution({ claimId: claim.claimId, status: "deferred" }));
    const next = aClaim({ participantId: "p-1", runId: "run-2", hasDelivery: true });
    const rule = { runId: "run-2", now: "2026-03-01T10:00:00.000Z", userStarted: false };
    expect(await ledger.claim(mailing, [next], rule)).toEqual(["claimed"]);
    await ledger.settle(mailing, [anOutcome(next)]);
    const mailed = await ledger.get(mailing, "p-1");
    expect(mailed).toMatchObject({ status: "sent", claimId: next.claimId });
    expect(mailed?.resolvedBy).toBeUndefined();
  });

  test("refused where another claim stands, where it is settled, and where there is nothing; nothing is written", async () => {
    const { mailing, claim } = await doubtful("p-1");
    const before = await ledger.get(mailing, "p-1");
    expect(await ledger.resolve(mailing, resolution({ claimId: "another" }))).toBeUndefined();
    expect(await ledger.get(mailing, "p-1")).toEqual(before);
    expect(await ledger.resolve(mailing, resolution({ participantId: "p-2" }))).toBeUndefined();
    expect(await ledger.get(mailing, "p-2")).toBeUndefined();

    await ledger.settle(mailing, [anOutcome(claim)]);
    expect(await ledger.resolve(mailing, resolution({ claimId: claim.claimId }))).toBeUndefined();
    expect((await ledger.get(mailing, "p-1"))?.status).toBe("sent");
  });

  test("of two users who resolve at once, one is heard; a late answer of the claim changes nothing any more", async () => {
    const { mailing, claim } = await doubtful("p-1");
    const both = await Promise.all([
      ledger.resolve(mailing, resolution({ claimId: claim.claimId, status: "sent", by: "anna" })),
      ledger.resolve(mailing, resolution({ claimId: claim.claimId, status: "deferred", by: "bert" })),
    ]);
    const heard = both.filter((delivery) => delivery !== undefined);
    expect(heard).toHaveLength(1);
    expect(await ledger.settle(mailing, [anOutcome(claim, { status: "failed", permanent: true })])).toEqual([false]);
    expect(await ledger.get(mailing, "p-1")).toEqual(heard[0]);
  });

  test("a resolution whose answer was lost is recognised when it is sent again", async () => {
    const { mailing, claim } = await doubtful("p-1");
    await using aws = losingClient(tables.url, "UpdateCommand");
    const resolved = await deliveries(aws, tables.names).resolve(mailing, resolution({ claimId: claim.claimId }));
    expect(resolved).toMatchObject({ status: "sent", resolvedBy: "anna" });
  });
});
