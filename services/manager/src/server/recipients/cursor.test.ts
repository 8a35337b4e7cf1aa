import { expect, test } from "vitest";
import { seal } from "../http/seal.ts";
import { listCursors } from "./cursor.ts";

const config = { SESSION_SECRET: "a secret of more than 32 characters" };
const list = ["send", "E2026_weekend_reg_EN", "EN", "", ""];
const progress = { place: ["2026-03-01T08:00:01.000Z", "p-1"], given: 50, read: 812 };
const start = Date.UTC(2026, 2, 1);
const cursorsOf = (parts: readonly string[], now = start) => listCursors(config, { now: () => now }, parts);

test("a cursor leads back to its place in its list, for a day, and reveals no id", async () => {
  const cursor = await cursorsOf(list).to(progress);
  expect(await cursorsOf(list, start + 23 * 3_600_000).from(cursor)).toEqual(progress);
  const readable = cursor.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
  expect(readable.join()).not.toMatch(/p-1|2026/);
  await expect(cursorsOf(list, start + 25 * 3_600_000).from(cursor)).rejects.toMatchObject({ code: "invalid-input" });
});

test("a cursor of another list is recognised: after a new run, or with another filter", async () => {
  const other = cursorsOf(["send", "E2026_weekend_reg_SP", "SP", "", ""]);
  await expect(other.from(await cursorsOf(list).to(progress))).rejects.toMatchObject({
    code: "conflict",
    details: { reason: "list-changed" },
  });
});

test.each([[""], ["\ud800"], ["€".repeat(342)], ["chunk#EN#1", ""]])(
  "a place no table can hold is no cursor: %j",
  async (...place) => {
    const cursor = await cursorsOf(list).to({ ...progress, place });
    await expect(cursorsOf(list).from(cursor)).rejects.toMatchObject({ code: "invalid-input" });
  },
);

test("what was not sealed for this purpose is no cursor", async () => {
  const sealed = (purpose: string) => seal(config.SESSION_SECRET, purpose).close({ v: 1 }, start + 1e6);
  const forged = Buffer.from(JSON.stringify({ v: 1, of: "x", ...progress })).toString("base64url");
  for (const text of ["", "!", forged, await sealed("session"), await sealed("list-cursor")])
    await expect(cursorsOf(list).from(text)).rejects.toMatchObject({ code: "invalid-input" });
});
