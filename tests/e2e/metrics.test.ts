import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { driveStep } from "../../infra/local/demo/driveStep.ts";
import { freePort } from "../../infra/local/freePort.ts";
import { startLocalStack } from "../../infra/local/localStack.ts";

const prometheus = ["/usr/bin/prometheus"].find(existsSync);

test.skipIf(!prometheus)(
  `acceptance 191: Prometheus reads every service, and every query of the dashboard runs${prometheus ? "" : " (skipped: install prometheus)"}`,
  { timeout: 240_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "email-agent-metrics-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const ports = new Map<string, number>();
    await using stack = await startLocalStack({
      dataFolder: join(folder, "data"),
      participants: 200,
      variables: { METRICS_PORT: "0" },
      onLine: (service, line) => {
        const port = /"metricsPort":(\d+)/.exec(line)?.[1];
        if (port !== undefined) ports.set(service, Number(port));
      },
    });
    expect([...ports.keys()].sort()).toEqual(["campaign", "ingest", "manager", "notifier", "sender"]);
    const { query } = await startPrometheus(folder, ports);

    await using operator = await stack.openOperator();
    for await (const { id, eventCode, stage } of stack.orders.list())
      if (eventCode === "SUMMER26" && stage === "reg")
        for (const step of ["Count", "Prepare", "Dry-Run", "Test", "Send"] as const)
          await driveStep(operator, id, step, () => {});
    const sent = stack.inbox.messages().length;
    expect(sent).toBeGreaterThan(50);
    const total = async () => Number((await query("sum(email_agent_mails_sent_total)"))[0]?.value[1] ?? 0);
    await expect.poll(total, { timeout: 15_000 }).toBe(sent);
    expect(await query("up == 1")).toHaveLength(5);
    const sends = async () => (await query('sum(email_agent_step_duration_seconds_count{step="Send"})'))[0]?.value[1];
    await expect.poll(sends).toBe("1");

    const { panels } = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../infra/local/metrics/dashboard.json"), "utf8"),
    ) as { panels: { title: string; targets?: { expr: string }[] }[] };
    // What a good mailing never counts has no series yet: no trouble of any kind.
    const quiet =
      /in_doubt|failures|paused|bounces|bounce_mail|complaints|unmatched|not_kept|errors|exceptions|taken_up|resent|stop_latency/;
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        const found = async () => (await query(expr.replaceAll("$__range", "1h"))).length;
        // Some figures are measured once a minute.
        if (quiet.test(expr)) await found();
        else await expect.poll(found, { message: `${title}: ${expr}`, timeout: 90_000 }).toBeGreaterThan(0);
      }
  },
);

interface Sample {
  readonly value: readonly [at: number, value: string];
}

/** Prometheus with these processes as its targets. */
async function startPrometheus(folder: string, ports: ReadonlyMap<string, number>) {
  const jobs = [...ports].map(
    ([service, port]) => `  - { job_name: ${service}, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }`,
  );
  writeFileSync(
    join(folder, "prometheus.yml"),
    `global: { scrape_interval: 1s }\nscrape_configs:\n${jobs.join("\n")}\n`,
  );
  const port = await freePort();
  const child = spawn(
    prometheus as string,
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  onTestFinished(() => ended(child));
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/-/ready`)
          .then(({ ok }) => ok)
          .catch(() => false),
      { timeout: 20_000 },
    )
    .toBe(true);
  const query = async (expression: string): Promise<readonly Sample[]> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, error, data } = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: Sample[] };
    };
    expect(status, `${expression}: ${error}`).toBe("success");
    return data.result;
  };
  return { query };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill();
  });
}
