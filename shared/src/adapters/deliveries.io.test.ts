import { BatchExecuteStatementCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aClaim, anOutcome } from "../../testing/claims.ts";
import { losingClient } from "../../testing/losingClient.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import { type Aws, openAws } from "./aws.ts";
import { type Deliveries, deliveries } from "./deliveries.ts";
import type { ClaimResult } from "./deliveryClaims.ts";
import type { Claim, ClaimRule } from "./deliveryStatements.ts";

let tables: Tables;
let ledger: Deliveries;
let mailings = 0;

beforeAll(async () => {
  tables = await startTables();
  ledger = deliveries(tables.aws, tables.names);
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const newMailing = () => `E2026_weekend_reg${++mailings}_EN`;
const rule = (fields: Partial<ClaimRule> = {}): ClaimRule => ({
  runId: "run-1",
  now: "2026-03-01T08:00:00.000Z",
  userStarted: true,
  ...fields,
});
const people = (count: number) => Array.from({ length: count }, (_, index) => `p-${index}`);

/** Claims one participant and settles the claim. */
async function mailed(
  mailing: string,
  participantId: string,
  outcome: Parameters<typeof anOutcome>[1],
  runId = "run-1",
) {
  const claim = aClaim({ participantId, runId });
  expect(await ledger.claim(mailing, [claim], rule({ runId }))).toEqual(["claimed"]);
  expect(await ledger.settle(mailing, [anOutcome(claim, outcome)])).toEqual([true]);
  return claim;
}

/** Who needs attention, as the manager's window reads it from the index. */
async function attention(partition: string, status: string): Promise<string[]> {
  const { Items } = await tables.aws.dynamo.send(
    new QueryCommand({
      TableName: tables.names.DELIVERIES_TABLE,
      IndexName: "byAttention",
      KeyConditionExpression: "attention = :key",
      ExpressionAttributeValues: { ":key": `${partition}#${status}` },
      ScanIndexForward: false,
    }),
  );
  return (Items ?? []).map((item) => item["participantId"]);
}

test("what the database cannot hold is refused at once by its cause, and never as trouble that passes", async () => {
  const mailing = newMailing();
  const huge = aClaim({ name: "x".repeat(500_000) });
  await expect(ledger.claim(mailing, [huge], rule())).rejects.toMatchObject({
    code: "bad-item",
    disposition: "reject",
  });
  const claim = aClaim();
  expect(await ledger.claim(mailing, [claim], rule())).toEqual(["claimed"]);
  const outcome = anOutcome(claim, { status: "sent", smtpResponse: "x".repeat(500_000) });
  await expect(ledger.settle(mailing, [outcome])).rejects.toMatchObject({ code: "bad-item", disposition: "reject" });
});

describe("claims", () => {
  test("a claim records everything the mail needs, and an outcome completes it", async () => {
    const mailing = newMailing();
    const claim = aClaim({ attempt: 1 });
    expect(await ledger.claim(mailing, [claim], rule())).toEqual(["claimed"]);
    const { hasDelivery, ...recorded } = claim;
    expect(await ledger.get(mailing, "p-1")).toEqual({
      pk: expect.stringMatching(/^E2026_weekend_reg\d+_EN#\d+$/),
      status: "sending",
      ...recorded,
    });

    await ledger.settle(mailing, [anOutcome(claim)]);
    expect(await ledger.get(mailing, "p-1")).toMatchObject({
      status: "sent",
      endedAt: "2026-03-01T08:00:01.000Z",
      smtpCode: 250,
      smtpResponse: "250 2.0.0 OK",
      messageId: "<p-1@example.org>",
    });
  });

  test("acceptance 37: one refused claim in a batch affects no other recipient", async () => {
    const mailing = newMailing();
    await mailed(mailing, "p-7", { status: "sent" });
    const before = await ledger.get(mailing, "p-7");

    const results = await ledger.claim(
      mailing,
      people(25).map((participantId) => aClaim({ participantId, runId: "run-2" })),
      rule({ runId: "run-2" }),
    );

    expect(results.map((result, index) => (result === "refused" ? index : -1)).filter((index) => index >= 0)).toEqual([
      7,
    ]);
    expect(await ledger.get(mailing, "p-7")).toEqual(before);
    expect(await ledger.count(mailing)).toEqual({ sending: 24, sent: 1, failed: 0, inDoubt: 0, deferred: 0 });
  });

  test.each<[string, Parameters<typeof anOutcome>[1], Partial<ClaimRule>, ClaimResult]>([
    ["sent, by a later run", { status: "sent" }, { runId: "run-2" }, "refused"],
    ["in doubt, by a later run", { status: "in-doubt" }, { runId: "run-2" }, "refused"],
    ["deferred, by a later run", { status: "deferred" }, { runId: "run-2" }, "claimed"],
    [
      "deferred until later, by a later run",
      { status: "deferred", nextAttemptAt: "2026-03-01T09:00:00.000Z" },
      { runId: "run-2" },
      "claimed",
    ],
    ["deferred without a time, by the same run", { status: "deferred" }, {}, "claimed"],
    [
      "deferred until now, by the same run",
      { status: "deferred", nextAttemptAt: "2026-03-01T08:00:00.000Z" },
      {},
      "claimed",
    ],
    [
      "deferred until a millisecond from now, by the same run",
      { status: "deferred", nextAttemptAt: "2026-03-01T08:00:00.001Z" },
      {},
      "refused",
    ],
    ["failed for now, by the same run", { status: "failed", permanent: false }, {}, "refused"],
    [
      "failed for now, by a wake-up",
      { status: "failed", permanent: false },
      { runId: "r-p2", userStarted: false },
      "claimed",
    ],
    [
      "failed permanently, by a wake-up",
      { status: "failed", permanent: true },
      { runId: "r-p2", userStarted: false },
      "refused",
    ],
    [
      "failed permanently, by a run a user started",
      { status: "failed", permanent: true },
      { runId: "run-2" },
      "claimed",
    ],
    ["failed permanently, by the same run", { status: "failed", permanent: true }, {}, "refused"],
  ])("a delivery that is %s", async (_, outcome, by, expected) => {
    for (const hasDelivery of [true, false]) {
      const mailing = newMailing();
      await mailed(mailing, "p-1", outcome);
      const again = aClaim({ runId: by.runId ?? "run-1", attempt: 2, hasDelivery });
      expect(await ledger.claim(mailing, [again], rule(by))).toEqual([expected]);
      const now = await ledger.get(mailing, "p-1");
      expect(now?.claimId === again.claimId).toBe(expected === "claimed");
    }
  });

  test("a new claim leaves nothing of the attempt before", async () => {
    const mailing = newMailing();
    await mailed(mailing, "p-1", {
      status: "failed",
      permanent: false,
      smtpCode: 451,
      smtpResponse: "451 4.3.0 later",
    });
    const again = aClaim({ runId: "run-2", attempt: 2 });
    await ledger.claim(mailing, [again], rule({ runId: "run-2" }));
    const { hasDelivery, ...recorded } = again;
    expect(await ledger.get(mailing, "p-1")).toEqual({ pk: expect.any(String), status: "sending", ...recorded });
    expect(await attention(mailing, "failed")).toEqual([]);
  });

  test("a wrong guess about an existing delivery is put right", async () => {
    const mailing = newMailing();
    expect(await ledger.claim(mailing, [aClaim({ hasDelivery: true })], rule())).toEqual(["claimed"]);
  });

  test("two claims on one participant in one call: the first holds", async () => {
    const mailing = newMailing();
    const [first, second] = [aClaim(), aClaim()];
    expect(await ledger.claim(mailing, [first, second], rule())).toEqual(["claimed", "refused"]);
    expect((await ledger.get(mailing, "p-1"))?.claimId).toBe(first.claimId);
  });

  test("two processes claiming the same thousand people at once: each is claimed exactly once", async () => {
    const mailing = newMailing();
    const clients = [1, 2].map(() =>
      openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: tables.url }),
    );
    const claimAll = async (aws: Aws, worker: number) => {
      const other = deliveries(aws, tables.names);
      const claims = people(1000).map((participantId) =>
        aClaim({ participantId, claimId: `w${worker}-${participantId}` }),
      );
      return { claims, results: await other.claim(mailing, claims, rule()) };
    };
    const both = await Promise.all(clients.map((aws, worker) => claimAll(aws, worker)));
    for (const aws of clients) await aws[Symbol.asyncDispose]();

    const winners = both.flatMap(({ claims, results }) => claims.filter((_, index) => results[index] === "claimed"));
    expect(new Set(winners.map(({ participantId }) => participantId)).size).toBe(1000);
    expect(winners).toHaveLength(1000);
    const recorded = await ledger.getMany(mailing, people(1000));
    for (const { participantId, claimId } of winners) expect(recorded.get(participantId)?.claimId).toBe(claimId);
  });
});

describe("outcomes", () => {
  test("failed and in-doubt ones are listed for attention, and leave the list when they change", async () => {
    const mailing = newMailing();
    await mailed(mailing, "p-1", { status: "failed", permanent: true, endedAt: "2026-03-01T08:00:01.000Z" });
    await mailed(mailing, "p-2", { status: "failed", permanent: true, endedAt: "2026-03-01T08:00:02.000Z" });
    const doubtful = await mailed(mailing, "p-3", { status: "in-doubt" });
    expect(await attention(mailing, "failed")).toEqual(["p-2", "p-1"]);
    expect(await attention(mailing, "in-doubt")).toEqual(["p-3"]);

    expect(await ledger.settle(mailing, [anOutcome(doubtful)])).toEqual([true]);
    expect(await attention(mailing, "in-doubt")).toEqual([]);
    expect((await ledger.get(mailing, "p-3"))?.attention).toBeUndefined();
  });

  test("a doubt never replaces an answer, an answer replaces a doubt", async () => {
    const mailing = newMailing();
    const claim = await mailed(mailing, "p-1", { status: "sent" });
    expect(await ledger.settle(mailing, [anOutcome(claim, { status: "in-doubt" })])).toEqual([false]);
    expect((await ledger.get(mailing, "p-1"))?.status).toBe("sent");
  });

  test("a second doubt changes nothing: the list for attention keeps the time of the first", async () => {
    const mailing = newMailing();
    const claim = await mailed(mailing, "p-1", { status: "in-doubt", endedAt: "2026-03-01T08:00:01.000Z" });
    const again = anOutcome(claim, { status: "in-doubt", endedAt: "2026-03-01T09:00:00.000Z" });
    expect(await ledger.settle(mailing, [again])).toEqual([true]);
    expect((await ledger.get(mailing, "p-1"))?.endedAt).toBe("2026-03-01T08:00:01.000Z");
  });

  test("an outcome of a claim that was taken over is refused", async () => {
    const mailing = newMailing();
    const old = await mailed(mailing, "p-1", { status: "deferred" });
    await ledger.claim(mailing, [aClaim({ runId: "run-2", attempt: 2 })], rule({ runId: "run-2" }));
    expect(await ledger.settle(mailing, [anOutcome(old)])).toEqual([false]);
    expect((await ledger.get(mailing, "p-1"))?.status).toBe("sending");
  });

  test("settling the same outcomes twice is harmless; outcomes of one claim go in order", async () => {
    const mailing = newMailing();
    const claims = people(60).map((participantId) => aClaim({ participantId }));
    await ledger.claim(mailing, claims, rule());
    const outcomes = claims.map((claim) => anOutcome(claim));
    expect(await ledger.settle(mailing, outcomes)).toEqual(outcomes.map(() => true));
    expect(await ledger.settle(mailing, outcomes)).toEqual(outcomes.map(() => true));

    const claim = aClaim({ participantId: "p-100" });
    await ledger.claim(mailing, [claim], rule());
    const [doubt, reply] = [anOutcome(claim, { status: "in-doubt" }), anOutcome(claim)];
    expect(await ledger.settle(mailing, [doubt, reply])).toEqual([true, true]);
    expect((await ledger.get(mailing, "p-100"))?.status).toBe("sent");
  });
});

describe("trouble on the way", () => {
  test("a claim whose answer was lost is recognised by its claimId when it is sent again", async () => {
    const mailing = newMailing();
    await using aws = losingClient(tables.url, "BatchExecuteStatementCommand");
    const claims = people(25).map((participantId) => aClaim({ participantId }));
    expect(await deliveries(aws, tables.names).claim(mailing, claims, rule())).toEqual(claims.map(() => "claimed"));

    await mailed(mailing, "p-50", { status: "deferred" });
    await using another = losingClient(tables.url, "BatchExecuteStatementCommand");
    const retry = aClaim({ participantId: "p-50", attempt: 2 });
    expect(await deliveries(another, tables.names).claim(mailing, [retry], rule())).toEqual(["claimed"]);
  });

  test("an outcome whose answer was lost counts as settled", async () => {
    const mailing = newMailing();
    const claim = aClaim();
    await ledger.claim(mailing, [claim], rule());
    await using aws = losingClient(tables.url, "BatchExecuteStatementCommand");
    expect(await deliveries(aws, tables.names).settle(mailing, [anOutcome(claim)])).toEqual([true]);
  });

  test("throttled statements of a batch are sent again, the others are not", async () => {
    const mailing = newMailing();
    const sent: number[] = [];
    const throttling = {
      ...tables.aws,
      dynamo: {
        send: async (command: BatchExecuteStatementCommand) => {
          const statements = command.input.Statements ?? [];
          sent.push(statements.length);
          if (sent.length > 2) return tables.aws.dynamo.send(command);
          // The database takes the first three and throttles the rest.
          const taken = await tables.aws.dynamo.send(
            new BatchExecuteStatementCommand({ Statements: statements.slice(0, 3) }),
          );
          const throttled = statements.slice(3).map(() => ({ Error: { Code: "ThrottlingError" } }));
          return { Responses: [...(taken.Responses ?? []), ...throttled] };
        },
      },
    } as unknown as Aws;
    const claims = people(10).map((participantId) => aClaim({ participantId }));
    expect(await deliveries(throttling, tables.names).claim(mailing, claims, rule())).toEqual(
      claims.map(() => "claimed"),
    );
    expect(sent).toEqual([10, 7, 4]);
    expect((await ledger.count(mailing)).sending).toBe(10);
  });

  test("acceptance 37: a recipient costs one write for the claim and one for the outcome, a retry too", async () => {
    const mailing = newMailing();
    let units = 0;
    const counting = {
      ...tables.aws,
      dynamo: {
        send: async (command: BatchExecuteStatementCommand) => {
          if (command instanceof BatchExecuteStatementCommand) units += command.input.Statements?.length ?? 0;
          return tables.aws.dynamo.send(command);
        },
      },
    } as unknown as Aws;
    const counted = deliveries(counting, tables.names);

    const claims = people(100).map((participantId) => aClaim({ participantId }));
    await counted.claim(mailing, claims, rule());
    await counted.settle(
      mailing,
      claims.map((claim) => anOutcome(claim, { status: "deferred" })),
    );
    expect(units).toBe(200);
    const retries = claims.map((claim) => aClaim({ participantId: claim.participantId, attempt: 2 }));
    await counted.claim(mailing, retries, rule());
    expect(units).toBe(300);
    // A write unit is 1 KB: the whole item, with a talkative server's reply, stays below it.
    await counted.settle(
      mailing,
      retries.map((claim) => anOutcome(claim, { smtpResponse: `250 2.0.0 OK ${"x".repeat(140)}` })),
    );
    const { Item } = await tables.aws.dynamo.send(
      new GetCommand({
        TableName: tables.names.DELIVERIES_TABLE,
        Key: { pk: (await ledger.get(mailing, "p-1"))?.pk, participantId: "p-1" },
      }),
    );
    expect(Buffer.byteLength(JSON.stringify(Item))).toBeLessThan(1024);
  });
});

describe("reading", () => {
  test("reached: sent, sending and in-doubt; permanently failed ones are known apart", async () => {
    const mailing = newMailing();
    await mailed(mailing, "sent", { status: "sent" });
    await mailed(mailing, "doubt", { status: "in-doubt" });
    await mailed(mailing, "deferred", { status: "deferred" });
    await mailed(mailing, "failed", { status: "failed", permanent: false });
    await mailed(mailing, "gone", { status: "failed", permanent: true });
    await ledger.claim(mailing, [aClaim({ participantId: "sending" })], rule());

    const reached = await ledger.reached(mailing);
    const ids = ["sent", "doubt", "deferred", "failed", "gone", "sending", "never"];
    expect(ids.filter((id) => reached.has(id))).toEqual(["sent", "doubt", "sending"]);
    expect(ids.filter((id) => reached.failedPermanently(id))).toEqual(["gone"]);
    expect(ids.filter((id) => reached.failed(id))).toEqual(["failed", "gone"]);
    expect(reached.size).toBe(3);
    expect(await ledger.count(mailing)).toEqual({ sending: 1, sent: 1, failed: 2, inDoubt: 1, deferred: 1 });
  });

  test("standings: every delivery with its run, its end and its next attempt, and nothing of the person", async () => {
    const mailing = newMailing();
    const nextAttemptAt = "2026-04-02T12:05:00.000Z";
    await mailed(mailing, "later", { status: "deferred", nextAttemptAt });
    await ledger.claim(mailing, [aClaim({ participantId: "sending" })], rule());
    const standings = [];
    for await (const page of ledger.standings(mailing)) standings.push(...page);
    const later = await ledger.get(mailing, "later");
    expect(standings.sort((one, other) => one.participantId.localeCompare(other.participantId))).toMatchObject([
      { participantId: "later", runId: "run-1", status: "deferred", endedAt: later?.endedAt, nextAttemptAt },
      { participantId: "sending", runId: "run-1", status: "sending" },
    ]);
    expect(JSON.stringify(later)).toContain("@");
    expect(JSON.stringify(standings)).not.toContain("@");
  });

  test("all deliveries are read, all shards, past a page of 1 MB", async () => {
    const mailing = newMailing();
    // 16 shards of nearly 190 items of 6.5 KB: each is a little over one page.
    const claims = people(3000).map((participantId) => aClaim({ participantId, name: "x".repeat(6500) }));
    await ledger.claim(mailing, claims, rule());
    const ids: string[] = [];
    for await (const page of ledger.all(mailing)) ids.push(...page.map(({ participantId }) => participantId));
    expect(ids.sort()).toEqual(people(3000).sort());
    expect((await ledger.reached(mailing)).size).toBe(3000);
  });

  test("reading stops when the signal aborts", async () => {
    const mailing = newMailing();
    await ledger.claim(
      mailing,
      people(50).map((participantId) => aClaim({ participantId })),
      rule(),
    );
    const reason = new Error("stopped");
    await expect(ledger.reached(mailing, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(ledger.count(mailing, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test("a damaged item is an error naming table, key and field", async () => {
    const mailing = newMailing();
    await mailed(mailing, "p-1", { status: "sent" });
    await tables.aws.dynamo.send(
      new BatchExecuteStatementCommand({
        Statements: [
          {
            Statement: `UPDATE "${tables.names.DELIVERIES_TABLE}" SET "status" = 'posted' WHERE "pk" = ? AND "participantId" = ?`,
            Parameters: [(await ledger.get(mailing, "p-1"))?.pk, "p-1"],
          },
        ],
      }),
    );
    await expect(ledger.reached(mailing)).rejects.toThrow(/Deliveries, item E2026_.*#\d+\/p-1, field status/);
  });
});

describe("claims that no process holds", () => {
  const at = "2026-03-01T09:00:00.000Z";

  test("those of other runs become in-doubt, those of this run and settled ones stay", async () => {
    const mailing = newMailing();
    const claim = (participantId: string, runId: string): Claim => aClaim({ participantId, runId });
    await ledger.claim(mailing, [claim("old", "run-0"), claim("older", "run-00"), claim("mine", "run-1")], rule());
    await mailed(mailing, "sent", { status: "sent" }, "run-0");

    expect(await ledger.settleAbandoned(mailing, { notRunId: "run-1" }, at)).toBe(2);
    const found = await ledger.getMany(mailing, ["old", "older", "mine", "sent"]);
    expect(Object.fromEntries([...found].map(([id, { status }]) => [id, status]))).toEqual({
      old: "in-doubt",
      older: "in-doubt",
      mine: "sending",
      sent: "sent",
    });
    expect(found.get("old")?.endedAt).toBe(at);
    expect((await attention(mailing, "in-doubt")).sort()).toEqual(["old", "older"]);
  });

  test("those of a lost chunk, and at the end all; the holder's late answer still counts", async () => {
    const mailing = newMailing();
    const claims = people(40).map((participantId) => aClaim({ participantId }));
    await ledger.claim(mailing, claims, rule());
    expect(await ledger.settleAbandoned(mailing, { participantIds: ["p-1", "p-2", "absent"] }, at)).toBe(2);
    expect(await ledger.settleAbandoned(mailing, "all", at)).toBe(38);
    expect(await ledger.count(mailing)).toMatchObject({ sending: 0, inDoubt: 40 });

    const late = [
      anOutcome(claims[1]!),
      anOutcome(claims[3]!, { status: "deferred", smtpCode: undefined, smtpResponse: undefined }),
    ];
    expect(await ledger.settle(mailing, late)).toEqual([true, true]);
    expect(await ledger.count(mailing)).toMatchObject({ sent: 1, deferred: 1, inDoubt: 38 });
  });
});
