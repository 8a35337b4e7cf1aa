import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type AuditLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import {
  type ImportReading,
  type ImportState,
  type PeopleImport,
  readingSchema,
  workingStates,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { Manager } from "../manager.ts";
import { peopleElsewhere, refuseElsewhere } from "../settings/maintainedElsewhere.ts";
import { importOf } from "./createImport.ts";
import { refuseErased } from "./eraseFromImports.ts";
import { importField } from "./importFields.ts";
import { importFiles } from "./importFiles.ts";
import { hintImportsWaiting } from "./importHint.ts";
import { readHeadings } from "./readUpload.ts";

export const importActSchema = z.discriminatedUnion("act", [
  z.object({ act: z.literal("check"), reading: readingSchema }),
  z.object({ act: z.literal("apply") }),
  z.object({ act: z.literal("undo") }),
  z.object({ act: z.literal("continue") }),
  z.object({ act: z.literal("stop") }),
]);
export type ImportAct = z.infer<typeof importActSchema>;

type Ports = Pick<Manager, "peopleImports" | "documents" | "events" | "clock" | "configStore">;

/** Begins, or goes on with, the work a user asks for; a worker does it. AppError `conflict` if the state of the import does not allow it, or if people are maintained elsewhere. */
export async function startImport(
  ports: Ports,
  user: Pick<User, "id" | "name">,
  id: string,
  asked: ImportAct,
): Promise<void> {
  const item = await importOf(ports, id);
  if (asked.act !== "stop") refuseElsewhere(await peopleElsewhere(ports));
  switch (asked.act) {
    case "check":
      await check(ports, item, asked.reading);
      break;
    case "apply":
      await apply(ports, user, item);
      break;
    case "undo":
      await undo(ports, user, item);
      break;
    case "continue":
      await goOn(ports, item);
      break;
    case "stop":
      await stop(ports, user, item);
  }
  hintImportsWaiting();
}

const noWorker = { worker: undefined, heartbeatAt: undefined, failure: undefined, failedIn: undefined };

/** The worker of an import that was stopped may write for a moment: its heartbeat stays, and the next one waits for its silence. */
function withoutWorker({ state, heartbeatAt }: PeopleImport) {
  return state === "failed" && heartbeatAt !== undefined ? { ...noWorker, heartbeatAt } : noWorker;
}

async function change(
  ports: Ports,
  item: PeopleImport,
  from: readonly ImportState[],
  to: Parameters<Manager["peopleImports"]["change"]>[2],
  line?: AuditLine,
): Promise<void> {
  if (!(await ports.peopleImports.change(item.sk, from, { ...withoutWorker(item), ...to }, line))) throw movedOn();
}

const movedOn = () =>
  new AppError("conflict", "The import has moved on in the meantime. Look at its present state, then decide again.");

const checkable: readonly ImportState[] = ["uploaded", "checked", "failed"];

async function check(ports: Ports, item: PeopleImport, reading: ImportReading): Promise<void> {
  if (item.applied || !checkable.includes(item.state)) throw refusedNow(item);
  refuseErased(item);
  const { headings } = await readHeadings(
    importFiles(ports, item.sk).parts(item.parts),
    reading.encoding,
    reading.separator,
  );
  if (reading.fields.length !== headings.length)
    throw new AppError(
      "invalid-input",
      "The columns of the file have changed with the way it is read. Choose their fields again.",
    );
  await judgeFields(ports, reading.fields);
  const start = { state: "checking" as const, reading, headings, rowsRead: 0, found: undefined, checkedAt: undefined };
  await change(ports, item, checkable, start);
}

async function judgeFields({ events }: Ports, names: readonly string[]): Promise<void> {
  const chosen = names.filter((name) => name !== "");
  const unknown = chosen.find((name) => importField(name) === undefined);
  if (unknown !== undefined) throw new AppError("invalid-input", `There is no field ${unknown}. Choose another one.`);
  const doubled = chosen.find((name, index) => chosen.indexOf(name) !== index);
  if (doubled !== undefined)
    throw new AppError("invalid-input", `Two columns are imported to the field ${doubled}. Choose one of them.`);
  if (!chosen.includes("id") && !chosen.includes("email"))
    throw new AppError(
      "invalid-input",
      "Choose the column with the mail address, or the one with the participant id: without them no row belongs to a person.",
    );
  const codes = new Set(chosen.flatMap((name) => /^programs\.([^.]+)\./.exec(name)?.[1] ?? []));
  for (const code of codes)
    if (!(await events.get(code)))
      throw new AppError("invalid-input", `There is no event ${code}. Choose another field for its columns.`);
}

async function apply(ports: Ports, user: Pick<User, "id">, item: PeopleImport): Promise<void> {
  if (item.state !== "checked" || !item.found) throw refusedNow(item);
  const now = ports.clock.now();
  const { added, changed } = item.found;
  if (added + changed === 0) throw new AppError("conflict", "There is nothing to import: no row is new or changed.");
  const data = { importId: item.sk, fileName: item.fileName, added, changed, refused: item.found.refused };
  const line = userLine({ workOrderId: "-", by: user.id, what: "imported people", data }, ulid(now), now);
  await change(ports, item, ["checked"], { state: "applying", appliedAt: instant(now) }, line);
}

async function undo(ports: Ports, user: Pick<User, "id">, item: PeopleImport): Promise<void> {
  if (!item.appliedAt || item.undone || !["applied", "failed"].includes(item.state)) throw refusedNow(item);
  const now = ports.clock.now();
  const data = { importId: item.sk, fileName: item.fileName };
  const line = userLine({ workOrderId: "-", by: user.id, what: "undid an import", data }, ulid(now), now);
  await change(ports, item, ["applied", "failed"], { state: "undoing", undoneAt: instant(now) }, line);
}

async function goOn(ports: Ports, item: PeopleImport): Promise<void> {
  if (item.state !== "failed" || !item.failedIn) throw refusedNow(item);
  if (item.failedIn === "checking") refuseErased(item);
  await change(ports, item, ["failed"], { state: item.failedIn });
}

/** A worker may take the import at the same moment. */
const stopTries = 3;

/** Ends the work: it can go on later, and what was applied can be undone. */
async function stop(ports: Ports, user: Pick<User, "id" | "name">, found: PeopleImport): Promise<void> {
  let item = found;
  for (let attempt = 0; attempt < stopTries; attempt += 1) {
    const failedIn = workingStates.find((state) => state === item.state);
    if (!failedIn) throw refusedNow(item);
    const now = ports.clock.now();
    const data = { importId: item.sk, fileName: item.fileName };
    const line = userLine({ workOrderId: "-", by: user.id, what: "stopped an import", data }, ulid(now), now);
    const failure = `${user.name} stopped it. What was done until then stays.`;
    if (await ports.peopleImports.stop(item, { state: "failed", failedIn, failure }, line)) return;
    item = await importOf(ports, item.sk);
  }
  throw movedOn();
}

const stateWords: Readonly<Record<ImportState, string>> = {
  uploading: "its file is not uploaded completely",
  uploaded: "it was not checked",
  checking: "it is being checked",
  checked: "it was checked and not applied",
  applying: "it is being applied",
  applied: "it was applied",
  undoing: "it is being undone",
  undone: "it was undone",
  failed: "it ended early",
};

function refusedNow({ state }: PeopleImport): AppError {
  return new AppError("conflict", `This cannot be done with the import now: ${stateWords[state]}.`);
}
