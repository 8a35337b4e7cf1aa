import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "@email-agent/shared/kit/config.ts";
import { type ServiceName, type VariableName, variablesOf } from "@email-agent/shared/kit/variables.ts";

const services: readonly ServiceName[] = ["ingest", "campaign", "sender", "notifier", "manager", "lambdas"];

/** A value for any of the product's variables; an empty one counts as not given. */
export type Values = Readonly<Partial<Record<VariableName, string>>>;

/**
 * Throws one sentence naming every value that a service would refuse at its start: a container that cannot start says so
 * again and again, and only in its own log.
 */
export function refuseWrongValues(values: Values): void {
  const problems = services.flatMap((service) => {
    const result = readConfig(service, values, (name) => Boolean(values[name]));
    return "problems" in result ? result.problems.map(({ name, text }) => `${name} ${text}`) : [];
  });
  if (problems.length > 0) throw new Error(`${[...new Set(problems)].join("; ")}.`);
}

/**
 * The text of one file per service, with the variables that service reads and no others, so that no process carries a
 * secret it has no use for. Node reads the files (`--env-file`).
 */
export function environmentFiles(values: Values): ReadonlyMap<ServiceName, string> {
  const files = services.map((service) => {
    const lines = variablesOf(service)
      .filter(({ name }) => values[name])
      .map(({ name }) => `${name}=${quoted(name, values[name] ?? "")}\n`);
    return [service, lines.join("")] as const;
  });
  return new Map(files);
}

/**
 * Puts each file into a folder of its service, which is all that the service's container is given; readable by their owner
 * only, each there whole or not at all.
 */
export function writeEnvironmentFiles(folder: string, values: Values): void {
  for (const [service, text] of environmentFiles(values)) {
    mkdirSync(join(folder, service), { recursive: true });
    const file = join(folder, service, `${service}.env`);
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/** Node takes a quoted value as it is, whatever its quotes are, as long as they do not occur in it. */
function quoted(name: string, value: string): string {
  const quote = ["'", "`", '"'].find((one) => !value.includes(one));
  // Between double quotes \n would become a line break.
  if (!quote || (quote === '"' && value.includes("\\")))
    throw new Error(`${name} has every kind of quotation mark in it, which no environment file can hold.`);
  return quote + value + quote;
}
