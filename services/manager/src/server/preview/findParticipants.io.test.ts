import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findParticipants } from "./findParticipants.ts";

let tables: Tables;
const people = () => ({ participants: participants(tables.aws, tables.names) });

beforeAll(async () => {
  tables = await startTables();
  const crowd = [
    aParticipant({ id: "p-zoe", first: "Zoë", last: "Müller-Ünal", email: "zoe@example.org" }),
    aParticipant({ id: "zo-2", first: "Zoran", last: "Petrov", email: "zoran@example.org" }),
    ...Array.from({ length: 200 }, (_, n) => aParticipant({ id: `m-${n}`, first: "Max", last: `Muster ${n}` })),
  ];
  for (let from = 0; from < crowd.length; from += 25) {
    const puts = crowd.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await tables.aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [tables.names.PARTICIPANTS_TABLE]: puts } }));
  }
});
afterAll(() => tables[Symbol.asyncDispose]());

const all = { showAddresses: true };
const ids = async (search: string, user = all) =>
  (await findParticipants(people(), user, search)).participants.map(({ id }) => id).sort();

test.each([
  ["zo", ["p-zoe", "zo-2"]],
  ["ÜNAL", ["p-zoe"]],
  ["zoe mull", ["p-zoe"]],
  ["petrov", ["zo-2"]],
  ["zoran@example.org", ["zo-2"]],
  ["zo-2", ["zo-2"]],
  ["nobody like that", []],
  ["  ", []],
])("%j finds %j", async (search, expected) => {
  expect(await ids(search)).toEqual(expected);
});

test("an address is masked, and found only as a whole, for those who may see none", async () => {
  const masked = { showAddresses: false };
  expect((await findParticipants(people(), masked, "ünal")).participants).toEqual([
    { id: "p-zoe", name: "Zoë Müller-Ünal", email: "z…@example.org" },
  ]);
  expect(await ids("zoe@example.org", masked)).toEqual(["p-zoe"]);
  expect(await ids("zoe@", masked)).toEqual([]);
});

test("of many the first ten are shown, and that there are more is said", async () => {
  const found = await findParticipants(people(), all, "muster");
  expect(found.participants).toHaveLength(10);
  expect(found.note).toMatch(/first 10/);
});

test("when the time is over what was found is shown, and that the search ended is said", async () => {
  const slow = people().participants;
  const pages: typeof slow.pages = async function* ({ signal } = {}) {
    yield [aParticipant({ id: "early", first: "Zora" })];
    await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  };
  const found = await findParticipants({ participants: { ...slow, pages } }, all, "zor", undefined, 50);
  expect(found.participants.map(({ id }) => id)).toEqual(["early"]);
  expect(found.note).toBe("The search ended after 1 people. Type the exact id or address to find anybody.");
});

test("a browser that goes away ends it", async () => {
  const gone = new Error("gone");
  await expect(findParticipants(people(), all, "nobody", AbortSignal.abort(gone))).rejects.toBe(gone);
});
