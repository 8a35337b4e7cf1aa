import { type MetricName, metricNamespace } from "@email-agent/shared/service/metrics.ts";
import { Duration } from "aws-cdk-lib";
import { Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import type { errorLines } from "../errorLines.ts";

/**
 * A figure the product publishes itself, in the namespace of the product. It stands there for its service alone and with all its
 * dimensions; `dimensions` names one of the two in full.
 */
export function productMetric(
  metricName: MetricName | typeof errorLines,
  dimensions: { readonly service: string } & Readonly<Record<string, string>>,
  props: Partial<Omit<MetricProps, "namespace" | "metricName" | "dimensionsMap">> = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { ...dimensions },
    period: Duration.minutes(5),
    ...props,
  });
}
