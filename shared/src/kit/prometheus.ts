import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type MetricName, type MetricObserver, metricRows, observeMetrics } from "./metrics.ts";

/** From 5 ms to an hour, in seconds: a job's wait and the run of a large Send. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** `MailsSent` → `email_agent_mails_sent_total`: names and base units as Prometheus wants them (prometheus.io/docs/practices/naming). */
export function prometheusName(name: MetricName): string {
  const { kind, unit } = metricRows[name];
  const words = name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const ending = { counter: "_total", histogram: "_seconds", gauge: unit === "Percent" ? "_percent" : "" }[kind];
  return `email_agent_${words}${ending}`;
}

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Serves `/metrics` for Prometheus on every address of this machine, and keeps what `openMetrics` of this process measures, with
 * the figures of the process (CPU, memory, event loop). It holds no addresses of people. Requests of web pages are refused.
 * `service` is a label of every figure.
 */
export async function startPrometheus(service: string, port: number): Promise<MetricsServer> {
  // Loaded only where it is used.
  const client = (await import("prom-client")).default;
  const registry = new client.Registry();
  registry.setDefaultLabels({ service });
  client.collectDefaultMetrics({ register: registry });
  observeMetrics(observerOf(client, registry));
  const server = createServer(async ({ headers, method, url }, response) => {
    const respond = (status: number, text: string, type = "text/plain; charset=utf-8") => {
      response.writeHead(status, { "content-type": type });
      response.end(method === "HEAD" ? undefined : text);
    };
    if (headers.origin !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none")
      return respond(403, "Web pages may not read the metrics.\n");
    if (url?.split("?", 1)[0] !== "/metrics") return respond(404, "There is /metrics.\n");
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return respond(405, `${method} is not possible here. Possible: GET, HEAD.\n`);
    }
    try {
      respond(200, await registry.metrics(), registry.contentType);
    } catch (error) {
      respond(500, `The metrics cannot be written: ${(error as Error).message}\n`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function observerOf(client: typeof import("prom-client"), registry: Registry): MetricObserver {
  const registers = [registry];
  const made = new Map<MetricName, Counter | Gauge | Histogram>();
  for (const [name, { kind, labels, meaning }] of Object.entries(metricRows) as [
    MetricName,
    (typeof metricRows)[MetricName],
  ][]) {
    const common = { name: prometheusName(name), help: meaning, labelNames: [...labels], registers };
    if (kind === "counter") made.set(name, new client.Counter(common));
    else if (kind === "gauge") made.set(name, new client.Gauge(common));
    else made.set(name, new client.Histogram({ ...common, buckets: durationBuckets }));
  }
  return (name, value, dimensions) => {
    const metric = made.get(name);
    const labels = Object.fromEntries(metricRows[name].labels.map((label) => [label, dimensions[label] ?? ""]));
    if (metric instanceof client.Counter) metric.inc(labels, value);
    else if (metric instanceof client.Gauge) metric.set(labels, value);
    else if (metric instanceof client.Histogram) metric.observe(labels, value / 1000);
  };
}
