import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Contact } from "@email-agent/shared/adapters/contacts.ts";
import { peopleQuery, recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NamePlace } from "./peopleBlock.ts";
import { type PeopleIndex, peopleIndex, type TimePlace } from "./peopleIndex.ts";
import type { PeopleSource } from "./readPeople.ts";

const never = new AbortController().signal;
const asked = { limit: 5, waitMilliseconds: 1000, signal: never };

/** A table of contacts that is read in pages of 3. */
function table(contacts: Map<string, Contact>): PeopleSource {
  return {
    async *pages() {
      const all = [...contacts.values()];
      for (let from = 0; from < all.length; from += 3) {
        await setImmediate();
        yield all.slice(from, from + 3);
      }
    },
    roughCount: async () => contacts.size,
  };
}

const tableOf = (contacts: readonly Contact[]) => new Map(contacts.map((contact) => [contact.id, contact]));

function opened(source: PeopleSource) {
  let time = 0;
  const failures: unknown[] = [];
  const index = peopleIndex({ source, onFailure: (error) => failures.push(error), now: () => time });
  return { index, failures, pass: (seconds: number) => (time += seconds * 1000) };
}

async function everyPage(index: PeopleIndex, text: string, limit = 5): Promise<string[]> {
  const ids: string[] = [];
  let after: NamePlace | undefined;
  for (;;) {
    const query = text === "" ? {} : { query: peopleQuery(text, "part") };
    const { people, hasMore } = await index.search({ ...asked, ...query, limit, ...(after && { after }) });
    ids.push(...people.map(({ participantId }) => participantId));
    after = people.at(-1);
    if (!hasMore) return ids;
  }
}

test("a search finds, over its pages, exactly the people whom the rule of all searches accepts, each once", async () => {
  const word = fc.string({ unit: fc.constantFrom(..."aábcß- '"), maxLength: 6 });
  const contact = fc.record({
    id: fc.string({ unit: fc.constantFrom(..."aP1\n-"), minLength: 1, maxLength: 4 }),
    first: fc.option(word),
    last: word,
    email: fc.option(fc.string({ unit: fc.constantFrom(..."aAb.@"), maxLength: 8 })),
  });
  const text = fc.string({ unit: fc.constantFrom(..."aábcPß-1@ "), minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(contact, { maxLength: 30 }), text, async (contacts, typed) => {
      fc.pre(typed.trim() !== "");
      const all = tableOf(contacts);
      const matches = recipientSearch(typed, "part");
      const expected = [...all.values()].filter(({ id, email, ...name }) =>
        matches({ participantId: id, name: personName(name), email: email ?? "" }),
      );
      using index = opened(table(all)).index;
      expect((await everyPage(index, typed)).sort()).toEqual(expected.map(({ id }) => id).sort());
      expect((await everyPage(index, "")).sort()).toEqual([...all.keys()].sort());
    }),
  );
});

test("people come in the order of their names", async () => {
  const names = ["Zoë", "Émile", "ana", "Ábel", "Bo"];
  using index = opened(table(tableOf(names.map((first, n) => ({ id: `p-${n}`, first }))))).index;
  expect(await everyPage(index, "", 2)).toEqual(["p-3", "p-2", "p-4", "p-1", "p-0"]);
});

test("it knows what it knew for a minute, then reads again in the background", async () => {
  const all = tableOf([{ id: "p-1", first: "Ana" }]);
  const { index, pass } = opened(table(all));
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  all.set("p-2", { id: "p-2", first: "Ana" });
  pass(59);
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  pass(2);
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  await expect.poll(() => everyPage(index, "ana")).toEqual(["p-1", "p-2"]);
  index[Symbol.dispose]();
});

