import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { ProductStack } from "../productStack.ts";
import type { ServiceParts } from "../services/serviceParts.ts";
import type { ServicesStack } from "../services/servicesStack.ts";
import { createAlarm } from "./watch.ts";
import { mailWatches } from "./watchMail.ts";
import { lambdaWatches, queueWatches, topicWatches } from "./watchQueues.ts";
import { errorLineWatches, managerWatches, taskWatches } from "./watchServices.ts";
import { recoveryWatches, stepWatches } from "./watchSteps.ts";
import { tableWatches } from "./watchTables.ts";
import { valkeyWatches } from "./watchValkey.ts";

export type WatchParts = ServiceParts & { readonly services: ServicesStack };

/** Every alarm of the product, each sent to `topic` when it rises and when it is over. */
export function createAlarms(stack: ProductStack, parts: WatchParts, topic: Topic): Alarm[] {
  const watches = [
    ...stepWatches(),
    ...mailWatches(),
    ...errorLineWatches(),
    ...queueWatches(parts),
    ...topicWatches(parts),
    ...lambdaWatches(parts),
    ...recoveryWatches(),
    ...tableWatches(stack.settings),
    ...valkeyWatches(parts),
    ...managerWatches(parts),
    ...taskWatches(parts),
  ];
  return watches.map((watch) => {
    const alarm = createAlarm(stack, watch);
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}
