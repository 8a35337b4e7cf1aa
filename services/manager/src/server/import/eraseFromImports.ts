import {
  importStates,
  type PeopleImport,
  type PlannedRow,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { unguardedText } from "../recipients/csvText.ts";
import { holdsText } from "./holdsText.ts";
import { type ImportFiles, importFiles } from "./importFiles.ts";

type Ports = Pick<Manager, "peopleImports" | "documents" | "clock">;

/** Whom to find: by id, and by the address that the record had until now. */
interface Person {
  readonly id: string;
  readonly address: string | undefined;
}

/** The bucket deletes files of imports after 30 days; a day more, for it does so once a day. */
const keptMilliseconds = 31 * 24 * 60 * 60_000;
const mostImports = 1000;
const otherStates = importStates.filter((state) => state !== "checking");
const lists = ["plan", "refused", "sample"] as const;

/**
 * Takes a person out of the files of imports that the bucket still keeps: their rows out of the plan, its sample and the
 * refused rows; and blanks the uploaded file if they are in it, because it is not certain which of its rows are theirs. The import
 * cannot be checked again then; one that was applied can still be undone. Repeating it is harmless, and needed while an import is
 * being checked: what the check has written by then is found by the next call.
 */
export async function eraseFromImports(ports: Ports, person: Person, signal?: AbortSignal): Promise<void> {
  const since = ports.clock.now() - keptMilliseconds;
  for (const item of await ports.peopleImports.newest(mostImports)) {
    signal?.throwIfAborted();
    if (epochMilliseconds(item.createdAt) >= since) await eraseFromImport(ports, item, person);
  }
}

async function eraseFromImport(ports: Ports, found: PeopleImport, person: Person): Promise<void> {
  let item = found;
  if (item.erasedAt === undefined && (await holdsPerson(ports, item, person))) item = await closeFile(ports, item);
  if ((await eraseRun(ports, item, (row) => names(row, person))) && item.erasedAt === undefined)
    item = await closeFile(ports, item);
  if (item.erasedAt === undefined) return;
  const files = importFiles(ports, item.sk);
  for (let n = 0; n < item.parts; n += 1) await files.putPart(n, new Uint8Array());
  // What a check wrote that did not come to its end is read by no one.
  await eraseRun(ports, item, () => true, item.found?.token);
}

/** Leaves out the rows that fit, of every dry run but that with the token `except`; true if there were any. */
async function eraseRun(
  ports: Ports,
  item: PeopleImport,
  fits: (row: FileRow) => boolean,
  except?: number,
): Promise<boolean> {
  let isFound = false;
  for (let token = 1; token <= item.token; token += 1) {
    if (token === except) continue;
    const files = importFiles(ports, item.sk, token);
    for (const list of lists) if (await eraseRows(files, list, fits)) isFound = true;
  }
  return isFound;
}

/** Ends a check, which would take the blank file for a short one, and refuses later ones. The import as it is then. */
async function closeFile({ peopleImports, clock }: Ports, { sk }: PeopleImport): Promise<PeopleImport> {
  const erasedAt = instant(clock.now());
  const failure = "A person in the file was forgotten while it was checked, so the file was erased.";
  const end = { state: "failed", failedIn: "checking", failure, worker: undefined, heartbeatAt: undefined } as const;
  const isClosed =
    (await peopleImports.change(sk, ["checking"], { ...end, erasedAt })) ||
    (await peopleImports.change(sk, otherStates, { erasedAt }));
  const item = await peopleImports.get(sk);
  if (!isClosed || !item) throw new AppError("conflict", `The import ${sk} has moved on in the meantime. Try again.`);
  return item;
}

/** AppError `conflict` if the uploaded file was erased. */
export function refuseErased({ erasedAt }: Pick<PeopleImport, "erasedAt">): void {
  if (erasedAt !== undefined)
    throw new AppError(
      "conflict",
      "The uploaded file was erased, because a person in it was forgotten. Upload it again, without this person.",
    );
}

async function holdsPerson(ports: Ports, item: PeopleImport, { id, address }: Person): Promise<boolean> {
  const wanted = [id, address].filter((text) => text !== undefined && text !== "") as string[];
  return holdsText(uploadedParts(ports, item), wanted);
}

/** Those that arrived. */
async function* uploadedParts(ports: Ports, item: PeopleImport): AsyncGenerator<Uint8Array> {
  try {
    yield* importFiles(ports, item.sk).parts(item.parts);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Leaves out the rows that fit, file by file; true if there were any. */
async function eraseRows(
  files: ImportFiles,
  list: (typeof lists)[number],
  fits: (row: FileRow) => boolean,
): Promise<boolean> {
  let isFound = false;
  for (let n = 0; ; n += 1) {
    const rows = await files.get<FileRow>(list, n).catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!rows) return isFound;
    const others = rows.filter((row) => !fits(row));
    if (others.length < rows.length) {
      isFound = true;
      await files.put(list, n, others);
    }
    if (list === "sample") return isFound;
  }
}

const isMissing = (error: unknown) => error instanceof AppError && error.code === "not-found";

/** A row of the plan, or a refused one. */
type FileRow = Partial<Pick<PlannedRow, "id" | "sets" | "foundBy">> & { readonly cells?: readonly string[] };

function names({ id, sets = [], foundBy, cells = [] }: FileRow, person: Person): boolean {
  if (id === person.id) return true;
  const texts = [foundBy, ...sets.flatMap(({ from, to }) => [from, to]), ...cells.map((cell) => unguardedText(cell))];
  const address = person.address?.trim().toLowerCase();
  return texts.some((text) => {
    const plain = typeof text === "string" ? text.trim() : "";
    return plain !== "" && (plain === person.id || plain.toLowerCase() === address);
  });
}
