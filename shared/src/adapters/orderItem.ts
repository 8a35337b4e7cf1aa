import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type StepName, stepNames } from "../domain/steps.ts";
import { readySteps, type WorkOrder, workOrderSchema } from "../domain/workOrder.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

type Item = Readonly<Record<string, unknown>>;

/** An order as it is read: one made before a step came into the catalogue has that step untouched. */
export function readOrder(table: string, id: string, item: Item | undefined): WorkOrder {
  const steps = item?.["steps"];
  const whole = typeof steps === "object" ? { ...item, steps: { ...readySteps(), ...steps } } : item;
  return readItem(table, id, workOrderSchema, whole);
}

/** The steps of the catalogue that an item does not have yet. */
export function missingSteps(item: Item): StepName[] {
  const steps = (item["steps"] ?? {}) as Item;
  return stepNames.filter((name) => steps[name] === undefined);
}

/** Adds steps the order does not have: updates set paths below `steps.<Name>`, which must exist. Returns the new state. */
export async function addSteps(aws: Pick<Aws, "dynamo">, table: string, id: string, names: readonly StepName[]) {
  const assignments = names.map((_, n) => `#steps.#n${n} = if_not_exists(#steps.#n${n}, :ready)`);
  const command = new UpdateCommand({
    TableName: table,
    Key: { id },
    UpdateExpression: `SET ${assignments.join(", ")} ADD #version :one`,
    ConditionExpression: "attribute_exists(id)",
    ExpressionAttributeNames: {
      "#steps": "steps",
      "#version": "version",
      ...Object.fromEntries(names.map((name, n) => [`#n${n}`, name])),
    },
    ExpressionAttributeValues: { ":ready": { status: "ready" }, ":one": 1 },
    ReturnValues: "ALL_NEW",
  });
  const { Attributes } = await aws.dynamo.send(command);
  return readOrder(table, id, Attributes);
}
