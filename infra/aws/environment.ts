import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { environmentSchema } from "./environmentSchema.ts";

/** The settings of one environment. */
export type Environment = z.output<typeof environmentSchema>;

const folder = join(import.meta.dirname, "environments");

/** The environments there are: the files of `environments/`, by name. Throws an Error if one has a name AWS would not take. */
export function environmentNames(): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
  const wrong = names.find((name) => !isEnvironmentName(name));
  if (wrong === undefined) return names;
  throw new Error(`environments/${wrong}.json: its name must be at most 20 lower-case letters, digits and hyphens.`);
}

/** It is part of the names of stacks, clusters, alarms, logs and secrets. */
export function isEnvironmentName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/.test(name);
}

/** Reads and judges one environment. Throws an Error with one sentence per mistake, each naming the field and the repair. */
export function readEnvironment(name: string): Environment {
  const known = environmentNames();
  if (!known.includes(name)) throw new Error(`There is no environment ${name}; there are ${known.join(", ")}.`);
  const file = `environments/${name}.json`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
  const result = judgeEnvironment(value);
  if ("environment" in result) return result.environment;
  throw new Error(result.mistakes.map((mistake) => `${file}: ${mistake}`).join("\n"));
}

/** Judges the content of an environment file; every mistake is one sentence. */
export function judgeEnvironment(
  value: unknown,
): { readonly environment: Environment } | { readonly mistakes: readonly string[] } {
  const parsed = environmentSchema.safeParse(value);
  if (parsed.success) return { environment: parsed.data };
  return { mistakes: parsed.error.issues.flatMap(sentences) };
}

function sentences(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map(
      (key) => `${[...issue.path, key].join(".")} is not known here; check its spelling or take it out.`,
    );
  const message = issue.code === "invalid_type" && !issue.message.startsWith("must") ? "is missing" : issue.message;
  return [`${path || "the file"} ${message}.`];
}
