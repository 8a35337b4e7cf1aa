import type { z } from "zod";
import { AppError } from "../kit/errors.ts";

/**
 * Judges an item read from (or about to be written to) a table. Returns the parsed item; throws AppError `bad-item`
 * naming table, key and field. `at` is where in the item the value is, if it is not the whole.
 */
export function readItem<Schema extends z.ZodType>(
  table: string,
  key: string,
  schema: Schema,
  item: unknown,
  at: readonly string[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = [...at, ...(issue?.path ?? [])].join(".") || "(item)";
  throw new AppError("bad-item", `Table ${table}, item ${key}, field ${field}: ${issue?.message ?? "does not fit"}.`, {
    cause: parsed.error,
    details: { table, key, field },
  });
}
