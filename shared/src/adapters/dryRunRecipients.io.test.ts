import { afterAll, beforeAll, expect, test } from "vitest";
import { startTables, type Tables } from "../../testing/tables.ts";
import type { DryRunRecipient } from "../domain/delivery/dryRunRecipient.ts";
import { type DryRunLine, type DryRunRecipients, dryRunRecipients } from "./dryRunRecipients.ts";

let tables: Tables;
let list: DryRunRecipients;

beforeAll(async () => {
  tables = await startTables();
  list = dryRunRecipients(tables.aws, tables.names);
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const aLine = (participantId: string, fields: Partial<DryRunLine> = {}): DryRunLine => ({
  participantId,
  name: "Ana García",
  email: `${participantId}@example.org`,
  subject: "Registration",
  status: "ok",
  at: "2026-03-01T08:00:00.000Z",
  ...fields,
});
async function linesOf(runId: string, language: string): Promise<DryRunRecipient[]> {
  const lines: DryRunRecipient[] = [];
  for await (const page of list.pages(runId, language)) lines.push(...page);
  return lines.sort((one, other) => (one.participantId < other.participantId ? -1 : 1));
}

test("the lines of a run and language are read back, apart from other runs and languages", async () => {
  const ids = Array.from({ length: 130 }, (_, index) => `p-${String(index).padStart(3, "0")}`);
  await list.put(
    "run-1",
    "EN",
    ids.map((id) => aLine(id)),
  );
  await list.put("run-1", "SP", [aLine("p-sp")]);
  await list.put("run-2", "EN", [aLine("p-other")]);
  const lines = await linesOf("run-1", "EN");
  expect(lines.map(({ participantId }) => participantId)).toEqual(ids);
  expect(lines[0]).toMatchObject({ ...aLine("p-000"), pk: expect.stringMatching(/^run-1#EN#\d+$/) });
});

test("they expire 90 days after they were made", async () => {
  await list.put("run-3", "EN", [aLine("p-1")]);
  expect((await linesOf("run-3", "EN"))[0]?.ttl).toBe(Date.parse("2026-05-30T08:00:00.000Z") / 1000);
});

test("a run that begins anew overwrites its lines", async () => {
  await list.put("run-4", "EN", [aLine("p-1", { status: "error", error: "No retreat selected" }), aLine("p-2")]);
  await list.put("run-4", "EN", [aLine("p-1")]);
  const lines = await linesOf("run-4", "EN");
  expect(lines.map(({ participantId, status, error }) => [participantId, status, error])).toEqual([
    ["p-1", "ok", undefined],
    ["p-2", "ok", undefined],
  ]);
});

test("the lines are read in the order of participant ids, from behind any of them", async () => {
  const ids = Array.from({ length: 60 }, (_, index) => `p-${String((index * 37) % 60).padStart(2, "0")}`);
  await list.put(
    "run-5",
    "EN",
    ids.map((id) => aLine(id)),
  );
  const inOrder = async (after?: string) => {
    const pages = await Array.fromAsync(list.inOrder("run-5", "EN", { perShard: 3, ...(after && { after }) }));
    return pages.flatMap(({ items }) => items.map(({ participantId }) => participantId));
  };
  expect(await inOrder()).toEqual(ids.toSorted());
  expect(await inOrder("p-41")).toEqual(ids.toSorted().slice(42));
});
