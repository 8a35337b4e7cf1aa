import { BatchGetCommand, BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aParticipant } from "../../testing/builders.ts";
import { startTables, type Tables } from "../../testing/tables.ts";
import type { Participant } from "../domain/recipients/participant.ts";
import type { Aws } from "./aws.ts";
import { type Participants, participants } from "./participants.ts";

let tables: Tables;
let people: Participants;

beforeAll(async () => {
  tables = await startTables();
  people = participants(tables.aws, tables.names);
  const crowd = Array.from({ length: 1000 }, (_, index) =>
    aParticipant({ id: `p-${index}`, homeCity: "León", notes: "x".repeat(5000) } as object),
  );
  for (let start = 0; start < crowd.length; start += 25) {
    const puts = crowd.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await tables.aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [tables.names.PARTICIPANTS_TABLE]: puts } }));
  }
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const put = (item: object) =>
  tables.aws.dynamo.send(new PutCommand({ TableName: tables.names.PARTICIPANTS_TABLE, Item: item as Participant }));

describe("scanning", () => {
  test.each([1, 4, 7])("%i segments together hold everybody once, past pages of 1 MB", async (segments) => {
    const ids: string[] = [];
    let pages = 0;
    for await (const page of people.pages({ segments })) {
      pages += 1;
      ids.push(...page.map(({ id }) => id));
    }
    expect(ids).toHaveLength(1000);
    expect(new Set(ids).size).toBe(1000);
    expect(pages).toBeGreaterThan(4);
  });

  test("a segment goes on behind the page where another process stopped", async () => {
    const first = await people.page({ segment: 0, segments: 2, limit: 10 });
    expect(first.participants).toHaveLength(10);
    const ids = first.participants.map(({ id }) => id);
    let after = first.next;
    while (after) {
      const page = await people.page({ segment: 0, segments: 2, after, limit: 50 });
      ids.push(...page.participants.map(({ id }) => id));
      after = page.next;
    }
    let other = await people.page({ segment: 1, segments: 2 });
    ids.push(...other.participants.map(({ id }) => id));
    while (other.next) {
      other = await people.page({ segment: 1, segments: 2, after: other.next });
      ids.push(...other.participants.map(({ id }) => id));
    }
    expect(ids).toHaveLength(1000);
    expect(new Set(ids).size).toBe(1000);
  });

  test("only what the product knows is read, and what merge fields name", async () => {
    const plain = (await people.page({ segment: 0, segments: 1, limit: 1 })).participants[0] as Participant;
    expect(plain).toMatchObject({ email: expect.stringContaining("@"), first: "Ana" });
    expect(plain).not.toHaveProperty("notes");
    const more = await people.page({ segment: 0, segments: 1, limit: 1, attributes: ["homeCity", "email"] });
    expect(more.participants[0]).toMatchObject({ homeCity: "León" });
    expect(more.participants[0]).not.toHaveProperty("notes");
  });

  test("an abort ends it with its reason", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    const read = async () => {
      for await (const _ of people.pages({ segments: 2, signal: stop.signal })) stop.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });
});

