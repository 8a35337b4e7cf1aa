import { z } from "zod";
import type { OrderWrite, Path } from "../domain/lifecycle/orderWrite.ts";
import { workOrderSchema } from "../domain/workOrder.ts";
import { readItem } from "./items.ts";

/**
 * Judges every value of a write by the schema at its path, before it is written: an order that does not fit could be
 * readable by no process any more, not even to stop it. Fields the schema does not know pass. Throws AppError `bad-item`.
 */
export function checkOrderWrite(table: string, id: string, write: OrderWrite): void {
  const removed = write.remove.filter((path) => !write.set.some(([set]) => set.join(".") === path.join(".")));
  for (const [path, value] of [...removed.map((path) => [path, undefined] as const), ...write.set]) {
    const schema = schemaAt(path);
    if (schema) readItem(table, id, writable(schema), value, path);
  }
}

/** Of what may be read, the part that this release writes: the rest of a union is what later ones write. */
function writable(schema: z.ZodType): z.ZodType {
  const bare = withoutWrapping(schema);
  return bare instanceof z.ZodUnion && bare !== schema ? (bare.options[0] as z.ZodType) : schema;
}

function schemaAt(path: Path): z.ZodType | undefined {
  let schema: z.ZodType | undefined = workOrderSchema;
  for (const part of path) {
    const bare: unknown = schema && withoutWrapping(schema);
    if (bare instanceof z.ZodObject) schema = bare.shape[part];
    else if (bare instanceof z.ZodRecord) schema = bare.valueType as z.ZodType;
    else return undefined;
  }
  return schema;
}

function withoutWrapping(schema: z.ZodType): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? withoutWrapping(schema.unwrap() as z.ZodType)
    : schema;
}