test("a change counts at once: also one during a read, until a read that began later", async () => {
  const all = tableOf([
    { id: "p-1", first: "Ana" },
    { id: "p-2", first: "Bo" },
    { id: "p-3", first: "Cy" },
  ]);
  const { index, pass } = opened(table(all));
  index.warm();
  index.note("p-1", { id: "p-1", first: "Xenia", unsubscribe: true, unsubscribedAt: "2026-01-01T00:00:00.000Z" });
  index.note("p-2", undefined);
  expect(await everyPage(index, "")).toEqual(["p-3", "p-1"]);
  expect(await everyPage(index, "xen")).toEqual(["p-1"]);
  const { people, total } = await index.matching({ ...asked, flag: "unsubscribed" });
  expect({ ids: people.map(({ participantId }) => participantId), total }).toEqual({ ids: ["p-1"], total: 1 });
  expect([index.holds("p-1"), index.holds("p-2"), index.holds("p-3"), index.holds("p-4")]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  all.set("p-2", { id: "p-2", first: "Dora" });
  pass(61);
  index.warm();
  await expect.poll(() => everyPage(index, "")).toEqual(["p-1", "p-3", "p-2"]);
  index[Symbol.dispose]();
});

test("lists of unsubscribed and suppressed people: the newest first, in pages that neither miss nor repeat anyone", async () => {
  const day = (n: number) => `2026-01-${String(n).padStart(2, "0")}T00:00:00.000Z`;
  const contacts = Array.from({ length: 30 }, (_, n): Contact => {
    const email = `a${n}@example.org`;
    if (n % 3 === 0) return { id: `p-${n}`, first: "Ana", email, unsubscribe: true, unsubscribedAt: day(1 + (n % 7)) };
    // Of an address they had before: it forbids nothing.
    const address = n % 3 === 1 ? email.toUpperCase() : "old@example.org";
    return { id: `p-${n}`, first: "Bo", email, suppression: { address, code: "5.1.1", at: day(1 + (n % 7)) } };
  });
  using index = opened(table(tableOf([...contacts, { id: "p-x", unsubscribe: true }]))).index;
  for (const flag of ["unsubscribed", "suppressed"] as const) {
    const seen: TimePlace[] = [];
    let after: TimePlace | undefined;
    for (;;) {
      const page = await index.matching({ ...asked, limit: 3, flag, ...(after && { after }) });
      expect(page.total).toBe(flag === "unsubscribed" ? 11 : 10);
      seen.push(...page.people);
      after = page.people.at(-1);
      if (!page.hasMore) break;
    }
    expect(new Set(seen.map(({ participantId }) => participantId)).size).toBe(flag === "unsubscribed" ? 11 : 10);
    expect(seen.map(({ second }) => second)).toEqual(seen.map(({ second }) => second).toSorted((a, b) => b - a));
  }
  const found = await index.matching({ ...asked, flag: "unsubscribed", query: peopleQuery("bo", "part") });
  expect({ people: found.people, total: found.total }).toEqual({ people: [], total: 11 });
});

test("while people are read for the first time, a search says what it found and how far that has come", async () => {
  const gate = Promise.withResolvers<void>();
  const page = (first: string, from: number) =>
    Array.from({ length: 10 }, (_, n): Contact => ({ id: `p-${from + n}`, first }));
  const source: PeopleSource = {
    async *pages() {
      yield page("Ana", 0);
      await gate.promise;
      yield page("Bo", 10);
    },
    roughCount: async () => 20,
  };
  using index = peopleIndex({ source, onFailure: () => {} });
  const bo = { ...asked, query: peopleQuery("bo", "part"), waitMilliseconds: 50 };
  expect(await index.search(bo)).toEqual({ people: [], hasMore: false, reading: { read: 10, about: 20 } });
  // A full page does not wait.
  const ana = await index.search({ ...bo, query: peopleQuery("ana", "part"), waitMilliseconds: 60_000 });
  expect(ana).toMatchObject({ hasMore: true, reading: { read: 10, about: 20 } });
  gate.resolve();
  expect(await index.search(bo)).toMatchObject({ people: { length: 5 }, hasMore: true });
});

test("a read that fails: the first fails the search, which may be repeated; a later one is reported and keeps what is known", async () => {
  let isDown = true;
  const all = tableOf([{ id: "p-1", first: "Ana" }]);
  const source = table(all);
  const { index, failures, pass } = opened({
    ...source,
    async *pages(signal) {
      if (isDown) throw new Error("The table does not respond.");
      yield* source.pages(signal);
    },
  });
  await expect(everyPage(index, "ana")).rejects.toThrow("does not respond");
  isDown = false;
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  isDown = true;
  pass(61);
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  await expect.poll(() => failures).toHaveLength(1);
  expect(await everyPage(index, "ana")).toEqual(["p-1"]);
  index[Symbol.dispose]();
});

test("a person costs less than 80 bytes, and half a million are searched without holding the event loop", async () => {
  const many = 500_000;
  const source: PeopleSource = {
    async *pages() {
      for (let from = 0; from < many; from += 500) {
        yield Array.from({ length: 500 }, (_, n): Contact => {
          const id = (from + n).toString(36).padStart(10, "0");
          return {
            id,
            first: `Ana${from % 977}`,
            last: `García Núñez ${n}`,
            email: `ana.garcia${from + n}@example.org`,
          };
        });
        if (from % 5000 === 0) await setImmediate();
      }
    },
    roughCount: async () => many,
  };
  const before = await bytesHeld();
  using index = peopleIndex({ source, onFailure: () => {} });
  const absent = { ...asked, query: peopleQuery("garcia zzz", "part") };
  while ((await index.search(absent)).reading);
  expect(index.size).toBe(many);
  expect(((await bytesHeld()) - before) / many).toBeLessThan(80);

  let [longest, last] = [0, performance.now()];
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const found = await index.search(absent);
  clearInterval(watch);
  expect(found.people).toEqual([]);
  // 12 ms on a quiet machine.
  expect(longest).toBeLessThan(200);
});

/** Memory in use after garbage collections. */
async function bytesHeld(): Promise<number> {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 3; round++) {
    runInNewContext("gc")();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
