import type { Language } from "@email-agent/shared/domain/configItems.ts";
import { isSameAddress, mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { guardedText, unguardedText } from "../recipients/csvText.ts";
import type { ImportField } from "./importFields.ts";
import { languageOf } from "./languageOf.ts";

/** A cell leaves its field as it is, sets it, or is refused with a reason (a clause that follows the name of the column). */
export type CellVerdict = "leave" | { readonly value: string | boolean } | { readonly problem: string };

const yes = new Set([
  "true",
  "yes",
  "y",
  "1",
  "x",
  "ja",
  "j",
  "si",
  "sí",
  "s",
  "oui",
  "o",
  "sim",
  "wahr",
  "verdadero",
  "vrai",
]);
const no = new Set(["false", "no", "n", "0", "nein", "non", "não", "nao", "nee", "nej", "falsch", "falso", "faux"]);
const textLimit = 1000;

/**
 * What a cell does to its field. An empty cell leaves it. So does a cell that holds what an export writes for the present
 * value, whether or not the value would be accepted from elsewhere.
 */
export function judgeCell(
  field: ImportField,
  cell: string,
  person: Participant | undefined,
  languages: ReadonlyMap<string, Language>,
): CellVerdict {
  if (cell.trim() === "") return "leave";
  const present = valueAt(person, field.path);
  if (isExportOf(cell, present)) return "leave";
  const text = unguardedText(cell).trim();
  if (text.includes("\ufffd")) return { problem: "holds characters that the chosen encoding cannot read" };
  if (text.length > textLimit) return { problem: `is longer than ${textLimit} characters` };
  switch (field.kind) {
    case "address":
      return judgeAddress(text, present);
    case "language":
      return judgeLanguage(text, present, languages);
    case "flag":
    case "unsubscribe":
      return judgeFlag(field, text, present);
    default:
      return typeof present === "string" && present.trim() === text ? "leave" : { value: text };
  }
}

/** The value of a record at a path; undefined where a part of the path is not there. */
export function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined,
    record,
  );
}

/** The text of a value in an export, before `csvLine` guards it; "" for none. */
export function exportedText(value: unknown): string {
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}

function isExportOf(cell: string, present: unknown): boolean {
  const text = exportedText(present);
  // A spreadsheet that saved the file again has written the line breaks in its own way.
  return text !== "" && withPlainBreaks(guardedText(text)) === withPlainBreaks(cell);
}

const withPlainBreaks = (text: string) => text.replaceAll("\r\n", "\n");

function judgeAddress(text: string, present: unknown): CellVerdict {
  const address = mailAddress(text);
  if (address === undefined || address.includes("…")) return { problem: `is not a mail address: ${excerpt(text)}` };
  return typeof present === "string" && isSameAddress(address, present) ? "leave" : { value: address };
}

function judgeLanguage(text: string, present: unknown, languages: ReadonlyMap<string, Language>): CellVerdict {
  const found = languageOf(text, languages);
  if (!found) {
    const known = [...languages.values()].map(({ name }) => name).join(", ");
    return { problem: `names an unknown language: ${excerpt(text)}. The languages of the settings are ${known}` };
  }
  const { name } = found;
  return typeof present === "string" && present.trim().toLowerCase() === name.trim().toLowerCase()
    ? "leave"
    : { value: name };
}

function judgeFlag({ kind }: ImportField, text: string, present: unknown): CellVerdict {
  const word = text.toLowerCase();
  const value = yes.has(word) ? true : no.has(word) ? false : undefined;
  if (value === undefined) return { problem: `is neither yes nor no: ${excerpt(text)}. Write true or false` };
  // An import never takes an unsubscription back.
  return value === present || (kind === "unsubscribe" && !value) ? "leave" : { value };
}

const excerptLimit = 60;
const excerpt = (text: string) => `“${text.length > excerptLimit ? `${text.slice(0, excerptLimit)}…` : text}”`;
