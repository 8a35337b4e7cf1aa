import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { expect, test } from "vitest";
import { startTestStack } from "../../infra/local/testStack.ts";
import { ops } from "./testing.ts";

test("acceptance 175: 20,000 deliveries are traced, backed up and restored in flat memory, and compared item by item", {
  timeout: 600_000,
}, async () => {
  await using open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "email-agent-backup-"));
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const large = open.use(await startTestStack({ cloud: true }));
  const many = Array.from({ length: 20_000 }, (_, n) => aDelivery({ participantId: `m-${n}` }));
  await putDeliveries(large.aws, large.config.DELIVERIES_TABLE, "E2026_weekend_news_EN", many);
  const order = anOrder({ stage: "news" });
  await large.aws.dynamo.send(new PutCommand({ TableName: large.config.WORK_ORDERS_TABLE, Item: order }));
  const fresh = open.use(await startTestStack({ cloud: true }));
  // A heap that does not grow with the number of deliveries.
  const small = { NODE_OPTIONS: "--max-old-space-size=96" };
  const tracedFrom = performance.now();
  const traced = await ops([order.id, "--json"], { ...large.config, ...small }, "trace.ts");
  expect(traced, traced.err).toMatchObject({ code: 0 });
  expect(JSON.parse(traced.out)).toMatchObject({
    ledger: [{ mailing: "E2026_weekend_news_EN", statuses: { sent: 20_000 } }],
  });
  const startedAt = performance.now();
  const made = await ops(["backup", join(folder, "large"), "--json"], { ...large.config, ...small });
  const backedUpAt = performance.now();
  expect(made, made.err).toMatchObject({ code: 0 });
  const restored = await ops(["restore", "tables", join(folder, "large"), "--yes", "--json"], {
    ...fresh.config,
    ...small,
  });
  expect(restored, restored.err).toMatchObject({ code: 0 });
  const { tables } = JSON.parse(restored.out) as { tables: { table: string; items: number; isRight: boolean }[] };
  expect(tables).toContainEqual({ table: "DELIVERIES_TABLE", items: 20_000, isRight: true });
  const times = [startedAt - tracedFrom, backedUpAt - startedAt, performance.now() - backedUpAt];
  const [trace, backup, restore] = times.map((time) => Math.round(time / 100) / 10);
  process.stdout.write(`20,000 deliveries: trace ${trace} s, backup ${backup} s, restore ${restore} s\n`);
});
