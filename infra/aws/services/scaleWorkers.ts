import type { MetricName } from "@email-agent/shared/kit/metrics.ts";
import { Duration } from "aws-cdk-lib";
import {
  AdjustmentType,
  type BaseTargetTrackingProps,
  MetricAggregationType,
  StepScalingAction,
} from "aws-cdk-lib/aws-applicationautoscaling";
import { Alarm, type AlarmProps, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { ApplicationScalingAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { FargateService, ScalableTaskCount } from "aws-cdk-lib/aws-ecs";
import type { ProductStack } from "../productStack.ts";
import { productMetric } from "../watch/productMetrics.ts";
import type { ServiceParts } from "./serviceParts.ts";
import type { WorkerName } from "./workerNames.ts";

/** The services whose number of tasks follows their work; a deployment must not set it back. */
const scaledServices = ["campaign", "sender", "notifier"] as const satisfies readonly WorkerName[];
type ScaledService = (typeof scaledServices)[number];

export function isScaled(name: WorkerName): name is ScaledService {
  return (scaledServices as readonly WorkerName[]).includes(name);
}

const workload: MetricName = "Workload";
/** A worker is full at 1; with this share of its places in use there is room for what comes until the next task is ready. */
const campaignTarget = 0.6;
/** One worker fewer is enough for a third of the target: what is left then has two thirds of it at most, and none comes back. */
const fewerShare = 1 / 3;
/** Minutes with so little work before a worker goes. */
const quietMinutes = 10;
/** Seconds the oldest status event may wait; a browser shows a change that much later. */
const lateSeconds = { some: 15, many: 60 } as const;

/** Scales campaign and sender by their work, and the notifier by the age of its queue. */
export function scaleWorkers(
  stack: ProductStack,
  services: Readonly<Record<WorkerName, FargateService>>,
  { messaging }: ServiceParts,
): void {
  const { campaign, sender, notifier } = stack.settings.services;
  const most = ({ tasks, maximumTasks = tasks }: { tasks: number; maximumTasks?: number | undefined }) =>
    Math.max(tasks, maximumTasks);
  const count = (name: WorkerName, minCapacity: number, maxCapacity: number) =>
    services[name].autoScaleTaskCount({ minCapacity, maxCapacity });
  const senderTarget = sender.chunksPerTask / sender.sendConcurrency;
  scaleByWork(stack, "sender", count("sender", sender.minimumTasks, sender.maximumTasks), senderTarget);
  scaleByWork(stack, "campaign", count("campaign", campaign.tasks, most(campaign)), campaignTarget);
  scaleByAge(stack, count("notifier", notifier.tasks, most(notifier)), messaging);
}

/**
 * Follows `Workload` (`measureWorkload.ts`), the part of all workers' places that the work there is could use. **Out** by
 * target tracking, within minutes. **In** by one task at a time, once the work has been for ten minutes what one worker
 * fewer does easily: target tracking would take workers away at every pause of a mailing. ECS leaves out the tasks that are
 * protected because they work on a run (`taskProtection.ts`); another one that goes gets SIGTERM and gives back what
 * it holds.
 */
function scaleByWork(
  stack: ProductStack,
  service: "campaign" | "sender",
  tasks: ScalableTaskCount,
  target: number,
): void {
  const metric = productMetric(workload, { service }, { period: Duration.minutes(1) });
  const tracking: BaseTargetTrackingProps = {
    policyName: `${service}-workload`,
    scaleOutCooldown: Duration.seconds(60),
    disableScaleIn: true,
  };
  tasks.scaleToTrackCustomMetric(`${service}-workload`, {
    ...tracking,
    metric: metric.with({ statistic: "Average" }),
    targetValue: target,
  });
  scaleBySteps(stack, tasks, `fewer-${service}`, [{ adjustment: -1, upperBound: 0 }], {
    alarmDescription: `Little work for ${service} for ten minutes: one task fewer, down to the fewest. Not a fault.`,
    metric: metric.with({ statistic: "Maximum" }),
    comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: target * fewerShare,
    evaluationPeriods: quietMinutes,
    // Without a figure the amount of work is not known.
    treatMissingData: TreatMissingData.IGNORE,
  });
}

/** A status event that waits is a page that shows something old. An event stays in the queue until its posts are settled. */
function scaleByAge(stack: ProductStack, tasks: ScalableTaskCount, { queues }: ServiceParts["messaging"]): void {
  const metric = queues.status.queue.metricApproximateAgeOfOldestMessage({
    period: Duration.minutes(1),
    statistic: "Maximum",
  });
  const more = [
    { adjustment: 1, lowerBound: 0, upperBound: lateSeconds.many - lateSeconds.some },
    { adjustment: 2, lowerBound: lateSeconds.many - lateSeconds.some },
  ];
  scaleBySteps(stack, tasks, "more-notifier", more, {
    alarmDescription:
      "Status events wait for a notifier: one task more, or two, up to the most. Not a fault by itself.",
    metric,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: lateSeconds.some,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  scaleBySteps(stack, tasks, "fewer-notifier", [{ adjustment: -1, upperBound: 0 }], {
    alarmDescription: "No status event has waited for a while: one notifier fewer, down to the fewest. Not a fault.",
    metric,
    comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 5,
    evaluationPeriods: quietMinutes,
    // SQS has no figures of a queue that is not used.
    treatMissingData: TreatMissingData.BREACHING,
  });
}

/** Steps are relative to the alarm's threshold. The cooldown is the time a change takes to show in the metric. */
function scaleBySteps(
  stack: ProductStack,
  scalingTarget: ScalableTaskCount,
  name: string,
  steps: readonly { readonly adjustment: number; readonly lowerBound?: number; readonly upperBound?: number }[],
  alarm: AlarmProps,
): void {
  const action = new StepScalingAction(stack, name, {
    scalingTarget: scalingTarget as never,
    policyName: name,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    cooldown: Duration.minutes(steps.some(({ adjustment }) => adjustment > 0) ? 2 : 5),
  });
  for (const step of steps) action.addAdjustment(step);
  new Alarm(stack, `${name}-alarm`, { ...alarm, datapointsToAlarm: alarm.evaluationPeriods }).addAlarmAction(
    new ApplicationScalingAction(action),
  );
}
