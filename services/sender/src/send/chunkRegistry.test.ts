import { instant } from "@email-agent/shared/domain/time.ts";
import { expect, test } from "vitest";
import { chunkRegistry } from "./chunkRegistry.ts";
import { newChunk } from "./planRun.ts";

const plan = { runId: "run", fence: 1, ttl: 2_000_000_000 };
const chunk = (kind: "chunk" | "retry", number: number) => newChunk(plan, kind, "EN", number, ["p"]);

test("retries are issued first, and a chunk that waits for its account delays no other", () => {
  const registry = chunkRegistry();
  registry.plan({ ...chunk("chunk", 0), notBefore: instant(2000) });
  registry.plan(chunk("chunk", 1));
  registry.plan(chunk("retry", 0));
  expect([1000, 1000, 1000, 2000].map((now) => registry.takeIssuable(now)?.sk)).toEqual([
    "retry#EN#000000",
    "chunk#EN#000001",
    undefined,
    "chunk#EN#000000",
  ]);
});

test("acceptance 9: no chunk waits for its account beyond the end of sending", () => {
  const registry = chunkRegistry(5000);
  registry.plan({ ...chunk("chunk", 0), notBefore: instant(900_000) });
  expect(registry.takeIssuable(4999)).toBeUndefined();
  expect(registry.takeIssuable(5000)?.sk).toBe("chunk#EN#000000");
});
