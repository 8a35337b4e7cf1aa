import type { LogGroupProps } from "aws-cdk-lib/aws-logs";
import type { Environment } from "./environment.ts";
import { removalOf } from "./removal.ts";

/** How long a log group keeps what it has, and whether it outlives its stack. `logDays` are days that CloudWatch offers. */
export function logSettings(settings: Pick<Environment, "logDays" | "keepData">): LogGroupProps {
  return { retention: settings.logDays, removalPolicy: removalOf(settings) };
}
