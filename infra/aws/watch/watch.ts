import { Duration } from "aws-cdk-lib";
import type { IMetric, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";

/** One thing a person must hear of. */
export interface Watch {
  readonly id: string;
  /** What it means and what to do, in a sentence: it is what the mail says. */
  readonly text: string;
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
