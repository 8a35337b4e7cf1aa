import { hash } from "node:crypto";
import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import { z } from "zod";
import type { Place } from "./recipientSource.ts";

/** Where a list goes on, and how far it has come. */
export interface Progress {
  readonly place: Place;
  /** Rows given so far. */
  readonly given: number;
  /** People looked at so far. */
  readonly read: number;
}

const cursorSchema = z.object({
  v: z.literal(1),
  of: z.string(),
  place: z.array(z.string().refine(fitsSortKey)).min(1).max(2),
  given: z.int().min(0),
  read: z.int().min(0),
});

/** A cursor for the browser, valid for the list that `parts` name (run, mailing key, filter, search) and no other. */
export function toCursor(parts: readonly string[], progress: Progress): string {
  return Buffer.from(JSON.stringify({ v: 1, of: listId(parts), ...progress })).toString("base64url");
}

/** AppError `invalid-input` for what is no cursor; `conflict` for one of another list, as after a new Dry-Run. */
export function fromCursor(parts: readonly string[], text: string): Progress {
  const { of, ...progress } = parse(text);
  if (of === listId(parts)) return progress;
  throw new AppError("conflict", "The list has changed since this page was opened. Begin again from its first page.", {
    details: { reason: "list-changed" },
  });
}

function parse(text: string) {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch (cause) {
    throw noSuchPage(cause);
  }
}

/** AppError `invalid-input` for a cursor nobody was given. */
export function noSuchPage(cause?: unknown): AppError {
  return new AppError("invalid-input", "The address names a page that does not exist. Open the list anew.", { cause });
}

function listId(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts)).slice(0, 16);
}
