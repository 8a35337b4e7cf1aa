import type { StepStatus } from "../domain/workOrder.ts";

const labels = ["account", "step", "result", "queue"] as const;
type Label = (typeof labels)[number];

interface MetricRow {
  /** Its CloudWatch unit. */
  readonly unit: "Count" | "Milliseconds" | "Percent" | "None";
  /** A `counter` is a sum that is counted up; a `gauge` the last value; a `histogram` the spread of durations. */
  readonly kind: "counter" | "gauge" | "histogram";
  /** The labels of each value. Only what has few values: never a person, an order or a run. */
  readonly labels: readonly Label[];
  readonly meaning: string;
}

const counter = (meaning: string, ...labels: Label[]) => ({ unit: "Count", kind: "counter", labels, meaning }) as const;
const gauge = (meaning: string, ...labels: Label[]) => ({ unit: "Count", kind: "gauge", labels, meaning }) as const;
const duration = (meaning: string, ...labels: Label[]) =>
  ({ unit: "Milliseconds", kind: "histogram", labels, meaning }) as const;

/** The metrics that the product publishes, to CloudWatch and, where METRICS_PORT is set, to Prometheus. */
export const metricRows = {
  StepDuration: duration("Duration of the run of a step", "step", "result"),
  StepErrors: counter("Steps that ended in error", "step"),
  StepExceptions: counter("Steps that ended because their process was lost too often", "step"),
  StalledSends: gauge("Sends that work and have not moved for ten minutes"),
  QueueWait: duration("Time a job waits in its queue", "step"),
  StopLatency: duration("Time from a stop until the worker has ended", "step"),
  MailsSent: counter("Mails the server accepted", "account"),
  SendFailures: counter("Mails that failed", "account"),
  SendInDoubt: counter("Mails of which it is not known whether they were delivered", "account"),
  QuotaUsed: { ...gauge("Share of the 24-hour quota that is used, in percent", "account"), unit: "Percent" },
  AccountPaused: counter("Pauses of an account by its circuit breaker", "account"),
  NoticeFailures: counter("Notices to users that could not be sent"),
  RunsTakenUp: counter("Runs that went on after their process was lost", "step"),
  ChunksTakenUp: counter("Chunks of a Send that went on after their process was lost"),
  CommandsResent: counter("Commands that were lost on the way and sent again"),
  QueueWaiting: gauge("Jobs that wait in a queue", "queue"),
  Workload: { ...gauge("Work for each worker, by which the service scales"), unit: "None" },
  Connections: gauge("Open WebSocket connections"),
  BroadcastErrors: counter("Status events that could not be posted to a browser"),
  PublishErrors: counter("Status events that could not be published"),
  ServerErrors: counter("Responses of the Email Manager with a status of 500 or above"),
  HardBounces: counter("Hard bounces: mails that were refused permanently after they were accepted", "account"),
  SoftBounces: counter(
    "Soft bounces: mails that were refused temporarily, or for an unclear reason, after they were accepted",
    "account",
  ),
  Complaints: counter("Mails that recipients reported as spam", "account"),
  ReportsUnmatched: counter("Reports of returned mail that fit no mail of ours"),
  ReportsNotKept: counter("Reports that fit no mail of ours and were not kept: over 1,000 in an hour"),
  BounceMailsRead: counter("Mails of bounce mailboxes that were read, by what they are", "result"),
  BounceMailboxesFailing: gauge("Bounce mailboxes that could not be read for fifteen minutes"),
} as const satisfies Record<string, MetricRow>;
export type MetricName = keyof typeof metricRows;

/** What counts a step that ended in this status. */
export const failureMetrics: Partial<Record<StepStatus, MetricName>> = {
  error: "StepErrors",
  exception: "StepExceptions",
};
export type Dimensions = Readonly<Partial<Record<Label, string>>>;

/** Takes each value besides CloudWatch. */
export type MetricObserver = (name: MetricName, value: number, dimensions: Dimensions) => void;

/**
 * The observer of this process. Next.js bundles a copy of this module of its own, so it is kept where both copies find it;
 * it is set before anything is measured.
 */
const ofProcess = globalThis as typeof globalThis & { emailAgentMetricObserver?: MetricObserver };

export function observeMetrics(observer: MetricObserver): void {
  ofProcess.emailAgentMetricObserver = observer;
}

/** Measurements of one process. They are gathered and written each 10 s and at the end. */
export interface Metrics {
  /** Adds to a sum (errors, mails). */
  count(name: MetricName, value: number, dimensions?: Dimensions): void;
  /** Keeps each value (durations in milliseconds, gauges), so that percentiles can be had. */
  record(name: MetricName, value: number, dimensions?: Dimensions): void;
  [Symbol.dispose](): void;
}

// CloudWatch takes at most 100 values of one metric in a document.
const valuesPerDocument = 100;
const flushMilliseconds = 10_000;

/**
 * Writes CloudWatch embedded metric format: one JSON line per metric and set of dimensions, on stdout beside the log.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function openMetrics(
  service: string,
  namespace: string,
  write: (line: string) => void,
  now: () => number = Date.now,
): Metrics {
  const gathered = new Map<string, { name: MetricName; dimensions: Dimensions; sum?: number; values: number[] }>();

  const entry = (name: MetricName, dimensions: Dimensions) => {
    const key = JSON.stringify([name, dimensions]);
    const found = gathered.get(key) ?? { name, dimensions, values: [] };
    gathered.set(key, found);
    return found;
  };
  const flush = () => {
    for (const { name, dimensions, sum, values } of gathered.values()) {
      const all = sum === undefined ? values : [sum];
      for (let from = 0; from < all.length; from += valuesPerDocument)
        write(embedded(service, namespace, now(), name, dimensions, all.slice(from, from + valuesPerDocument)));
    }
    gathered.clear();
  };
  const timer = setInterval(flush, flushMilliseconds).unref();
  return {
    count(name, value, dimensions = {}) {
      const found = entry(name, dimensions);
      found.sum = (found.sum ?? 0) + value;
      ofProcess.emailAgentMetricObserver?.(name, value, dimensions);
    },
    record(name, value, dimensions = {}) {
      entry(name, dimensions).values.push(value);
      ofProcess.emailAgentMetricObserver?.(name, value, dimensions);
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      flush();
    },
  };
}

function embedded(
  service: string,
  namespace: string,
  timestamp: number,
  name: MetricName,
  dimensions: Dimensions,
  values: number[],
): string {
  const fields = { service, ...dimensions };
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          // Once for the service, which alarms can watch without knowing its accounts, and once in full.
          Dimensions: Object.keys(dimensions).length > 0 ? [["service"], Object.keys(fields)] : [["service"]],
          Metrics: [{ Name: name, Unit: metricRows[name].unit }],
        },
      ],
    },
    ...fields,
    [name]: values.length === 1 ? values[0] : values,
  });
}
