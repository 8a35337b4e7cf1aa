import { Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { ProductStack } from "../productStack.ts";
import type { ServiceParts } from "../services/serviceParts.ts";
import type { ServicesStack } from "../services/servicesStack.ts";
import { lambdaWatches, queueWatches } from "./watchCarriers.ts";
import { foundationWatches } from "./watchFoundation.ts";
import { mailWatches } from "./watchMail.ts";
import { recoveryWatches, stepWatches } from "./watchWork.ts";

export type WatchParts = ServiceParts & { readonly services: ServicesStack };

/** Every alarm of the product, each told to `topic` when it rises and when it is over. */
export function createAlarms(stack: ProductStack, parts: WatchParts, topic: Topic): Alarm[] {
  const watches = [
    ...queueWatches(parts),
    ...lambdaWatches(parts),
    ...stepWatches(),
    ...mailWatches(),
    ...recoveryWatches(),
    ...foundationWatches(parts),
  ];
  return watches.map(({ id, text, metric, above, periods = 1, missing = TreatMissingData.NOT_BREACHING }) => {
    const alarm = new Alarm(stack, id, {
      alarmName: `email-agent-${stack.environmentName}-${id}`,
      alarmDescription: text,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: above,
      evaluationPeriods: periods,
      treatMissingData: missing,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}
