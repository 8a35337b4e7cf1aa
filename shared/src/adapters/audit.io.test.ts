import fc from "fast-check";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTables, type Tables } from "../../testing/tables.ts";
import { instant } from "../domain/time.ts";
import { type Audit, type AuditLine, audit } from "./audit.ts";

let tables: Tables;
let lines: Audit;
beforeAll(async () => {
  tables = await startTables();
  lines = audit(tables.aws, tables.names);
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const begin = Date.parse("2026-03-01T08:00:00.000Z");

function aLine(workOrderId: string, kind: "C" | "E" | "U", at: number): AuditLine {
  const id = ulid(at);
  const sk = { C: `C#${id}`, E: `E#${id}#Send`, U: `U#${instant(at)}#${id}` }[kind];
  return { workOrderId, sk, at: instant(at), by: "anna", what: "something happened" };
}

async function allPages(workOrderId: string, limit: number): Promise<AuditLine[][]> {
  const pages: AuditLine[][] = [];
  let after: string | undefined;
  do {
    const page = await lines.page(workOrderId, { limit, after });
    pages.push([...page.lines]);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

test("pages hold every line of an order once, newest first, whatever their kinds", async () => {
  const someLines = fc.array(fc.tuple(fc.constantFrom("C", "E", "U"), fc.integer({ min: 0, max: 5000 })), {
    maxLength: 25,
  });
  await fc.assert(
    fc.asyncProperty(someLines, fc.integer({ min: 1, max: 8 }), async (some, limit) => {
      const id = `wo-${ulid()}`;
      const put = some.map(([kind, after]) => aLine(id, kind as "C" | "E" | "U", begin + after));
      for (const line of put) await lines.put(line);
      const pages = await allPages(id, limit);
      const found = pages.flat();
      expect(found.map(({ sk }) => sk).sort()).toEqual(put.map(({ sk }) => sk).sort());
      expect(found.map(({ at }) => at)).toEqual(
        found
          .map(({ at }) => at)
          .sort()
          .reverse(),
      );
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
    }),
    { numRuns: 15 },
  );
});

test("a line put between two pages neither doubles nor hides an older one", async () => {
  const id = `wo-${ulid()}`;
  for (const n of [0, 1, 2, 3]) await lines.put(aLine(id, "U", begin + n));
  const first = await lines.page(id, { limit: 2 });
  await lines.put(aLine(id, "C", begin + 9));
  const second = await lines.page(id, { limit: 2, after: first.next });
  expect([...first.lines, ...second.lines].map(({ at }) => Date.parse(at) - begin)).toEqual([3, 2, 1, 0]);
});

test("an order without lines has one empty page, and a page end that is none is refused", async () => {
  expect(await lines.page("wo-nothing", { limit: 5 })).toEqual({ lines: [] });
  const forged = [{ U: "C#1" }, { U: "U#\ud800" }, { E: `E#${"€".repeat(341)}` }].map((cursor) =>
    Buffer.from(JSON.stringify(cursor)).toString("base64url"),
  );
  for (const after of ["no page end", ...forged, ""])
    await expect(lines.page("wo-nothing", { limit: 5, after })).rejects.toMatchObject({ code: "invalid-input" });
});

test("what users did after an instant is found without what they did before, and without commands", async () => {
  const id = `wo-${ulid()}`;
  for (const n of [0, 1000, 2000, 3000]) await lines.put(aLine(id, "U", begin + n));
  await lines.put(aLine(id, "C", begin + 2500));
  const found = await lines.editsSince(id, instant(begin + 1000));
  expect(found.map(({ at }) => Date.parse(at) - begin)).toEqual([2000, 3000]);
});
