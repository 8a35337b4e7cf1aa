import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { idSet } from "./idSet.ts";

test("holds exactly what was added", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (added, asked) => {
      const set = idSet();
      for (const id of added) set.add(id);
      const real = new Set(added);
      expect(set.size).toBe(real.size);
      for (const id of [...added, ...asked]) expect(set.has(id)).toBe(real.has(id));
    }),
  );
});

test("a million ids cost less than 20 MB and differ from all others", async () => {
  const before = await bytesHeld();
  const set = idSet();
  for (let index = 0; index < 1_000_000; index++) set.add(`participant-${index}`);
  expect((await bytesHeld()) - before).toBeLessThan(20_000_000);
  expect(set.size).toBe(1_000_000);
  let wrong = 0;
  for (let index = 0; index < 1_000_000; index += 7) {
    if (!set.has(`participant-${index}`) || set.has(`other-${index}`)) wrong += 1;
  }
  expect(wrong).toBe(0);
});

/** Memory in use after garbage collections; the memory of arrays is given back a little after the arrays themselves. */
async function bytesHeld(): Promise<number> {
  setFlagsFromString("--expose-gc");
  for (let round = 0; round < 3; round++) {
    runInNewContext("gc")();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
