import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type TableShape, type TableVariable, tables } from "../../resources.ts";
import type { Environment } from "../environment.ts";
import { usedTableNames } from "../existingTables.ts";
import { minutes, type Watch } from "./watch.ts";

/** Refused for a moment, the clients repeat; this many in five minutes slow a mailing down. */
const throttlesPassedOver = 10;

/** Tables and indexes that refuse reads, writes or transactions for want of capacity, and errors of DynamoDB itself. */
export function tableWatches(environment: Pick<Environment, "prefix" | "existingTables">): Watch[] {
  const names = usedTableNames(environment);
  const throttles = (Object.entries(tables) as [TableVariable, TableShape][]).map(([variable, shape]): Watch => {
    const places = [undefined, ...(shape.indexes ?? []).map(({ name }) => name)];
    const metrics = places.flatMap((index) =>
      ["ReadThrottleEvents", "WriteThrottleEvents"].map((metricName) =>
        dynamoMetric(metricName, { TableName: names[variable], ...(index && { GlobalSecondaryIndexName: index }) }),
      ),
    );
    return {
      id: `throttles-${shape.name.toLowerCase()}`,
      means: `Table ${names[variable]} or an index of it refused reads, writes or transactions for want of capacity`,
      first:
        "look in its metrics whether one key is hot or a limit of the account is reached; the services repeat on their own",
      metric: added(metrics),
      above: throttlesPassedOver,
    };
  });
  return [...throttles, systemErrors(Object.values(names))];
}

function dynamoMetric(metricName: string, dimensionsMap: Record<string, string>): Metric {
  return new Metric({ namespace: "AWS/DynamoDB", metricName, dimensionsMap, statistic: "Sum", ...minutes(5) });
}

/** The sum of figures, each of which is published only while something is refused. */
function added(metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(" + ");
  return new MathExpression({ expression, usingMetrics, ...minutes(5) });
}

/** DynamoDB counts them by table and operation: a query adds them up, whatever operations there are. */
function systemErrors(names: readonly string[]): Watch {
  const ours = names.map((name) => `TableName = '${name}'`).join(" OR ");
  return {
    id: "table-system-errors",
    means: "DynamoDB returned errors of its own (HTTP 500)",
    first: "look at health.aws.amazon.com; the services repeat on their own and go on behind it",
    metric: new MathExpression({
      expression: `SELECT SUM(SystemErrors) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE ${ours}`,
      usingMetrics: {},
      ...minutes(5),
    }),
    above: throttlesPassedOver,
  };
}
