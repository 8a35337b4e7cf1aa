import type { FieldSentences } from "@email-agent/shared/domain/form/formContext.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

/** The form does not fit: every field with its sentence (422). */
export function unfit(errors: FieldSentences): AppError {
  const sentences = Object.values(errors);
  const more =
    sentences.length === 2 ? " One more field needs a repair." : ` ${sentences.length - 1} more fields need a repair.`;
  const message = `${sentences[0]}${sentences.length > 1 ? more : ""}`;
  return new AppError("invalid-input", message, { details: { fields: errors } });
}

/** Why a change is refused as things stand, for the page to act on. */
type ConflictReason = "key-taken" | "held" | "lease-lost" | "working" | "archived" | "resets" | "unsettled" | "mailed";

/** What stands does not allow it (409); `details.reason` tells the cases apart. */
export function conflict(reason: ConflictReason, message: string, details: Record<string, unknown> = {}): AppError {
  return new AppError("conflict", message, { details: { reason, ...details } });
}
