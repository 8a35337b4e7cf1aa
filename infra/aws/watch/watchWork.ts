import { steps } from "@email-agent/shared/domain/steps.ts";
import type { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { productMetric } from "./productMetrics.ts";
import { sum, type Watch } from "./watch.ts";

/** Steps and chunks that wait long for a worker; stops that take long. */
export function stepWatches(): Watch[] {
  const waits = [...steps.map(({ name, owner }) => ({ name, owner })), { name: "send-chunk", owner: "sender" }];
  return [
    ...waits.map(({ name, owner }): Watch => {
      const metric = productMetric("QueueWait", { service: owner, step: name }, { statistic: "p95" });
      const text = `Jobs of ${name} wait over a minute for a worker: ${owner} does not keep up or is away.`;
      return { id: `queue-wait-${name.toLowerCase()}`, text, metric, above: 60_000 };
    }),
    ...["campaign", "sender"].map((service): Watch => {
      const metric = productMetric("StopLatency", { service }, { statistic: "Maximum" });
      const text = `A stop took over two seconds to reach a worker of ${service}.`;
      return { id: `stop-latency-${service}`, text, metric, above: 2000 };
    }),
  ];
}

/** What the product repaired by itself, and somebody should ask why it was necessary. */
export function recoveryWatches(): Watch[] {
  const counted = (id: string, text: string, metric: Metric): Watch => ({ id, text, metric: sum(metric), above: 0 });
  const of = (service: string) => ({ service });
  return [
    counted(
      "runs-taken-up",
      "A run lost its process and was taken up again.",
      productMetric("RunsTakenUp", of("ingest")),
    ),
    counted(
      "commands-resent",
      "A command did not reach the queue and was sent again.",
      productMetric("CommandsResent", of("ingest")),
    ),
    counted(
      "chunks-taken-up",
      "A sender was lost in the middle of a chunk.",
      productMetric("ChunksTakenUp", of("sender")),
    ),
    counted(
      "broadcast-errors",
      "Open browsers could not be told of changes.",
      productMetric("BroadcastErrors", of("notifier")),
    ),
    ...["ingest", "campaign", "sender", "manager"].map((service) =>
      counted(
        `publish-errors-${service}`,
        `Status events of ${service} could not be published.`,
        productMetric("PublishErrors", of(service)),
      ),
    ),
  ];
}
