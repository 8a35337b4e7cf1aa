import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { PeopleImport, PlannedRow } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type ImportList, type ImportRow, type ImportsList, importLists, type ShownImport } from "../../api/imports.ts";
import type { Manager } from "../manager.ts";
import { byteOrderMark, csvLine, csvResponse } from "../recipients/csvText.ts";
import { streamText } from "../recipients/streamText.ts";
import { userNames } from "../sending/userNames.ts";
import { peopleElsewhere } from "../settings/maintainedElsewhere.ts";
import { importOf } from "./createImport.ts";
import { type ImportFile, importFiles } from "./importFiles.ts";

type Ports = Pick<Manager, "peopleImports" | "documents" | "configTable" | "configStore">;

const listed = 30;
const rowsShown = 200;

/** The newest imports, running and past. */
export async function listImports(ports: Ports): Promise<ImportsList> {
  const items = await ports.peopleImports.newest(listed);
  const nameOf = await userNames(
    ports,
    items.map(({ by }) => by),
  );
  const elsewhere = await peopleElsewhere(ports);
  return { imports: items.map((item) => shown(item, nameOf)), ...(elsewhere !== undefined && { elsewhere }) };
}

/** One import. AppError `not-found`. */
export async function readImport(ports: Ports, id: string): Promise<ShownImport> {
  const item = await importOf(ports, id);
  const [nameOf, elsewhere] = await Promise.all([userNames(ports, [item.by]), peopleElsewhere(ports)]);
  return { ...shown(item, nameOf), ...(elsewhere !== undefined && { elsewhere }) };
}

function shown(item: PeopleImport, nameOf: (id: string) => string): ShownImport {
  const { sk, by, token, worker, heartbeatAt, ttl, runId, ...rest } = item;
  return { ...rest, id: sk, by: nameOf(by) };
}

type Viewer = Pick<User, "showAddresses">;

/** The first rows of a list of an import. Addresses are masked for users who may not see them. */
export async function readImportRows(
  ports: Ports,
  user: Viewer,
  id: string,
  list: string | null,
): Promise<ImportRow[]> {
  const found: ImportRow[] = [];
  for await (const rows of rowsOf(ports, await importOf(ports, id), asList(list))) {
    found.push(...rows.slice(0, rowsShown - found.length));
    if (found.length >= rowsShown) break;
  }
  return user.showAddresses ? found : (masked(found) as ImportRow[]);
}

function asList(text: string | null): ImportList {
  const list = importLists.find((known) => known === text);
  if (!list) throw new AppError("invalid-input", `There is no list ${text}: choose one of ${importLists.join(", ")}.`);
  return list;
}

function masked(value: unknown): unknown {
  if (typeof value === "string") return maskAddresses(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
}

/** File and number of files of each list. */
async function* rowsOf(ports: Ports, item: PeopleImport, list: ImportList): AsyncGenerator<ImportRow[]> {
  const { found, applied, undone } = item;
  if (!found) return;
  const files = importFiles(ports, item.sk, found.token);
  const kinds = {
    changes: { file: "sample", count: 1 },
    refused: { file: "refused", count: found.refusedFiles },
    left: { file: "left", count: applied?.file ?? 0 },
    kept: { file: "kept", count: undone?.file ?? 0 },
  } as const satisfies Record<ImportList, { file: ImportFile; count: number }>;
  const { file, count } = kinds[list];
  if ((list === "left" && !applied?.left) || (list === "kept" && !undone?.kept)) return;
  for (let n = 0; n < count; n += 1) {
    const rows = await files.get<ImportRow | PlannedRow>(file, n);
    if (rows.length > 0) yield rows;
  }
}

/**
 * A list of an import as CSV. The refused rows come with their own cells behind the reason, so that they can be repaired and
 * imported again as they are.
 */
export async function importRowsCsv(ports: Ports, user: Viewer, id: string, list: string | null): Promise<Response> {
  const item = await importOf(ports, id);
  const lines = csvOf(ports, user, item, asList(list));
  return csvResponse(await streamText(lines, () => undefined), `${list}-${id}.csv`);
}

async function* csvOf(ports: Ports, user: Viewer, item: PeopleImport, list: ImportList): AsyncGenerator<string> {
  const cellsOf = (row: ImportRow): readonly string[] => {
    if (list === "changes") return changeCells(row);
    if (list !== "refused") return [String(row.row), row.id ?? "", row.reason ?? ""];
    return [String(row.row), row.column ?? "", row.reason ?? "", ...(row.cells ?? [])];
  };
  yield byteOrderMark + csvLine(headingsOf(item, list));
  for await (const rows of rowsOf(ports, item, list))
    yield rows.map((row) => csvLine(cellsOf(user.showAddresses ? row : (masked(row) as ImportRow)))).join("");
}

function headingsOf({ headings }: PeopleImport, list: ImportList): readonly string[] {
  if (list === "changes") return ["Row", "Participant ID", "Changes"];
  return list === "refused" ? ["Row", "Column", "Reason", ...headings] : ["Row", "Participant ID", "Reason"];
}

function changeCells({ row, id = "", sets = [] }: ImportRow): readonly string[] {
  const changes = sets.map(({ path, from, to }) => `${path.join(".")}: ${from ?? "(none)"} -> ${JSON.stringify(to)}`);
  return [String(row), id, changes.join("\n")];
}
