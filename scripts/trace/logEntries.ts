import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loggableText } from "@email-agent/shared/kit/loggable.ts";
import type { Entry } from "./entry.ts";

/** Lines of logs kept, newest last: a Send writes a few for each run, not for each mail. */
const mostLines = 5000;

/** Lines of the services about this order. `file`: JSON lines, as exported from CloudWatch too; `-` reads the standard input. */
export async function logEntries(
  file: string | undefined,
  folder: string | undefined,
  workOrderId: string,
): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const source of sourcesOf(file, folder)) {
    const input = source === "-" ? process.stdin : createReadStream(source);
    for await (const line of createInterface({ input })) {
      if (!line.includes(workOrderId)) continue;
      const entry = entryOf(line, workOrderId);
      if (entry) found.push(entry);
      if (found.length > mostLines) found.shift();
    }
  }
  return found;
}

function sourcesOf(file: string | undefined, folder: string | undefined): string[] {
  if (file !== undefined) {
    if (file !== "-" && !existsSync(file)) throw new Error(`There is no file ${file}.`);
    return [file];
  }
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => join(folder, name));
}

type Line = Readonly<Record<string, unknown>>;

function entryOf(text: string, workOrderId: string): Entry | undefined {
  const line = parse(text);
  if (!line || line["workOrderId"] !== workOrderId || typeof line["time"] !== "string") return undefined;
  const { service, level, msg, step, runId, error } = line;
  const said = [String(msg ?? ""), ...(isError(error) ? [error.message] : [])].join(": ");
  const about = [step, runId].filter((one) => typeof one === "string").join(" ");
  const isTrouble = level === "warn" || level === "error";
  const words = `${service ?? "?"}: ${loggableText(said)}${about ? ` (${about})` : ""}`;
  return { at: line["time"], source: "log", text: words, ...(isTrouble && { level }) };
}

function isError(error: unknown): error is { message: string } {
  return typeof (error as { message?: unknown } | undefined)?.message === "string";
}

/** A line of a service; or of an export: a JSON string, an element of an array, or an object with `@message` or `message`. */
function parse(text: string): Line | undefined {
  try {
    const value = JSON.parse(text.trim().replace(/,$/, "")) as unknown;
    if (typeof value === "string") return parse(value);
    if (typeof value !== "object" || value === null) return undefined;
    const { "@message": exported, message } = value as Line;
    const inner = exported ?? message;
    return typeof inner === "string" && inner.startsWith("{") ? parse(inner) : (value as Line);
  } catch {
    return undefined;
  }
}
