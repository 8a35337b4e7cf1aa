import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { exportPeople } from "../../services/manager/src/server/people/exportPeople.ts";
import type { Operation } from "./operation.ts";
import { operatorUser, portsOf } from "./ports.ts";

/** Everyone as CSV, as the page gives it, to a file or to the screen. It can be imported again. */
export async function exportToFile(
  operation: Operation<{ readonly addresses?: boolean }>,
  file: string | undefined,
): Promise<boolean> {
  const showAddresses = operation.options.addresses !== false;
  const user = { ...operatorUser(operation), showAddresses };
  const { body } = await exportPeople(portsOf(operation), user, operation.signal);
  const target = file === undefined ? process.stdout : createWriteStream(file, { mode: 0o600 });
  const end = { end: file !== undefined, signal: operation.signal };
  if (body) await pipeline(Readable.fromWeb(body as ReadableStream), target, end);
  return true;
}
