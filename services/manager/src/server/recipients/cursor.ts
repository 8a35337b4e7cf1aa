import { hash } from "node:crypto";
import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import { seal } from "../http/seal.ts";
import type { ManagerConfig } from "../manager.ts";
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

type CursorConfig = Pick<ManagerConfig, "SESSION_SECRET">;

const lifeMilliseconds = 24 * 3_600_000;

/**
 * Cursors of the list that `parts` name (run, mailing key, filter, search) and no other. They are encrypted: the place
 * the place in it may be the id of a person whom the list does not show, and a forged one could begin anywhere.
 */
export function listCursors({ SESSION_SECRET }: CursorConfig, { now }: Pick<Clock, "now">, parts: readonly string[]) {
  const { close, open } = seal(SESSION_SECRET, "list-cursor");
  const of = listId(parts);
  return {
    to: (progress: Progress): Promise<string> => close({ v: 1, of, ...progress }, now() + lifeMilliseconds),
    /** AppError `invalid-input` for what is no cursor (any more); `conflict` for one of another list, as after a new Dry-Run. */
    async from(text: string): Promise<Progress> {
      const { data, error } = cursorSchema.safeParse(await open(text, now()));
      if (!data) throw noSuchPage(error);
      const { place, given, read } = data;
      if (data.of === of) return { place, given, read };
      const sentence = "The list has changed since this page was opened. Begin again from its first page.";
      throw new AppError("conflict", sentence, { details: { reason: "list-changed" } });
    },
  };
}

/** AppError `invalid-input` for a cursor that we did not make. */
export function noSuchPage(cause?: unknown): AppError {
  return new AppError("invalid-input", "The address names a page that does not exist. Open the list again.", { cause });
}

function listId(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts)).slice(0, 16);
}
