import type { EnteredValues, FieldKind } from "@email-agent/shared/domain/form/fieldRow.ts";
import { formFields, kindOf, type OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { isOrderId } from "@email-agent/shared/domain/workOrder.ts";
import { z } from "zod";

/** One for each kind of field. Names are parts of table keys, which take 1024 bytes. */
const valueSchemas: { readonly [Kind in FieldKind]: z.ZodType<EnteredValues[Kind]> } = {
  name: z.string().max(200),
  text: z.string(),
  switch: z.boolean(),
  names: z.array(z.string()).max(1000),
  texts: z.record(z.string(), z.string()),
  time: z.union([z.string(), z.strictObject({ local: z.string(), zone: z.string() })]).nullable(),
  number: z.number(),
  "optional number": z.number().nullable(),
  window: z
    .strictObject({ zone: z.string(), from: z.string(), to: z.string(), weekdays: z.array(z.int()).max(7) })
    .nullable(),
};

/** Some fields of a form, each of its kind; what they mean is judged by `judgeForm`. */
const fieldsSchema: z.ZodType<Partial<OrderFields>> = z
  .strictObject(Object.fromEntries(formFields.map((name) => [name, valueSchemas[kindOf(name)]])))
  .partial();

/** `POST /api/work-orders`: what is left out is as in an empty form. */
export const createBodySchema = z.strictObject({
  fields: fieldsSchema,
  /** Id of the order whose settings the form began with. */
  copyOf: z.string().refine(isOrderId, "the id of a work order").optional(),
});

/** `PATCH /api/work-orders/{id}`: only the fields that changed. */
export const saveBodySchema = z.strictObject({
  leaseToken: z.string().min(1),
  fields: fieldsSchema,
  /** True if the user agreed to reset a step that is neither ready nor complete. */
  confirmReset: z.boolean().default(false),
});
export interface SaveBody {
  readonly leaseToken: string;
  readonly fields: Partial<OrderFields>;
  readonly confirmReset: boolean;
}

/** `POST /api/work-orders/check`: with `id` the fields that changed, else the form so far. */
export const checkBodySchema = z.strictObject({ id: z.string().optional(), fields: fieldsSchema });
export interface CheckBody {
  readonly id?: string | undefined;
  readonly fields: Partial<OrderFields>;
}

/** `POST …/edit-lease`. */
export const takeBodySchema = z.strictObject({
  /** True if the user agreed to take the form over from the user who has it open. */
  takeOver: z.boolean().default(false),
});

/** `PUT` and `DELETE …/edit-lease`. */
export const tokenBodySchema = z.strictObject({ token: z.string().min(1) });
