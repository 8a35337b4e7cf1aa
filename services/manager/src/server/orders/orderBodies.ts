import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { z } from "zod";

/** Names stand in keys of tables, which take 1024 bytes; nobody has longer ones. */
const name = z.string().max(200);
const codes = z.array(z.string()).max(1000);
const texts = z.record(z.string(), z.string());

/** The fields of a form, each of its kind; what they mean is judged by `judgeForm` (shared/src/domain/form/judgeForm.ts). */
const fieldsSchema = z.strictObject({
  eventCode: name,
  subEvent: name,
  stage: name,
  languages: codes,
  subjects: texts,
  previewTexts: texts,
  zoomId: z.string(),
  account: name,
  testers: codes,
  salutationByName: z.boolean(),
  regLinkPresent: z.boolean(),
  sendContinuously: z.boolean(),
  sendUntil: z.union([z.string(), z.strictObject({ local: z.string(), zone: z.string() })]).nullable(),
  sendInterval: z.number(),
  revision: z.number().nullable(),
});

/** `POST /api/work-orders`: what is left out is as in an empty form. */
export const createBodySchema = z.strictObject({ fields: fieldsSchema.partial() });

/** `PATCH /api/work-orders/{id}`: only the fields that changed. */
export const saveBodySchema = z.strictObject({
  leaseToken: z.string().min(1),
  fields: fieldsSchema.partial(),
  /** True if the operator agreed to reset a step that is neither ready nor complete. */
  confirmReset: z.boolean().default(false),
});
export interface SaveBody {
  readonly leaseToken: string;
  readonly fields: Partial<OrderFields>;
  readonly confirmReset: boolean;
}

/** `POST /api/work-orders/check`: with `id` the fields that changed, else the form so far. */
export const checkBodySchema = z.strictObject({ id: z.string().optional(), fields: fieldsSchema.partial() });
export interface CheckBody {
  readonly id?: string | undefined;
  readonly fields: Partial<OrderFields>;
}

/** `POST …/edit-lease`. */
export const takeBodySchema = z.strictObject({
  /** True if the operator agreed to take the form from whoever has it open. */
  takeOver: z.boolean().default(false),
});

/** `PUT` and `DELETE …/edit-lease`. */
export const tokenBodySchema = z.strictObject({ token: z.string().min(1) });
