import { setImmediate } from "node:timers/promises";
import type { CompiledMail } from "@email-agent/shared/domain/template/mail.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { compiledContents } from "./compiledContents.ts";

const mail = (language: string): CompiledMail => ({
  language,
  render: () => ({ subject: "", html: "", text: "" }),
});

function fixture(limits: { maxEntries?: number; maxBytes?: number } = {}) {
  const clock = fakeClock();
  const contents = compiledContents({ maxEntries: 3, maxBytes: 1000, freshMilliseconds: 60_000, clock, ...limits });
  const compiled: string[] = [];
  const of = (key: string, bytes = 100) =>
    contents.of(key, async () => {
      compiled.push(key);
      await setImmediate();
      return { mail: mail(key), bytes };
    });
  return { clock, contents, compiled, of };
}

test("many requests for one content at the same time and later compile it once, until it is a minute old", async () => {
  const { clock, compiled, of } = fixture();
  const mails = await Promise.all(Array.from({ length: 30 }, () => of("a")));
  expect(new Set(mails).size).toBe(1);
  await clock.advance(59_999);
  await of("a");
  expect(compiled).toEqual(["a"]);
  await clock.advance(1);
  await of("a");
  expect(compiled).toEqual(["a", "a"]);
});

test("only so many entries are kept, and only so many bytes; what was used last stays", async () => {
  const { compiled, of } = fixture();
  for (const key of ["a", "b", "c", "a", "d", "a", "b"]) await of(key);
  expect(compiled).toEqual(["a", "b", "c", "d", "b"]);
  const few = fixture({ maxBytes: 250 });
  for (const key of ["a", "b", "c", "b", "c", "a"]) await few.of(key);
  expect(few.compiled).toEqual(["a", "b", "c", "a"]);
  // Larger than everything that may be kept: it is served, and not kept.
  await few.of("huge", 300);
  await few.of("huge", 300);
  expect(few.compiled.slice(4)).toEqual(["huge", "huge"]);
});

test("content that cannot be compiled is not compiled again at each request; what failed for a moment is", async () => {
  const { contents } = fixture();
  let calls = 0;
  const failing = (key: string, error: Error) =>
    contents.of(key, async () => {
      calls += 1;
      throw error;
    });
  for (let n = 0; n < 3; n += 1)
    await expect(failing("a", new AppError("content", "unknown tag"))).rejects.toThrow("unknown tag");
  expect(calls).toBe(1);
  for (let n = 0; n < 3; n += 1) await expect(failing("b", new Error("S3 is away"))).rejects.toThrow("S3");
  expect(calls).toBe(4);
});
