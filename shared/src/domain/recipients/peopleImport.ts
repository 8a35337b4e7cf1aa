import { z } from "zod";
import { instantSchema } from "../time.ts";

/** The states of an import in which a worker has something to do. */
export const workingStates = ["checking", "applying", "undoing"] as const;
export type WorkingState = (typeof workingStates)[number];

export const importStates = [
  "uploading",
  "uploaded",
  "checked",
  "applied",
  "undone",
  "failed",
  ...workingStates,
] as const;
export type ImportState = (typeof importStates)[number];

export const encodings = [
  "utf-8",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "iso-8859-15",
  "macintosh",
  "utf-16le",
  "utf-16be",
  "shift_jis",
  "gb18030",
] as const;
export type Encoding = (typeof encodings)[number];

export const separators = [",", ";", "\t"] as const;
export type Separator = (typeof separators)[number];

const count = z.int().min(0);

/** How the file is read. */
export const readingSchema = z.object({
  encoding: z.enum(encodings),
  separator: z.enum(separators),
  /** Field of each column, in the order of the file; "" for a column that is not imported. */
  fields: z.array(z.string()).max(300),
  /** Several people of the file, or of the table, may have one address. Then each row needs an id. */
  sharedAddresses: z.boolean(),
});
export type ImportReading = z.infer<typeof readingSchema>;

/** What the dry run found. The sum of the last four is `rows`. */
const foundSchema = z.object({
  rows: count,
  added: count,
  changed: count,
  unchanged: count,
  refused: count,
  /** Files of the plan and of the refused rows, and the token of the worker that wrote them. */
  planFiles: count,
  refusedFiles: count,
  token: count,
});
export type ImportFound = z.infer<typeof foundSchema>;

/** Apply: `file` is the next file of the plan. `left`: not written, as the record has changed since the dry run. */
const appliedSchema = z.object({ file: count, added: count, changed: count, left: count });
/** Undo: `kept` could not be undone. */
const undoneSchema = z.object({ file: count, removed: count, restored: count, kept: count });

/**
 * An import of people in the table Runs (key `runId` = `imports`, sort key `import-<ULID>`): one partition, so that they
 * can be listed newest first. The uploaded file, the plan and what became of it are objects below `imports/<id>/`.
 */
export const peopleImportSchema = z.looseObject({
  runId: z.literal("imports"),
  sk: z.string().regex(/^import-[0-9A-Z]{26}$/, "import-<ULID>"),
  state: z.enum(importStates),
  fileName: z.string(),
  bytes: count,
  /** Objects the uploaded file consists of. */
  parts: count,
  /** Id of the user who uploaded the file. */
  by: z.string(),
  createdAt: instantSchema,
  /** Headings of the columns, cut to 100 characters. */
  headings: z.array(z.string()).default([]),
  reading: readingSchema.optional(),
  /** Rows read so far, while it is checked. */
  rowsRead: count.optional(),
  found: foundSchema.optional(),
  checkedAt: instantSchema.optional(),
  applied: appliedSchema.optional(),
  appliedAt: instantSchema.optional(),
  undone: undoneSchema.optional(),
  undoneAt: instantSchema.optional(),
  /** Why it ended early, as a sentence, and in which state. */
  failure: z.string().optional(),
  failedIn: z.enum(workingStates).optional(),
  /** The uploaded file was erased, for a person in it was forgotten. */
  erasedAt: instantSchema.optional(),
  /** Fencing token of the worker: it grows with each pick-up. */
  token: count.default(0),
  worker: z.string().optional(),
  heartbeatAt: instantSchema.optional(),
  ttl: z.int(),
});
export type PeopleImport = z.infer<typeof peopleImportSchema>;

/** One attribute, or entry of a map, that a row sets. `from` is what the dry run saw: null if it is absent or null. */
export interface PlannedSet {
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
}

/** One row to write: a line of a file of the plan. */
export interface PlannedRow {
  /** Row of the file as a spreadsheet counts: the headings are row 1. */
  readonly row: number;
  readonly id: string;
  readonly kind: "added" | "changed";
  readonly sets: readonly PlannedSet[];
  /** The address by which the person was found: the row is written only while they have it. */
  readonly foundBy?: string;
}
