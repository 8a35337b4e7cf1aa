import { afterAll, beforeAll, expect, test } from "vitest";
import { createTables } from "../../../infra/local/createTables.ts";
import { type LocalDynamo, startDynamo } from "../../../infra/local/dynamo.ts";
import { losingClient } from "../../testing/losingClient.ts";
import type { Chunk, ChunkProgress, Plan } from "../domain/delivery/run.ts";
import { type Aws, openAws } from "./aws.ts";
import { type Runs, runs, runTtl } from "./runs.ts";

let dynamo: LocalDynamo;
let aws: Aws;
let table: Runs;
let runNumber = 0;

const counts = { total: 2, sent: 1, skipped: 1, failed: 0, inDoubt: 0 };
const at = (second: number) => `2026-11-23T08:00:${String(second).padStart(2, "0")}.000Z`;

beforeAll(async () => {
  dynamo = await startDynamo();
  const names = await createTables(dynamo.url);
  process.env["AWS_ACCESS_KEY_ID"] ??= "local";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "local";
  aws = openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  table = runs(aws, names);
});
afterAll(async () => {
  await aws?.[Symbol.asyncDispose]();
  await dynamo?.[Symbol.asyncDispose]();
});

const newRun = () => `run-${++runNumber}`;
const aChunk = (runId: string, fields: Partial<Chunk> = {}): Chunk => ({
  runId,
  sk: "chunk#EN#000000",
  language: "EN",
  ids: ["p-1", "p-2"],
  status: "planned",
  fence: 1,
  token: 0,
  losses: 0,
  skipped: {},
  retry: {},
  ttl: runTtl(Date.now()),
  ...fields,
});
const aPlan = (runId: string, fields: Partial<Plan> = {}): Plan => ({
  runId,
  sk: "plan",
  segments: 1,
  cursors: { "EN#0": { done: false } },
  nextNumber: { EN: 0 },
  nextRetryNumber: {},
  skipped: {},
  planned: {},
  added: {},
  before: {},
  lastIds: {},
  sentBefore: 0,
  fence: 1,
  complete: false,
  ttl: runTtl(Date.now()),
  ...fields,
});

test("a plan is read back as it was put, and an older coordinator cannot overwrite a newer one's", async () => {
  const runId = newRun();
  expect(await table.plan(runId)).toBeUndefined();
  expect(await table.putPlan(aPlan(runId, { fence: 2, planned: { EN: 7 } }))).toBe(true);
  expect(await table.putPlan(aPlan(runId, { fence: 1, complete: true }))).toBe(false);
  expect(await table.plan(runId)).toMatchObject({ fence: 2, complete: false, planned: { EN: 7 } });
});

test("of two workers with the same job exactly one gets the chunk", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  const token = await table.issue({ runId, sk: "chunk#EN#000000", token: 0 }, at(0));
  expect(token).toBe(1);
  const issue = { runId, sk: "chunk#EN#000000", token: 1 };
  const answers = await Promise.all(["w-1", "w-2"].map((worker) => table.pickUp(issue, worker, at(1))));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(answers.find(Boolean)).toMatchObject({ status: "issued", ids: ["p-1", "p-2"], heartbeatAt: at(1) });
});

test("a worker whose pick-up was made but its response lost recognises it by its name when it is sent again", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  await table.issue(aChunk(runId), at(0));
  await using losing = losingClient(dynamo.url, "UpdateItemCommand");
  const job = { runId, sk: "chunk#EN#000000", token: 1 };
  expect(await runs(losing, { RUNS_TABLE: "Runs" }).pickUp(job, "w-1", at(1))).toMatchObject({
    worker: "w-1",
    ids: ["p-1", "p-2"],
  });
  expect(await table.pickUp(job, "w-2", at(2))).toBeUndefined();
});

test("a planned chunk is issued once, and no job of an earlier issue can pick it up", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  const planned = { runId, sk: "chunk#EN#000000", token: 0 };
  expect(await table.pickUp(planned, "w-1", at(0))).toBeUndefined();
  const issued = await Promise.all([table.issue(planned, at(0)), table.issue(planned, at(0))]);
  expect(issued.filter((token) => token !== undefined)).toEqual([1]);
  expect(await table.pickUp(planned, "w-1", at(1))).toBeUndefined();
});

