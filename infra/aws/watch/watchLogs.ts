import { loggingServices } from "../errorLines.ts";
import { errorLines, productMetric } from "./productMetrics.ts";
import { sum, type Watch } from "./watch.ts";

/** Lines at level `error` of every service and Lambda: a person must act. */
export function errorLineWatches(): Watch[] {
  return loggingServices.map((service) => ({
    id: `error-lines-${service}`,
    means: `The log of ${service} has lines at level error`,
    first: "read them; each names its work order and step where it has one",
    metric: sum(productMetric(errorLines, { service })),
    above: 0,
  }));
}
