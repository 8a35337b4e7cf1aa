import { steps } from "@email-agent/shared/domain/steps.ts";
import { MathExpression, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { productMetric } from "./productMetrics.ts";
import { maximum, minutes, sum, type Watch } from "./watch.ts";

/** The services that run steps. */
const owners = [...new Set(steps.map(({ owner }) => owner))];

/** Steps that fail, Sends that are stalled, steps and chunks that wait long for a worker, stops that take long. */
export function stepWatches(): Watch[] {
  const waits = [...steps.map(({ name, owner }) => ({ name, owner })), { name: "send-chunk", owner: "sender" }];
  return [
    ...owners.map(
      (service): Watch => ({
        id: `step-errors-${service}`,
        means: `A step of ${service} ended in error`,
        first: "open the work order, read its message, fix what it names and start the step again",
        metric: sum(productMetric("StepErrors", { service })),
        above: 0,
      }),
    ),
    // Ingest gives up a run that lost its process three times.
    ...[...owners, "ingest"].map(
      (service): Watch => ({
        id: `step-exceptions-${service}`,
        means: `A step ended in an exception in ${service}, which is a bug`,
        first: "read the line at level error in its log and report it; then start the step again",
        metric: sum(productMetric("StepExceptions", { service })),
        above: 0,
      }),
    ),
    ...stallWatches(),
    ...waits.map(
      ({ name, owner }): Watch => ({
        id: `queue-wait-${name.toLowerCase()}`,
        means: `Jobs of ${name} wait over a minute for a worker`,
        first: `check whether ${owner} runs, and give it more tasks if it is busy`,
        metric: productMetric("QueueWait", { service: owner, step: name }, { statistic: "p95" }),
        above: 60_000,
      }),
    ),
    ...owners.map(
      (service): Watch => ({
        id: `stop-latency-${service}`,
        means: `A stop took over two seconds to reach a worker of ${service}`,
        first: "check whether Valkey and the CPU of its tasks are busy",
        metric: productMetric("StopLatency", { service }, { statistic: "Maximum" }),
        above: 2000,
      }),
    ),
  ];
}

/** Ingest publishes the number of stalled Sends each minute, also when it is 0: no number means that the count itself fails. */
function stallWatches(): Watch[] {
  const stalled = productMetric("StalledSends", { service: "ingest" });
  return [
    {
      id: "sends-stalled",
      means: "A Send has worked for ten minutes without sending, and waits for nothing it should wait for",
      first:
        "check whether tasks of sender run, then read the log of sender for the work order that ingest's warning names",
      metric: maximum(stalled),
      above: 0,
      periods: 2,
    },
    {
      id: "sends-not-watched",
      means: "For five minutes ingest has not checked whether Sends are stalled",
      first: "check whether tasks of ingest run and whether its log warns about the database",
      metric: new MathExpression({
        expression: "IF(looks < 1, 1, 0)",
        usingMetrics: { looks: stalled.with({ statistic: "SampleCount", ...minutes(1) }) },
        ...minutes(1),
      }),
      above: 0,
      periods: 5,
      missing: TreatMissingData.BREACHING,
    },
  ];
}

/** What the product recovered from by itself: someone should find out why it was necessary. */
export function recoveryWatches(): Watch[] {
  const counted = (id: string, means: string, first: string, metric: Metric): Watch => ({
    ...{ id, means, first, above: 0 },
    metric: sum(metric),
  });
  const of = (service: string) => ({ service });
  return [
    counted(
      "runs-taken-up",
      "A run lost its process and was taken up again",
      "find out why tasks of its service stopped",
      productMetric("RunsTakenUp", of("ingest")),
    ),
    counted(
      "commands-resent",
      "A command did not reach the queue and was sent again",
      "check the stream router and its failure queue",
      productMetric("CommandsResent", of("ingest")),
    ),
    counted(
      "chunks-taken-up",
      "A sender was lost in the middle of a chunk",
      "find out why tasks of sender stopped, and check for mails in doubt",
      productMetric("ChunksTakenUp", of("sender")),
    ),
    counted(
      "broadcast-errors",
      "Changes could not be sent to open browsers",
      "read the log of notifier; reloading the page shows the truth",
      productMetric("BroadcastErrors", of("notifier")),
    ),
    ...["ingest", "campaign", "sender", "manager"].map((service) =>
      counted(
        `publish-errors-${service}`,
        `Status events of ${service} could not be published`,
        "check the status topic and the task's permissions; reloading the page shows the truth",
        productMetric("PublishErrors", of(service)),
      ),
    ),
  ];
}
