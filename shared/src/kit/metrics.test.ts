import { expect, test } from "vitest";
import { openMetrics } from "./metrics.ts";

test("sums counts, keeps values, and writes documents of at most 100 values", () => {
  const written: string[] = [];
  const metrics = openMetrics(
    "sender",
    "EmailAgent/production",
    (line) => void written.push(line),
    () => 1_700_000_000_000,
  );
  metrics.count("MailsSent", 2, { account: "main" });
  metrics.count("MailsSent", 3, { account: "main" });
  metrics.count("MailsSent", 7, { account: "other" });
  for (let wait = 0; wait < 101; wait++) metrics.record("QueueWait", wait);
  metrics[Symbol.dispose]();
  const documents = written.map((line) => JSON.parse(line));
  expect(documents).toHaveLength(4);
  expect(documents[0]).toMatchObject({ service: "sender", account: "main", MailsSent: 5 });
  expect(documents[0]._aws.CloudWatchMetrics[0]).toEqual({
    Namespace: "EmailAgent/production",
    Dimensions: [["service"], ["service", "account"]],
    Metrics: [{ Name: "MailsSent", Unit: "Count" }],
  });
  expect(documents[2]._aws.CloudWatchMetrics[0].Dimensions).toEqual([["service"]]);
  expect(documents[2].QueueWait).toHaveLength(100);
  expect(documents[3].QueueWait).toBe(100);
});
