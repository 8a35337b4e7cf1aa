import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type {
  Encoding,
  ImportState,
  Separator,
  WorkingState,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import type { ShownImport } from "../../api/imports.ts";

export const encodingWords: Readonly<Record<Encoding, string>> = {
  "utf-8": "UTF-8",
  "windows-1252": "Windows-1252 (Western Europe, as Excel saves CSV)",
  "windows-1250": "Windows-1250 (Central Europe)",
  "windows-1251": "Windows-1251 (Cyrillic)",
  "iso-8859-15": "ISO 8859-15 (Western Europe)",
  macintosh: "Mac Roman",
  "utf-16le": "UTF-16 little-endian (“Unicode text” of Excel)",
  "utf-16be": "UTF-16 big-endian",
  shift_jis: "Shift JIS (Japanese)",
  gb18030: "GB 18030 (Chinese)",
};

export const separatorWords: Readonly<Record<Separator, string>> = {
  ",": "Comma",
  ";": "Semicolon",
  "\t": "Tab",
};

export const fieldWords: Readonly<Record<string, string>> = {
  id: "Participant ID",
  email: "Mail address",
  first: "First name",
  last: "Last name",
  country: "Country",
  writtenLangPref: "Language",
  unsubscribe: "Unsubscribed",
  unsubscribedAt: "Unsubscribed since",
  unsubscribedBy: "Unsubscribed by",
  importedBy: "Imported by",
};

/** A field in words: `practice.yoga` as `Interest yoga`, `programs.E26.join` as `E26: join`. */
export function fieldName(path: readonly string[]): string {
  const [attribute = "", ...rest] = path;
  if (attribute === "practice") return `Interest ${rest.join(".")}`.trim();
  if (attribute === "programs")
    return rest.length > 1 ? `${rest[0]}: ${rest.slice(1).join(".")}` : `Event ${rest.join("")}`;
  return fieldWords[attribute] ?? attribute;
}

/** A value in words. A map shows its entries. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${valueWords(inner)}`)
    .join(", ");
}

export const stateWords: Readonly<Record<ImportState, string>> = {
  uploading: "Not uploaded completely",
  uploaded: "Uploaded",
  checking: "Being checked",
  checked: "Checked, not imported",
  applying: "Being imported",
  applied: "Imported",
  undoing: "Being undone",
  undone: "Undone",
  failed: "Ended early",
};

/** What ended early. */
export const earlyEndWords: Readonly<Record<WorkingState, string>> = {
  checking: "The check of the file ended early",
  applying: "The import ended early",
  undoing: "The undoing of the import ended early",
};

export function isWorking({ state }: Pick<ShownImport, "state">): boolean {
  return state === "checking" || state === "applying" || state === "undoing";
}

/** What became of an import, in a few words. */
export function resultWords({ state, found, applied, undone }: ShownImport): string {
  if (undone && state !== "applied")
    return `${count(undone.removed)} removed, ${count(undone.restored)} set back, ${count(undone.kept)} kept`;
  if (applied) return `${count(applied.added)} new, ${count(applied.changed)} changed`;
  if (!found) return "";
  return `${count(found.added)} new, ${count(found.changed)} changed, ${count(found.refused)} refused`;
}

export const rowsWords = (rows: number) => counted(rows, "row", "rows");
