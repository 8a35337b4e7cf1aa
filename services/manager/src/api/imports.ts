import type {
  Encoding,
  ImportFound,
  ImportState,
  PeopleImport,
  PlannedSet,
  Separator,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";

/** The largest file of people. */
export const importLimitBytes = 100 * 1024 * 1024;
/** A file is uploaded in parts of this size, as no request of ours is larger. */
export const importPartBytes = 1024 * 1024;

/** `GET /api/people/imports`: the newest, running and past. */
export interface ImportsList {
  readonly imports: readonly ShownImport[];
  /** Why people cannot be imported here, and no import be undone. */
  readonly elsewhere?: string;
}

/** An import as the pages show it. */
export interface ShownImport
  extends Pick<
    PeopleImport,
    | "fileName"
    | "bytes"
    | "createdAt"
    | "headings"
    | "reading"
    | "rowsRead"
    | "applied"
    | "undone"
    | "failure"
    | "erasedAt"
  > {
  readonly id: string;
  readonly state: ImportState;
  readonly by: string;
  readonly found?: Omit<ImportFound, "token">;
  readonly failedIn?: PeopleImport["failedIn"];
  /** As in ImportsList; absent in a list. */
  readonly elsewhere?: string;
}

/** How an uploaded file is read, and what its first rows are then. */
export interface FileReading {
  readonly encoding: Encoding;
  readonly separator: Separator;
  readonly headings: readonly string[];
  /** The first rows below the headings. */
  readonly rows: readonly (readonly string[])[];
  /** Field of each column, "" for none. */
  readonly fields: readonly string[];
  /** The fields are those of an earlier import whose file had the same headings. */
  readonly isRemembered: boolean;
  /** What looks wrong about the first rows, as sentences. */
  readonly doubts: readonly string[];
}

/** Lists of an import that can be read and downloaded. */
export const importLists = ["changes", "refused", "left", "kept"] as const;
export type ImportList = (typeof importLists)[number];

/** A row of a list of an import. */
export interface ImportRow {
  readonly row: number;
  readonly id?: string;
  readonly column?: string;
  readonly reason?: string;
  readonly cells?: readonly string[];
  readonly sets?: readonly PlannedSet[];
}
