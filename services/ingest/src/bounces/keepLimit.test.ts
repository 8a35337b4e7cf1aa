import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { countedMetrics } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { keepLimit } from "./keepLimit.ts";

test("of a flood of reports 1,000 an hour are kept, and the rest is logged twice and counted", async () => {
  let monotonic = 0;
  const kept: string[] = [];
  const lines: object[] = [];
  const write = (fields: object) => void lines.push(fields);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const ports = { clock: { monotonic: () => monotonic }, log, metrics: countedMetrics() };
  const { keep } = keepLimit({ keep: async ({ sourceId }) => void kept.push(sourceId) }, ports);
  const at = "2026-03-01T08:00:00.000Z";
  const aReport = (sourceId: string): BounceReport => ({
    kind: "hard",
    reply: "",
    at,
    reportedBy: "mailbox",
    sourceId,
  });
  for (let n = 0; n < 1500; n += 1) await keep(aReport(`${n}`), "why", 0);
  expect(kept).toHaveLength(1000);
  monotonic += 3_600_000;
  await keep(aReport("next"), "why", 0);
  expect(kept.at(-1)).toBe("next");
  expect(lines).toEqual([{ most: 1000 }, { reports: 500 }]);
});
