import { hash } from "node:crypto";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { idSet, textIndex } from "@email-agent/shared/domain/recipients/idSet.ts";
import type { PlannedSet } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { unguardedText } from "../recipients/csvText.ts";
import type { ImportColumn, Refusal } from "./judgeRow.ts";
import { addressKey, type KnownPeople } from "./knownPeople.ts";
import type { CsvRow } from "./readRows.ts";

/** Whose row it is. */
export interface RowPerson {
  readonly id: string;
  readonly isNew: boolean;
  /** The address by which the person was found, as no id was given. */
  readonly foundBy?: string;
}

export interface RowPeople {
  /** Whose row this is, by id or by address; each person once in a file. */
  of(row: CsvRow): RowPerson | Refusal;
  /** Why the row may not give its address to its person; undefined if it may, or gives none. */
  judgeAddress(row: CsvRow, person: RowPerson, sets: readonly PlannedSet[]): Refusal | undefined;
}

interface Options {
  readonly importId: string;
  readonly known: KnownPeople;
  readonly columns: readonly ImportColumn[];
  readonly sharedAddresses: boolean;
  readonly placeholderId: string;
}

const idLimit = 100;

/** Finds the person of each row, in the order of the file. */
export function rowPeople({ importId, known, columns, sharedAddresses, placeholderId }: Options): RowPeople {
  /** Id → row, address → row, of this file. */
  const rowsOfIds = textIndex();
  const rowsOfAddresses = textIndex();
  const made = idSet();
  const idColumn = columns.find(({ field }) => field.kind === "id");
  const addressColumn = columns.find(({ field }) => field.kind === "address");
  const cellOf = (row: CsvRow, column: ImportColumn | undefined) => (column ? (row.cells[column.index] ?? "") : "");
  const inColumn = (column: ImportColumn | undefined, reason: string): Refusal => ({
    ...(column && { column: column.heading }),
    reason,
  });

  const byId = (cell: string): RowPerson | Refusal => {
    const id = known.has(cell) ? cell : unguardedText(cell).trim();
    if (id === placeholderId && id !== "")
      return inColumn(idColumn, `The id ${id} is the placeholder of registration links, which no person may have.`);
    if (id.length > idLimit || /[\s\p{C}\ufffd]/u.test(id))
      return inColumn(idColumn, `An id has no blanks and at most ${idLimit} characters.`);
    return { id, isNew: !known.has(id) };
  };
  const byAddress = (row: CsvRow): RowPerson | Refusal => {
    const text = unguardedText(cellOf(row, addressColumn)).trim();
    if (text === "") return inColumn(addressColumn, "The row has neither an id nor a mail address.");
    if (known.isShared(text))
      return inColumn(addressColumn, "Several people have this address: give the id of the one who is meant.");
    const id = known.holderOf(text);
    return id === undefined ? { id: newId(row.row), isNew: true } : { id, isNew: false, foundBy: text };
  };
  /** Nine digits, the same whenever the same row is judged again. */
  const newId = (row: number): string => {
    for (let attempt = 0; ; attempt += 1) {
      const digits = hash("sha256", `${importId} ${row} ${attempt}`, "buffer").readUIntBE(0, 6) % 900_000_000;
      const id = String(100_000_000 + digits);
      if (id === placeholderId || known.has(id) || made.has(id) || rowsOfIds.get(id) !== undefined) continue;
      made.add(id);
      return id;
    }
  };

  return {
    of(row) {
      if (row.problem !== undefined) return { reason: `The row cannot be read: ${row.problem}.` };
      const idCell = cellOf(row, idColumn);
      const person = idCell.trim() === "" ? byAddress(row) : byId(idCell);
      if (!("isNew" in person)) return person;
      const before = rowsOfIds.get(person.id);
      if (before === undefined) {
        rowsOfIds.set(person.id, row.row);
        return person;
      }
      return idCell.trim() === ""
        ? inColumn(addressColumn, `The person with this address is already in row ${before}.`)
        : inColumn(idColumn, `The id ${person.id} is already in row ${before}.`);
    },
    judgeAddress(row, { id, isNew }, sets) {
      const given = sets.find(({ path }) => path[0] === "email")?.to;
      if (typeof given !== "string")
        return isNew && mailAddress(cellOf(row, addressColumn)) === undefined
          ? inColumn(addressColumn, "A new person needs a mail address.")
          : undefined;
      const before = rowsOfAddresses.get(addressKey(given));
      const holder = known.holderOf(given);
      const mayShare = sharedAddresses && cellOf(row, idColumn).trim() !== "";
      if (before === undefined) rowsOfAddresses.set(addressKey(given), row.row);
      if (mayShare) return undefined;
      if (before !== undefined) return inColumn(addressColumn, `The address is already in row ${before}.`);
      return holder === undefined || holder === id
        ? undefined
        : inColumn(addressColumn, `The address belongs to another person: participant ${holder}.`);
    },
  };
}
