import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { ProductStack } from "../productStack.ts";

/** One alarm: what it means and what to do first. */
export interface Watch {
  readonly id: string;
  /** What it means; with `first` it is the sentence of the mail. No full stop. */
  readonly means: string;
  /** What to do first. */
  readonly first: string;
  readonly metric: IMetric;
  /** The alarm rises above this. */
  readonly above: number;
  /** Periods in a row. Default 1. */
  readonly periods?: number;
  /** What it means when there is no figure. Default: nothing happened. */
  readonly missing?: TreatMissingData;
}

export const minutes = (count: number) => ({ period: Duration.minutes(count) });
export const sum = (metric: Metric, count = 5) => metric.with({ statistic: "Sum", ...minutes(count) });
export const maximum = (metric: Metric, count = 1) => metric.with({ statistic: "Maximum", ...minutes(count) });

/** The name of an alarm, for those who must not refer to it: an alarm may refer to them. */
export function alarmName({ environmentName }: Pick<ProductStack, "environmentName">, id: string): string {
  return `email-agent-${environmentName}-${id}`;
}

/** An alarm without an action yet. */
export function createAlarm(
  stack: ProductStack,
  { id, means, first, metric, above, periods = 1, missing }: Watch,
): Alarm {
  return new Alarm(stack, id, {
    alarmName: alarmName(stack, id),
    alarmDescription: `${means}: ${first}. More: docs/runbook.md.`,
    metric,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: above,
    evaluationPeriods: periods,
    treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
  });
}