test("a chunk taken over refuses every write of the worker it was taken from", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  await table.issue({ runId, sk: "chunk#EN#000000", token: 0 }, at(0));
  const held = { runId, sk: "chunk#EN#000000", token: 1, worker: "w-1" };
  await table.pickUp(held, "w-1", at(1));
  expect(await table.heartbeat(held, at(2), { counts, retry: {} })).toBe(true);
  expect(await table.takeOver({ ...held, heartbeatAt: at(1) }, at(9))).toBeUndefined();
  expect(await table.takeOver({ ...held, heartbeatAt: at(2) }, at(9))).toBe(2);
  expect(await table.heartbeat(held, at(10), { counts, retry: {} })).toBe(false);
  expect(await table.finish(held, { counts, skipped: {}, retry: {} }, at(10))).toBe(false);
  expect(await table.fail(held, "too late")).toBe(false);
  const [state] = await table.states(runId, ["chunk#EN#000000"]);
  expect(state).toMatchObject({ token: 2, losses: 1, status: "issued", heartbeatAt: at(9), counts });
  expect(state?.worker).toBeUndefined();
  expect(await table.pickUp({ ...held, token: 2 }, "w-2", at(11))).toBeDefined();
});

test("a chunk given back keeps why and until when, and its next issue forgets it", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  await table.issue({ runId, sk: "chunk#EN#000000", token: 0 }, at(0));
  const held = { runId, sk: "chunk#EN#000000", token: 1, worker: "w-1" };
  await table.pickUp(held, "w-1", at(1));
  const result = { counts, skipped: { "p-1": "unsubscribed" }, retry: { "p-2": at(50) } };
  const why = { returned: "waited", reason: "busy", notBefore: at(20) } as const;
  expect(await table.giveBack(held, { ...result, ...why }, at(3))).toBe(true);
  const given = await table.chunk(runId, held.sk);
  expect(given).toMatchObject({ status: "planned", returned: "waited", notBefore: at(20), ...result });
  expect(given?.worker).toBeUndefined();
  expect(await table.issue({ runId, sk: held.sk, token: 1 }, at(21))).toBe(2);
  const again = await table.chunk(runId, held.sk);
  expect(again?.notBefore).toBeUndefined();
  expect(again?.returned).toBeUndefined();
});

test("a job is added again only while no worker has picked the chunk up", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  const issue = { runId, sk: "chunk#EN#000000", token: 1 };
  await table.issue({ ...issue, token: 0 }, at(0));
  expect(await table.issueAgain(issue, at(16))).toBe(true);
  await table.pickUp(issue, "w-1", at(17));
  expect(await table.issueAgain(issue, at(40))).toBe(false);
});

test("planning over unissued chunks replaces them; issued ones and those of a later coordinator stand", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId), aChunk(runId, { sk: "chunk#EN#000001" })]);
  await table.putChunks([aChunk(runId, { ids: ["p-9"], fence: 2 })]);
  expect((await table.chunk(runId, "chunk#EN#000000"))?.ids).toEqual(["p-9"]);
  await expect(table.putChunks([aChunk(runId)])).rejects.toMatchObject({ code: "lease-lost" });
  await table.issue({ runId, sk: "chunk#EN#000001", token: 0 }, at(0));
  await expect(table.putChunks([aChunk(runId, { sk: "chunk#EN#000001", fence: 3 })])).rejects.toMatchObject({
    code: "lease-lost",
  });
});

test("lists every chunk of a run over several pages, and nothing of the plan or of another run", async () => {
  const runId = newRun();
  const ids = Array.from({ length: 100 }, (_, n) => `participant-with-a-rather-long-identifier-${n}`);
  const chunks = Array.from({ length: 260 }, (_, n) =>
    aChunk(runId, { ids, sk: `chunk#EN#${String(n).padStart(6, "0")}` }),
  );
  await table.putPlan(aPlan(runId));
  await table.putChunks([...chunks, aChunk(runId, { sk: "retry#EN#000000" }), aChunk(newRun())]);
  const found: Chunk[] = [];
  let pages = 0;
  for await (const page of table.list(runId)) {
    found.push(...page);
    pages += 1;
  }
  expect(pages).toBeGreaterThan(2);
  expect(found.map((chunk) => chunk.sk)).toEqual([...chunks.map((chunk) => chunk.sk), "retry#EN#000000"]);
  const states = await table.states(
    runId,
    chunks.map((chunk) => chunk.sk),
  );
  expect(states).toHaveLength(260);
  expect(states[0]).not.toHaveProperty("ids");
});

