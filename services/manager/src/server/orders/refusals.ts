import type { FieldSentences } from "@email-agent/shared/domain/form/formContext.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

/** The form has errors: every field with its sentence (422). */
export function unfit(errors: FieldSentences): AppError {
  const sentences = Object.values(errors);
  const more = sentences.length === 2 ? " Fix one more field." : ` Fix ${sentences.length - 1} more fields.`;
  const message = `${sentences[0]}${sentences.length > 1 ? more : ""}`;
  return new AppError("invalid-input", message, { details: { fields: errors } });
}

/** Why a change is refused in the present state of the order, for the page to act on. */
type ConflictReason = "key-taken" | "held" | "lease-lost" | "working" | "archived" | "resets" | "unsettled" | "mailed";

/** The present state of the order does not allow it (409). */
export function conflict(reason: ConflictReason, message: string, details: Record<string, unknown> = {}): AppError {
  return new AppError("conflict", message, { details: { reason, ...details } });
}
