import type { TemplatePlace } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { keyPartSchema } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";

const placeFields = {
  eventCode: keyPartSchema,
  subEvent: keyPartSchema,
  stage: keyPartSchema,
  language: z.string().regex(/^[A-Z]{2}$/, "a two-letter language code"),
};

/** A new template: of a text, of another template, or of what an order has published. */
export const createBodySchema = z.strictObject({
  ...placeFields,
  from: z.union([
    z.strictObject({ html: z.string() }),
    z.strictObject({ template: z.string() }),
    z.strictObject({ orderId: z.string(), language: z.string() }),
  ]),
});
export type CreateBody = z.infer<typeof createBodySchema>;

/** `version`: the one the text was made from. */
export const saveBodySchema = z.strictObject({ version: z.int().min(1), html: z.string() });
export const removeBodySchema = z.strictObject({ version: z.int().min(1) });
/** `from`: the version whose text is to be the present one again. */
export const restoreBodySchema = z.strictObject({ version: z.int().min(1), from: z.int().min(1) });

/** A text that is not saved, to be judged and shown for a person. */
export const draftBodySchema = z.strictObject({ ...placeFields, html: z.string(), participant: z.string().optional() });
export type DraftBody = z.infer<typeof draftBodySchema>;

const placeSchema = z.object(placeFields);

/** The place a query names. Throws AppError `invalid-input`. */
export function placeOfQuery(query: URLSearchParams): TemplatePlace {
  const parsed = placeSchema.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid-input", "The query does not fit: it must name eventCode, subEvent, stage and language.");
}
