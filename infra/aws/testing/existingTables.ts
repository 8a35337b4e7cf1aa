import { tables } from "../../resources.ts";
import { type Environment, judgeEnvironment, readEnvironment } from "../environment.ts";

const place = "eu-central-1:222222222222";

/** Production with these tables made elsewhere: each is named `found-<name>`. The one of work orders has its stream. */
export function productionWith(names: readonly string[]): Environment {
  const existingTables = Object.fromEntries(names.map((name) => [name, existing(name)]));
  const result = judgeEnvironment({ ...readEnvironment("production"), existingTables });
  if ("mistakes" in result) throw new Error(result.mistakes.join("\n"));
  return result.environment;
}
export const allTableNames = Object.values(tables).map(({ name }) => name);
export const workOrderStream = `arn:aws:dynamodb:${place}:table/found-email-work-orders/stream/2026-11-30T10:00:00.000`;
export const deliveriesKey = `arn:aws:kms:${place}:key/00000000-1111-2222-3333-444444444444`;

function existing(name: string) {
  if (name === "email-work-orders") return { table: `found-${name}`, streamArn: workOrderStream };
  if (name === "Deliveries") return { table: `arn:aws:dynamodb:${place}:table/found-${name}`, keyArn: deliveriesKey };
  return { table: `found-${name}` };
}