test("the progress of a run says for every chunk how far it came and when, without its people", async () => {
  const runId = newRun();
  const sk = (number: number) => `chunk#EN#${String(number).padStart(6, "0")}`;
  await table.putChunks([...Array(260).keys()].map((number) => aChunk(runId, { sk: sk(number) })));
  await table.putChunks([
    aChunk(runId, { sk: "chunk#SP#000000", language: "SP" }),
    aChunk(runId, { sk: "retry#EN#000000" }),
  ]);
  const issue = { runId, sk: sk(255), token: 1 };
  await table.issue({ ...issue, token: 0 }, at(0));
  await table.pickUp(issue, "w-1", at(1));
  const held = { ...issue, worker: "w-1" };
  await table.giveBack(held, { counts, skipped: {}, retry: {}, returned: "waited", reason: "busy" }, at(5));
  await table.issue(issue, at(9));
  await table.pickUp({ ...issue, token: 2 }, "w-2", at(10));
  await table.finish(
    { ...held, token: 2, worker: "w-2" },
    { counts, skipped: { "p-1": "language" }, retry: {} },
    at(12),
  );
  const found: ChunkProgress[] = [];
  for await (const page of table.progress({ runId, nextNumber: { EN: 260, SP: 1, FR: 0 } })) found.push(...page);
  expect(found).toHaveLength(262);
  expect(new Set(found.map((chunk) => chunk.sk)).size).toBe(262);
  const done = found.find((chunk) => chunk.sk === sk(255));
  expect(done).toEqual({
    sk: sk(255),
    language: "EN",
    status: "done",
    worker: "w-2",
    counts,
    startedAt: at(1),
    endedAt: at(12),
    heartbeatAt: at(10),
  });
});

test("a chunk that only waited for its account has not begun; one taken up again has not ended", async () => {
  const runId = newRun();
  await table.putChunks([aChunk(runId)]);
  const issue = { runId, sk: "chunk#EN#000000", token: 1 };
  await table.issue({ ...issue, token: 0 }, at(0));
  await table.pickUp(issue, "w-1", at(1));
  const nothing = { ...counts, sent: 0 };
  const why = { skipped: {}, retry: {}, returned: "paused", reason: "paused" } as const;
  await table.giveBack({ ...issue, worker: "w-1" }, { ...why, counts: nothing }, at(5));
  expect(await table.chunk(runId, issue.sk)).not.toHaveProperty("startedAt");
  await table.issue(issue, at(9));
  const again = await table.pickUp({ ...issue, token: 2 }, "w-2", at(10));
  expect(again).toMatchObject({ startedAt: at(10) });
  expect(again).not.toHaveProperty("endedAt");
});

test("an item that does not fit is an error naming table, key and field", async () => {
  const runId = newRun();
  await expect(table.putChunks([aChunk(runId, { losses: "two" as unknown as number })])).rejects.toThrow(
    `Table Runs, item ${runId} chunk#EN#000000, field losses`,
  );
});

test("whom the chunks of one language skipped is read in the order of their keys, taken up anywhere", async () => {
  const runId = newRun();
  const skipping = (sk: string, skipped: Record<string, string>, language = "EN") =>
    aChunk(runId, { sk, language, skipped });
  await table.putPlan(aPlan(runId));
  await table.putChunks([
    skipping("chunk#EN#000000", { "p-1": "unsubscribed" }),
    skipping("chunk#EN#000001", {}),
    skipping("chunk#EN#000002", { "p-5": "send-until", "p-4": "no-address" }),
    skipping("chunk#SP#000000", { "p-9": "unsubscribed" }, "SP"),
    skipping("retry#EN#000000", { "p-7": "suppressed" }),
  ]);
  for (const limit of [1, 2, 100]) {
    const pages = await Array.fromAsync(table.skipped(runId, "EN", { limit }));
    expect(pages.flatMap(({ chunks }) => chunks.map(({ sk, skipped }) => [sk, Object.keys(skipped).sort()]))).toEqual([
      ["chunk#EN#000000", ["p-1"]],
      ["chunk#EN#000001", []],
      ["chunk#EN#000002", ["p-4", "p-5"]],
      ["retry#EN#000000", ["p-7"]],
    ]);
    expect(pages.at(-1)?.readTo).toBeUndefined();
    // From wherever a page ended, the rest follows.
    for (const [index, { readTo }] of pages.slice(0, -1).entries()) {
      const rest = await Array.fromAsync(table.skipped(runId, "EN", { limit, after: readTo as string }));
      expect(rest.flatMap(({ chunks }) => chunks)).toEqual(pages.slice(index + 1).flatMap(({ chunks }) => chunks));
    }
  }
});
