import { Duration } from "aws-cdk-lib";
import { AdjustmentType, MetricAggregationType, StepScalingAction } from "aws-cdk-lib/aws-applicationautoscaling";
import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { ApplicationScalingAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import type { ProductStack } from "../productStack.ts";
import { productMetric } from "../watch/productMetrics.ts";

/** Minutes without a chunk, anywhere, before senders go. */
const drainedMinutes = 10;

/**
 * The number of senders follows the chunks that wait or are in hand, per sender. **Out** by target tracking, within
 * minutes. **In** by one task at a time and only once nothing has been sent for ten minutes: target tracking would take
 * senders away in the middle of a mailing. Whichever task goes gets SIGTERM, ends what is on the wire and gives its chunks
 * back (`stopTimeout` is longer than that takes).
 */
export function scaleSender(stack: ProductStack, service: FargateService): void {
  const { minimumTasks, maximumTasks, chunksPerTask } = stack.settings.services.sender;
  const tasks = service.autoScaleTaskCount({ minCapacity: minimumTasks, maxCapacity: maximumTasks });
  const chunks = productMetric("ChunksPerSender", { service: "sender" }, { period: Duration.minutes(1) });
  tasks.scaleToTrackCustomMetric("chunks-per-sender", {
    policyName: "chunks-per-sender",
    metric: chunks.with({ statistic: "Average" }),
    targetValue: chunksPerTask,
    scaleOutCooldown: Duration.seconds(60),
    disableScaleIn: true,
  });
  const fewer = new StepScalingAction(stack, "fewer-senders", {
    scalingTarget: tasks,
    policyName: "fewer-senders",
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    cooldown: Duration.minutes(5),
  });
  fewer.addAdjustment({ adjustment: -1, upperBound: 0 });
  const drained = new Alarm(stack, "senders-drained", {
    alarmDescription: "Nothing has been sent for ten minutes: one sender fewer. Not a fault.",
    metric: chunks.with({ statistic: "Maximum" }),
    comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 0,
    evaluationPeriods: drainedMinutes,
    datapointsToAlarm: drainedMinutes,
    // Without a figure nobody knows whether something is being sent.
    treatMissingData: TreatMissingData.IGNORE,
  });
  drained.addAlarmAction(new ApplicationScalingAction(fewer));
}
