import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file of this size becomes the one before it, which replaces an older one: about 40 MB in all. */
const fileBytes = 20 * 1024 * 1024;

/** Where a data folder keeps what its services logged; `npm run trace` reads it. */
export const logFolderOf = (dataFolder: string) => join(dataFolder, "logs");

/** Keeps the JSON lines of the services, as CloudWatch does on AWS. Metrics and other text are left out. */
export function keepLogs(dataFolder: string): (line: string) => void {
  const folder = logFolderOf(dataFolder);
  const [file, before] = [join(folder, "services.jsonl"), join(folder, "services-before.jsonl")];
  let bytes = existsSync(file) ? statSync(file).size : 0;
  return (line) => {
    if (!line.startsWith('{"level"')) return;
    if (bytes > fileBytes) {
      rmSync(before, { force: true });
      renameSync(file, before);
      bytes = 0;
    }
    // Not before: a start that is ended early must leave an empty folder, or the next one takes it for that of something else.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const text = `${line.trimEnd()}\n`;
    appendFileSync(file, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  };
}
