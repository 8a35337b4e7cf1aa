import { RemovalPolicy } from "aws-cdk-lib";
import type { LogGroupProps } from "aws-cdk-lib/aws-logs";
import type { Environment } from "./environment.ts";

/** How long a log group keeps what it has, and whether it outlives its stack. `logDays` are days that CloudWatch offers. */
export function logSettings({ logDays, keepData }: Pick<Environment, "logDays" | "keepData">): LogGroupProps {
  return { retention: logDays, removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY };
}
