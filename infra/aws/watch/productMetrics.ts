import type { MetricName } from "@email-agent/shared/kit/metrics.ts";
import { Duration, Lazy, Stack } from "aws-cdk-lib";
import { Metric, type MetricProps } from "aws-cdk-lib/aws-cloudwatch";
import { ProductStack } from "../productStack.ts";

/** Lines at level `error`, by the service that wrote them. The log groups count them: a process that dies counts nothing. */
export const errorLines = "ErrorLines";

/** Where the services of one environment publish: two environments of an account must not count for each other. */
export function metricNamespace({ environmentName }: Pick<ProductStack, "environmentName">): string {
  return `EmailAgent/${environmentName}`;
}

/** The namespace of whatever environment a metric is used in. */
const namespace = Lazy.uncachedString({
  produce: ({ scope }) => {
    const stack = Stack.of(scope);
    if (stack instanceof ProductStack) return metricNamespace(stack);
    throw new Error(`${stack.stackName} is no stack of an environment.`);
  },
});

/**
 * A figure the product publishes itself, in the namespace of its environment. It is there for its service alone and with all its
 * dimensions; `dimensions` names one of the two in full.
 */
export function productMetric(
  metricName: MetricName | typeof errorLines,
  dimensions: { readonly service: string } & Readonly<Record<string, string>>,
  props: Partial<Omit<MetricProps, "namespace" | "metricName" | "dimensionsMap">> = {},
): Metric {
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { ...dimensions },
    period: Duration.minutes(5),
    ...props,
  });
}
