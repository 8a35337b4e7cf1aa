import { existsSync } from "node:fs";
import { type ConfigOf, type ServiceName, type VariableName, variablesOf } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** One thing wrong with the environment: names, never values. */
interface ConfigProblem {
  readonly name: string;
  readonly text: string;
}

export type ConfigResult<Service extends ServiceName> =
  | { readonly config: ConfigOf<Service>; readonly warnings: readonly string[] }
  | { readonly problems: readonly ConfigProblem[] };

/**
 * Adds a file `.env` of the folder the process was started in to the environment; what is set already wins. It goes
 * into the process environment itself because the AWS clients read their variables from there.
 */
export function loadEnvFile(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}

/** The environment of this process: the only place in the product that touches it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Sets variables for a library that takes its settings from the environment and from nowhere else. */
export function setForLibrary(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

/**
 * Judges the rows of one service at once. An empty value counts as not set. All problems come back together, each
 * naming the variable and the repair; a value is never repeated, for it may be a secret. Of rows that are not `wanted`
 * (default: all are) problems are not reported, and what is wrong there is left out.
 */
export function readConfig<Service extends ServiceName>(
  service: Service,
  environment: Environment,
  wanted: (name: VariableName) => boolean = () => true,
): ConfigResult<Service> {
  const problems: ConfigProblem[] = [];
  const config: Record<string, unknown> = {};
  for (const { name, variable } of variablesOf(service)) {
    const setName = [name, ...(variable.aliases ?? [])].find((candidate) => environment[candidate]?.trim());
    const parsed = variable.schema.safeParse(setName === undefined ? undefined : environment[setName]);
    if (parsed.success) {
      config[name] = parsed.data;
      continue;
    }
    if (!wanted(name)) continue;
    const repair =
      setName === undefined
        ? `is missing: ${variable.meaning}`
        : `is not right; it must be ${parsed.error.issues[0]?.message}`;
    problems.push({ name: setName ?? name, text: repair });
  }
  problems.push(...incompleteGroups(service, environment, wanted));
  if (problems.length > 0) return { problems };
  return { config: config as ConfigOf<Service>, warnings: warningsOf(config) };
}

/** One problem for each group of variables of which only some are set. */
function incompleteGroups(
  service: ServiceName,
  environment: Environment,
  wanted: (name: VariableName) => boolean,
): ConfigProblem[] {
  const rows = variablesOf(service).filter(({ variable }) => variable.together !== undefined);
  return [...Map.groupBy(rows, ({ variable }) => variable.together)].flatMap(([group, members]) => {
    const missing = members.filter(({ name }) => !environment[name]?.trim()).map(({ name }) => name);
    if (missing.length === members.length || !missing.some(wanted)) return [];
    const set = members.map(({ name }) => name).filter((name) => !missing.includes(name));
    const text = `missing, and ${set.join(", ")} set: to use ${group} set all of them, to do without it none`;
    return [{ name: missing.join(", "), text: `${missing.length === 1 ? "is" : "are"} ${text}` }];
  });
}

function warningsOf(config: Record<string, unknown>): string[] {
  const queueUrl = config["SQS_QUEUE_URL"];
  if (typeof queueUrl === "string" && !queueUrl.endsWith(".fifo"))
    return [
      "SQS_QUEUE_URL names a queue without .fifo: commands of one order may arrive out of order. Use the FIFO queue.",
    ];
  return [];
}

/** Where credentials come from without asking the network; undefined if only a role of the machine can help. */
export function credentialSource(environment: Environment): string | undefined {
  return [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
  ].find((name) => environment[name]?.trim());
}

/** The table of `--help`: one row per variable of the service. */
export function helpText(service: ServiceName): string {
  const rows = variablesOf(service).map(({ name, variable }) => {
    const names = [name, ...(variable.aliases ?? [])].join(", ");
    const note =
      variable.from === "operator"
        ? "required"
        : variable.from === "infra"
          ? "from infra"
          : (variable.default ?? "empty");
    return { names, note, meaning: variable.meaning };
  });
  const width = Math.max(...rows.map((row) => row.note.length));
  const lines = rows.map(
    (row) => `  ${row.note.padEnd(width)}  ${row.names}\n  ${" ".repeat(width)}    ${row.meaning}`,
  );
  return [
    `email-agent ${service}`,
    "",
    "  --help   this table",
    "  --check  lists what is missing or wrong in the environment and exits",
    "",
    "Variables come from the environment, or from a file .env in the folder it is started in (the environment wins).",
    "",
    ...lines,
  ].join("\n");
}