describe("reading by id", () => {
  test("many at once, doubled and unknown ids included", async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `p-${index}`);
    const found = await people.getMany([...ids, "p-1", "unknown"]);
    expect([...found.keys()].sort()).toEqual([...ids].sort());
    expect(found.get("p-7")).toMatchObject({ id: "p-7", homeCity: "León" });
    expect(await people.getMany([])).toEqual(new Map());
    expect(await people.get("unknown")).toBeUndefined();
    expect((await people.get("p-3"))?.id).toBe("p-3");
  });

  test("keys the database leaves unprocessed are asked again", async () => {
    const asked: number[] = [];
    const lazy = {
      ...tables.aws,
      dynamo: {
        send: async (command: BatchGetCommand) => {
          if (!command.input.RequestItems) return tables.aws.dynamo.send(command);
          const [[table, request]] = Object.entries(command.input.RequestItems ?? {}) as [[string, { Keys: object[] }]];
          asked.push(request.Keys.length);
          const firstThirty = { ...request, Keys: request.Keys.slice(0, 30) };
          const response = await tables.aws.dynamo.send(
            new BatchGetCommand({ RequestItems: { [table]: firstThirty } } as never),
          );
          const left = request.Keys.slice(30);
          return { ...response, UnprocessedKeys: left.length > 0 ? { [table]: { ...request, Keys: left } } : {} };
        },
      },
    } as unknown as Aws;
    const ids = Array.from({ length: 80 }, (_, index) => `p-${index}`);
    expect((await participants(lazy, tables.names).getMany(ids)).size).toBe(80);
    expect(asked).toEqual([80, 50, 20]);
  });

  test("acceptance 64: a record that does not fit is returned with its field, by every read, and hides no other", async () => {
    await put({ id: "odd", email: "odd@example.org", practice: { adult: "yes" } });
    const odd = { email: "odd@example.org", invalidRecord: { field: "practice.adult" } };
    expect(await people.get("odd")).toMatchObject(odd);
    const several = await people.getMany(["odd", "p-5"]);
    expect([several.get("odd"), several.get("p-5")?.invalidRecord]).toMatchObject([odd, undefined]);
    const scanned = (await Array.fromAsync(people.pages())).flat();
    expect(scanned.find(({ id }) => id === "odd")).toMatchObject(odd);
    expect(scanned.length).toBeGreaterThan(1);
    await people.unsubscribe("odd", "2026-03-01T08:00:00.000Z", "E2026_weekend_reg_EN");
    expect(await people.get("odd")).toMatchObject({ unsubscribe: true });
  });
});

describe("suppressing", () => {
  const suppression = { address: "p-5@example.org", code: "5.1.1", at: "2026-03-01T08:00:00.000Z" };

  test("sets the suppression and leaves the rest", async () => {
    const before = await people.get("p-5");
    await people.suppress("p-5", suppression);
    expect(await people.get("p-5")).toEqual({ ...before, suppression });
  });

  test("never makes a participant", async () => {
    await expect(people.suppress("unknown", suppression)).rejects.toMatchObject({ code: "not-found" });
    expect(await people.get("unknown")).toBeUndefined();
  });
});

describe("unsubscribing", () => {
  const at = "2026-03-01T08:00:00.000Z";
  const unsubscribed = { unsubscribe: true, unsubscribedAt: at, unsubscribedBy: "E2026_weekend_reg_EN" };

  test.each([
    ["never asked", { unsubscribe: undefined }],
    ["null, as registration applications write it", { unsubscribe: null, unsubscribedAt: null }],
    ["subscribed again", { unsubscribe: false, unsubscribedAt: "2020-01-01T00:00:00.000Z" }],
  ])("a person who was %s is unsubscribed, and the rest stays", async (_what, before) => {
    const person = aParticipant({ homeCity: "León" } as object);
    await put({ ...person, ...before });
    expect(await people.unsubscribe(person.id, at, "E2026_weekend_reg_EN")).toBe(true);
    expect(await people.get(person.id)).toEqual({ ...person, ...unsubscribed });
  });

  test("again and at the same time is harmless: one does it, and the first time stays", async () => {
    const { id } = aParticipant();
    await put({ id });
    const results = await Promise.all(
      Array.from({ length: 5 }, () => people.unsubscribe(id, at, "E2026_weekend_reg_EN")),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await people.unsubscribe(id, "2027-01-01T00:00:00.000Z", "E2026_weekend_reg_EN")).toBe(false);
    expect(await people.get(id)).toEqual({ id, ...unsubscribed });
  });

  test("never makes a participant", async () => {
    await expect(people.unsubscribe("unknown", at, "E2026_weekend_reg_EN")).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await people.get("unknown")).toBeUndefined();
  });
});
