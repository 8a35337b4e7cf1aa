import { styleText } from "node:util";

const colours = { debug: "gray", info: "green", warn: "yellow", error: "red" } as const;
// They are at the head of the line already, or mean nothing to a person.
const headFields = new Set(["level", "time", "service", "msg", "error", "pid", "hostname"]);

/**
 * One JSON line of a service as a person reads it: time, service, level, words, then `field=value`. Metric documents
 * return undefined; text that is no JSON comes back as it is.
 */
export function readableLine(service: string, line: string): string | undefined {
  const entry = parse(line);
  if (entry === undefined) return line.trim() === "" ? undefined : `${" ".repeat(9)}${service.padEnd(9)} ${line}`;
  if ("_aws" in entry) return undefined;
  const level = String(entry["level"] ?? "info") as keyof typeof colours;
  const time = new Date(String(entry["time"])).toTimeString().slice(0, 8);
  const fields = Object.entries(entry)
    .filter(([name]) => !headFields.has(name))
    .map(([name, value]) => styleText("gray", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`));
  const words = [String(entry["msg"] ?? ""), errorText(entry["error"]), ...fields]
    .filter((text) => text !== "")
    .join("  ");
  return `${styleText("gray", time)} ${service.padEnd(9)} ${styleText(colours[level] ?? "white", level.padEnd(5))} ${words}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // Not JSON after all (a stack trace, a package's own print): shown as it is.
    return undefined;
  }
}

function errorText(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { message, stack } = error as { message?: string; stack?: string };
  return styleText("red", String(stack ?? message ?? ""));
}
