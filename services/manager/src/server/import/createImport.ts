import { runTtl } from "@email-agent/shared/adapters/runs.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import type { PeopleImport } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import { importLimitBytes, importPartBytes } from "../../api/imports.ts";
import type { Manager } from "../manager.ts";
import { peopleElsewhere, refuseElsewhere } from "../settings/maintainedElsewhere.ts";
import { refuseErased } from "./eraseFromImports.ts";
import { importFiles } from "./importFiles.ts";

export const newImportSchema = z.object({ fileName: z.string().trim().min(1).max(200), bytes: z.int().min(1) });

/** AppError `forbidden` for a user who does not see everyone: an import reads and writes people of all events. */
export function requireAllEvents(user: Pick<User, "eventAccess">): void {
  if (!seesAllEvents(user))
    throw new AppError(
      "forbidden",
      "Import and export concern the people of all events, and you have access to some of them only. Ask an administrator for access to all events.",
    );
}

/** The import with this id; AppError `not-found`. */
export async function importOf({ peopleImports }: Pick<Manager, "peopleImports">, id: string): Promise<PeopleImport> {
  const item = /^import-[0-9A-Z]{26}$/.test(id) ? await peopleImports.get(id) : undefined;
  if (!item) throw new AppError("not-found", "There is no such import. It may be older than 90 days.");
  return item;
}

/** Begins an import: its file is uploaded next, in parts. AppError `conflict` if people are maintained elsewhere. */
export async function createImport(
  { peopleImports, clock, configStore }: Pick<Manager, "peopleImports" | "clock" | "configStore">,
  user: Pick<User, "id">,
  { fileName, bytes }: z.infer<typeof newImportSchema>,
): Promise<{ readonly id: string; readonly parts: number }> {
  refuseElsewhere(await peopleElsewhere({ configStore }));
  if (bytes > importLimitBytes)
    throw new AppError(
      "too-large",
      "The file is larger than 100 MB. Divide it into several files, each with the headings.",
    );
  const now = clock.now();
  const parts = Math.ceil(bytes / importPartBytes);
  const id = `import-${ulid(now)}`;
  await peopleImports.create({
    ...{ runId: "imports", sk: id, state: "uploading", fileName, bytes, parts, by: user.id },
    ...{ createdAt: instant(now), headings: [], token: 0, ttl: runTtl(now) },
  });
  return { id, parts };
}

/** Stores one part of the file; a part may be sent again until the upload is complete. */
export async function putImportPart(
  ports: Pick<Manager, "peopleImports" | "documents">,
  id: string,
  number: string,
  bytes: Uint8Array,
): Promise<void> {
  const item = await importOf(ports, id);
  refuseErased(item);
  const n = Number(number);
  if (!/^\d{1,4}$/.test(number) || n >= item.parts)
    throw new AppError("invalid-input", `The file has ${item.parts} parts, which are numbered from 0.`);
  if (item.state !== "uploading") throw new AppError("conflict", "The upload of this file is complete.");
  const expected = n === item.parts - 1 ? item.bytes - n * importPartBytes : importPartBytes;
  if (bytes.length !== expected)
    throw new AppError(
      "invalid-input",
      `Part ${n} must have ${expected} bytes and has ${bytes.length}. Upload the file again.`,
    );
  await importFiles(ports, id).putPart(n, bytes);
}
