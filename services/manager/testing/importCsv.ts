import { setTimeout as pause } from "node:timers/promises";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { ImportReading, ImportState } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { importPartBytes, type ShownImport } from "../src/api/imports.ts";
import { createImport, putImportPart } from "../src/server/import/createImport.ts";
import { type ImportTimes, workOnImports } from "../src/server/import/importWorker.ts";
import { readImport } from "../src/server/import/readImports.ts";
import { readUpload } from "../src/server/import/readUpload.ts";
import { startImport } from "../src/server/import/startImport.ts";
import type { Manager } from "../src/server/manager.ts";

/** Runs the worker of a process until disposed. */
export function importWorker(manager: Manager, times?: ImportTimes): AsyncDisposable {
  const shutdown = new AbortController();
  const working = workOnImports(manager, shutdown.signal, times);
  return {
    async [Symbol.asyncDispose]() {
      shutdown.abort(new Error("the test is over"));
      await working;
    },
  };
}

/** Uploads a file as the page does: in parts, then reads it. */
export async function uploadCsv(manager: Manager, user: User, file: string | Uint8Array, fileName = "people.csv") {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  const { id, parts } = await createImport(manager, user, { fileName, bytes: bytes.length });
  for (let n = 0; n < parts; n += 1)
    await putImportPart(manager, id, String(n), bytes.subarray(n * importPartBytes, (n + 1) * importPartBytes));
  return { id, reading: await readUpload(manager, user, id, {}) };
}

/** Uploads and checks a file; a worker must run. `reading` replaces what was detected. */
export async function checkCsv(
  manager: Manager,
  user: User,
  file: string | Uint8Array,
  changed: Partial<ImportReading> = {},
): Promise<ShownImport> {
  const { id, reading } = await uploadCsv(manager, user, file);
  const { encoding, separator, fields } = reading;
  const chosen = { encoding, separator, fields: [...fields], sharedAddresses: false, ...changed };
  await startImport(manager, user, id, { act: "check", reading: chosen });
  return untilState(manager, id, "checked");
}

/** Does what a user asks for and waits until it is done. */
export async function actOn(manager: Manager, user: User, id: string, act: "apply" | "undo"): Promise<ShownImport> {
  await startImport(manager, user, id, { act });
  return untilState(manager, id, act === "apply" ? "applied" : "undone");
}

/** Waits for a state of an import; fails at once if it ends early. */
export async function untilState(
  manager: Manager,
  id: string,
  state: ImportState,
  milliseconds = 120_000,
): Promise<ShownImport> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const shown = await readImport(manager, id);
    if (shown.state === state) return shown;
    if (shown.state === "failed") throw new Error(`The import ended early: ${shown.failure}`);
    if (performance.now() > end) throw new Error(`The import is still ${shown.state}.`);
    await pause(25);
  }
}
