import { isOneWrite } from "@email-agent/shared/adapters/importWrites.ts";
import type { Language } from "@email-agent/shared/domain/configItems.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { PlannedSet } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import type { ImportField } from "./importFields.ts";
import { judgeCell, valueAt } from "./judgeCell.ts";
import type { CsvRow } from "./readRows.ts";

/** A column that is imported. */
export interface ImportColumn {
  /** Its place in the row. */
  readonly index: number;
  readonly heading: string;
  readonly field: ImportField;
}

/** Why a row is not imported: a sentence for people. `column`: the heading, or absent if it is about the whole row. */
export interface Refusal {
  readonly column?: string;
  readonly reason: string;
}

/**
 * What a row does to the record of its person; empty if nothing. `at`: the time an unsubscription is given. For a new
 * person (`person` is undefined) the sets are whole top-level attributes.
 */
export function judgeRow(
  { cells }: Pick<CsvRow, "cells">,
  columns: readonly ImportColumn[],
  person: Participant | undefined,
  languages: ReadonlyMap<string, Language>,
  at: string,
): PlannedSet[] | Refusal {
  const values: { path: readonly string[]; value: unknown }[] = [];
  for (const { index, heading, field } of columns) {
    if (field.kind === "id") continue;
    const verdict = judgeCell(field, cells[index] ?? "", person, languages);
    if (verdict === "leave") continue;
    if ("problem" in verdict) return { column: heading, reason: `The column ${verdict.problem}.` };
    values.push({ path: field.path, value: verdict.value });
    if (field.kind === "unsubscribe")
      values.push({ path: ["unsubscribedAt"], value: at }, { path: ["unsubscribedBy"], value: "user" });
  }
  const reason = values.length === 0 ? undefined : closedReason(person);
  return reason === undefined ? setsOf(person, values) : { reason };
}

/** Why no import changes a record. */
function closedReason(person: Participant | undefined): string | undefined {
  if (person?.forgotten) return `Participant ${person.id} was forgotten: name and address were erased, and stay so.`;
  if (!person?.invalidRecord) return undefined;
  return `The record of participant ${person.id} does not fit (field ${person.invalidRecord.field}). Repair it where it is maintained, then import the row.`;
}

/**
 * The writes that bring values into a record: each value at its own path, or together in a map where the record has none
 * yet. So no write touches what is beside it. More than one write takes are written as whole maps, each only while it is
 * as it was read.
 */
function setsOf(
  person: Participant | undefined,
  values: readonly { readonly path: readonly string[]; readonly value: unknown }[],
): PlannedSet[] {
  const sets = new Map<string, { path: string[]; from: unknown; to: unknown }>();
  for (const { path, value } of values) {
    const missing = path.findIndex((_, depth) => (valueAt(person, path.slice(0, depth + 1)) ?? null) === null);
    const depth = missing === -1 ? path.length : missing + 1;
    const place = path.slice(0, depth);
    const key = JSON.stringify(place);
    const set = sets.get(key) ?? { path: place, from: valueAt(person, place) ?? null, to: {} };
    sets.set(key, set);
    const inner = path.slice(depth);
    if (inner.length === 0) set.to = value;
    else putAt(set.to as Record<string, unknown>, inner, value);
  }
  const apart = [...sets.values()];
  return isOneWrite(apart) ? apart : wholeMaps(person, apart);
}

/** The same sets with one for each attribute: the map as it is, and as it is with the new entries. */
function wholeMaps(person: Participant | undefined, sets: readonly PlannedSet[]): PlannedSet[] {
  const whole = new Map<string, PlannedSet>();
  for (const set of sets) {
    const [attribute = "", ...inner] = set.path;
    if (inner.length === 0) {
      whole.set(attribute, set);
      continue;
    }
    const from = valueAt(person, [attribute]);
    const { to } = whole.get(attribute) ?? { to: structuredClone(from) };
    putAt(to as Record<string, unknown>, inner, set.to);
    whole.set(attribute, { path: [attribute], from, to });
  }
  return [...whole.values()];
}

function putAt(map: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    map[name] = value;
    return;
  }
  map[name] ??= {};
  putAt(map[name] as Record<string, unknown>, rest, value);
}
