import { metricRows } from "@email-agent/shared/kit/metrics.ts";
import { prometheusName } from "@email-agent/shared/kit/prometheus.ts";

/** `docs/metrics.md`: every metric with its names in CloudWatch and in Prometheus. */
export function metricsPage(): string {
  const names = Object.keys(metricRows) as (keyof typeof metricRows)[];
  const rows = names.map((name) => {
    const { unit, kind, labels, meaning } = metricRows[name];
    return `| \`${name}\` (${unit}) | \`${prometheusName(name)}\` (${kind}) | ${labels.join(", ") || "–"} | ${meaning} |`;
  });
  return [
    "# Metrics",
    "",
    "Made by `npm run fix` from `shared/src/kit/metrics.ts`; do not edit. Every service writes them to CloudWatch, through its log (embedded metric",
    "format). Where `METRICS_PORT` is set it also serves them at `/metrics` for Prometheus, with the figures of its process (`process_…`,",
    "`nodejs_…`). Every figure has the dimension or label `service`. None holds an address, a person, a work order or a run.",
    "",
    "| CloudWatch (unit) | Prometheus (kind) | Dimensions, labels | Meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
    "Durations are milliseconds in CloudWatch and seconds in Prometheus. Counters count from the start of a process: use `rate` and `increase`.",
    "`docker compose --profile metrics up -d` shows them in a dashboard ([README](../README.md#with-docker)).",
    "",
  ].join("\n");
}
