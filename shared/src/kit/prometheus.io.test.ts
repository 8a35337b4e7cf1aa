import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { type MetricName, metricRows, openMetrics } from "./metrics.ts";
import { prometheusName, startPrometheus } from "./prometheus.ts";

const promtool = ["/usr/bin/promtool"].find(existsSync);

/** The metrics of a process, as a scrape reads them. */
async function served() {
  const server = await startPrometheus("sender", 0);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const metrics = openMetrics("sender", "EmailAgent", () => {});
  onTestFinished(() => metrics[Symbol.dispose]());
  return {
    metrics,
    address: `http://127.0.0.1:${server.port}`,
    scrape: async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text(),
  };
}

test("acceptance 190: every metric is served for Prometheus under its name, with its labels", async () => {
  const { metrics, scrape } = await served();
  for (const name of Object.keys(metricRows) as MetricName[]) {
    const dimensions = Object.fromEntries(metricRows[name].labels.map((label) => [label, `a "${label}"`]));
    if (metricRows[name].kind === "counter") metrics.count(name, 2, dimensions);
    else metrics.record(name, 1500, dimensions);
  }
  metrics.count("MailsSent", 3, { account: "main" });
  const text = await scrape();
  for (const name of Object.keys(metricRows) as MetricName[]) expect(text).toContain(`# TYPE ${prometheusName(name)} `);
  expect(text).toContain('email_agent_mails_sent_total{account="main",service="sender"} 3');
  expect(text).toContain('email_agent_mails_sent_total{account="a \\"account\\"",service="sender"} 2');
  expect(text).toContain('email_agent_stop_latency_seconds_sum{service="sender",step="a \\"step\\""} 1.5');
  expect(text).toContain('email_agent_connections{service="sender"} 1500');
  expect(text).toMatch(/^process_cpu_seconds_total\{service="sender"\} [\d.]+$/m);
});

test.skipIf(!promtool)(
  `Prometheus' own linter finds nothing in them${promtool ? "" : " (skipped: install prometheus)"}`,
  async () => {
    const { metrics, scrape } = await served();
    metrics.count("MailsSent", 1, { account: "main" });
    metrics.record("QueueWait", 20, { step: "Send" });
    const ours = (await scrape())
      .split("\n")
      .filter((line) => /^(?:# (?:HELP|TYPE) )?email_agent_/.test(line))
      .join("\n");
    const { status, stderr, stdout } = spawnSync(promtool as string, ["check", "metrics"], { input: `${ours}\n` });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  },
);

test("web pages, other paths and other methods are refused", async () => {
  const { address } = await served();
  const status = async (path: string, init: RequestInit = {}) => (await fetch(`${address}${path}`, init)).status;
  expect(await status("/metrics")).toBe(200);
  expect(await status("/")).toBe(404);
  expect(await status("/metrics", { method: "POST" })).toBe(405);
  expect(await status("/metrics", { headers: { origin: "https://example.com" } })).toBe(403);
  expect(await status("/metrics", { headers: { "sec-fetch-site": "cross-site" } })).toBe(403);
});
