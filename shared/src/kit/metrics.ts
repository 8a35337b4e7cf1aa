import type { StepStatus } from "../domain/workOrder.ts";

/** The names of the metrics the product publishes, with their CloudWatch units. */
const metricUnits = {
  StepDuration: "Milliseconds",
  StepErrors: "Count",
  StepExceptions: "Count",
  StalledSends: "Count",
  QueueWait: "Milliseconds",
  StopLatency: "Milliseconds",
  MailsSent: "Count",
  SendFailures: "Count",
  SendInDoubt: "Count",
  QuotaUsed: "Percent",
  AccountPaused: "Count",
  NoticeFailures: "Count",
  RunsTakenUp: "Count",
  ChunksTakenUp: "Count",
  CommandsResent: "Count",
  QueueWaiting: "Count",
  Workload: "None",
  Connections: "Count",
  BroadcastErrors: "Count",
  PublishErrors: "Count",
  ServerErrors: "Count",
  HardBounces: "Count",
  SoftBounces: "Count",
  Complaints: "Count",
  ReportsUnmatched: "Count",
} as const;
export type MetricName = keyof typeof metricUnits;

/** What counts a step that ended in this status. */
export const failureMetrics: Partial<Record<StepStatus, MetricName>> = {
  error: "StepErrors",
  exception: "StepExceptions",
};
export type Dimensions = Readonly<Record<string, string>>;

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
    },
    record(name, value, dimensions = {}) {
      entry(name, dimensions).values.push(value);
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
          Metrics: [{ Name: name, Unit: metricUnits[name] }],
        },
      ],
    },
    ...fields,
    [name]: values.length === 1 ? values[0] : values,
  });
}
