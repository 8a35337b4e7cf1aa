import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { ProductStack } from "./productStack.ts";
import { workerNames } from "./services/workerNames.ts";
import { errorLines, metricNamespace } from "./watch/productMetrics.ts";

/** What the field `service` of a line may hold: the tasks, and the Lambdas by the names they give themselves. */
export const loggingServices = [...workerNames, "stream-router", "connect", "disconnect"] as const;

/** Counts the lines at level `error` of one log group. */
export function countErrorLines(stack: ProductStack, id: string, logGroup: ILogGroup): void {
  new MetricFilter(stack, `${id}-error-lines`, {
    logGroup,
    filterPattern: FilterPattern.stringValue("$.level", "=", "error"),
    metricNamespace: metricNamespace(stack),
    metricName: errorLines,
    metricValue: "1",
    dimensions: { service: "$.service" },
  });
}
