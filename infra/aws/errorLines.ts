import { metricNamespace } from "@email-agent/shared/service/metrics.ts";
import { FilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { workerNames } from "./services/serviceParts.ts";

/** Lines at level `error`, by the service that wrote them. The log groups count them: a process that dies counts nothing. */
export const errorLines = "ErrorLines";

/** What the field `service` of a line may hold: the tasks, and the Lambdas by the names they give themselves. */
export const loggingServices = [...workerNames, "stream-router", "connect", "disconnect"] as const;

/** Counts the lines at level `error` of one log group. */
export function countErrorLines(scope: Construct, id: string, logGroup: ILogGroup): void {
  new MetricFilter(scope, `${id}-error-lines`, {
    logGroup,
    filterPattern: FilterPattern.stringValue("$.level", "=", "error"),
    metricNamespace,
    metricName: errorLines,
    metricValue: "1",
    dimensions: { service: "$.service" },
  });
}
