import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MetricName, metricRows } from "@email-agent/shared/kit/metrics.ts";
import { prometheusName } from "@email-agent/shared/kit/prometheus.ts";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { uid: string };
  }[];
}

const here = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const { panels } = JSON.parse(here("dashboard.json")) as { panels: readonly Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

/** Every name that a query may use, with its labels. */
const knownNames = new Map<string, readonly string[]>(
  (Object.keys(metricRows) as MetricName[]).map((name): [string, readonly string[]] => {
    const { kind, labels } = metricRows[name];
    const series = prometheusName(name);
    return kind === "histogram" ? [`${series}_bucket`, [...labels, "le"]] : [series, labels];
  }),
);

test("acceptance 191: every metric of the dashboard is one that the product has, and every metric of the product is shown", () => {
  const shown = new Set<string>();
  for (const { title, expr } of queries)
    for (const name of expr.match(/email_agent_\w+/g) ?? []) {
      expect(knownNames.has(name), `${title}: ${name}`).toBe(true);
      shown.add(name);
    }
  expect([...knownNames.keys()].filter((name) => !shown.has(name))).toEqual([]);
});

test("queries group by labels that their metrics have, and legends name labels that the queries keep", () => {
  for (const { title, expr, legendFormat } of queries) {
    const [, grouped] = /\bby \(([^)]*)\)/.exec(expr) ?? [];
    const kept = grouped?.split(",").map((label) => label.trim());
    for (const name of expr.match(/email_agent_\w+/g) ?? [])
      for (const label of kept ?? [])
        expect(["service", "instance", ...(knownNames.get(name) ?? [])], title).toContain(label);
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      expect(kept ?? ["service", "instance"], `${title}: ${legendFormat}`).toContain(label);
  }
});

test("panels do not overlap in id, and read the data source that is provisioned", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const { datasources } = parse(here("datasource.yml")) as { datasources: { uid: string }[] };
  expect(new Set(queries.map(({ datasource }) => datasource.uid))).toEqual(new Set(datasources.map(({ uid }) => uid)));
});

test("Prometheus reads every service at the port that compose gives it", () => {
  const { scrape_configs: jobs } = parse(here("prometheus.yml")) as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
  };
  const compose = parse(readFileSync(join(import.meta.dirname, "../../../docker-compose.yml"), "utf8"), {
    merge: true,
  }) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  const served = Object.entries(compose.services).filter(([, { environment }]) => environment?.["METRICS_PORT"]);
  expect(jobs.map(({ job_name }) => job_name).sort()).toEqual(served.map(([name]) => name).sort());
  for (const { job_name, dns_sd_configs } of jobs)
    expect(dns_sd_configs, job_name).toMatchObject([
      { names: [job_name], port: Number(compose.services[job_name]?.environment?.["METRICS_PORT"]) },
    ]);
});
