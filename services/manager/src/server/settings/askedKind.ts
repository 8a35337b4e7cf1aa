import { type ConfigKind, isConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

/** The kind of item an address names. AppError `not-found`. */
export function askedKind(text: string): ConfigKind {
  if (isConfigKind(text)) return text;
  throw new AppError("not-found", `There are no settings named "${text}".`);
}

/** The version of `?version=`. AppError `invalid-input`. */
export function askedVersion(query: URLSearchParams): number {
  const version = Number(query.get("version") ?? Number.NaN);
  if (Number.isInteger(version) && version >= 0) return version;
  throw new AppError("invalid-input", "The request names no version. Reload the page.");
}
