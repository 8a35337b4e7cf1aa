import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { type ConfigStore, configStore } from "@email-agent/shared/adapters/configStore.ts";
import { type Documents, documents } from "@email-agent/shared/adapters/documents.ts";
import { type WorkOrderStore, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { MessageConfig } from "@email-agent/shared/domain/delivery/message.ts";
import { loadEnvFile, processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { logFolderOf } from "../../infra/local/keepLogs.ts";
import { localSecrets, secretsFile } from "../../infra/local/localSecrets.ts";
import { clientConfig, findStack } from "../../infra/local/stackAccess.ts";
import { bucket, type TableNames } from "../../infra/resources.ts";

/** Options that every command has. */
interface CommonOptions {
  readonly data: string;
  readonly as?: string;
  readonly json?: true;
  readonly yes?: true;
  readonly dryRun?: true;
}

/** What a command works with; `Extra` are its own options. */
export interface Operation<Extra = object> {
  readonly options: CommonOptions & Extra;
  readonly aws: Aws;
  /** Browser connections are of no concern here. */
  readonly tables: Omit<TableNames, "CONNECTIONS_TABLE">;
  readonly store: ConfigStore;
  readonly orders: WorkOrderStore;
  readonly documents: Documents;
  readonly defaults: MessageConfig;
  readonly places: Places;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
  /** For the audit. */
  readonly by: string;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line of the result. */
  say(text: string): void;
  /** A line about what was refused or not done, or of a conversation. */
  complain(text: string): void;
}

/** What is outside the tables; undefined where the environment does not name it. */
interface Places {
  readonly redisUrl?: string | undefined;
  /** URL of the queue of commands; the other queues are found by their names. */
  readonly commandQueueUrl?: string | undefined;
  /** What signs links and Message-IDs (PUBLIC_TOKEN_SECRET). */
  readonly tokenSecrets?: string | undefined;
  /** Folder with the logs of the local stack. */
  readonly logFolder?: string | undefined;
}

/** What commands need of the environment of a service. */
const isWanted = (name: string) =>
  /^(AWS_|.*_TABLE$|EMAIL_FROM$|MAILCHIMP_REPLY_TO$|S3_BUCKET$|STATUS_TOPIC_ARN$)/.test(name);

/** Finds the tables: those of the environment, if it is that of a service, else those of the running local stack. */
export async function openOperation<Extra>(
  options: CommonOptions & Extra,
  stack: AsyncDisposableStack,
): Promise<Operation<Extra>> {
  const by = options.as ?? `ops ${userInfo().username}`;
  const own = processEnvironment()["WORK_ORDERS_TABLE"] ? serviceTables() : await localTables(options.data);
  const aws = stack.use(openAws(own.aws));
  const log = openLog("ops", "error");
  const metrics = { count() {} };
  const complain = (text: string) => void process.stderr.write(`${text}\n`);
  complain(`On ${own.where}.`);
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    complain,
    ...{ options, by, aws, log, metrics, tables: own.tables, defaults: own.defaults, places: own.places },
    signal: abortedByCtrlC(),
    store: configStore(aws, own.tables),
    orders: workOrderStore(aws, { ...own.tables, STATUS_TOPIC_ARN: own.statusTopicArn }, { log, metrics }),
    documents: documents(aws, { ...own.aws, S3_BUCKET: own.bucket }),
  };
}

/** The first Ctrl-C lets the command end in order, with the exit code 130; the second ends it at once. */
function abortedByCtrlC(): AbortSignal {
  const stopping = new AbortController();
  process.on("SIGINT", () => {
    if (stopping.signal.aborted) process.exit(130);
    process.exitCode = 130;
    stopping.abort(new Error("Stopped by Ctrl-C."));
  });
  return stopping.signal;
}

function serviceTables() {
  loadEnvFile();
  const environment = processEnvironment();
  const read = readConfig("manager", environment, isWanted);
  if ("problems" in read) throw new Error(read.problems.map(({ name, text }) => `${name} ${text}`).join("\n"));
  const { config } = read;
  return {
    where: `the table ${config.CONFIG_TABLE} in ${config.AWS_REGION}`,
    aws: config,
    tables: config,
    statusTopicArn: config.STATUS_TOPIC_ARN,
    bucket: config.S3_BUCKET,
    defaults: { EMAIL_FROM: config.EMAIL_FROM, MAILCHIMP_REPLY_TO: config.MAILCHIMP_REPLY_TO },
    places: {
      redisUrl: environment["REDIS_URL"] || undefined,
      commandQueueUrl: environment["SQS_QUEUE_URL"] || undefined,
      tokenSecrets: environment["PUBLIC_TOKEN_SECRET"] || undefined,
    } satisfies Places,
  };
}

async function localTables(data: string) {
  const folder = resolve(data);
  const access = await findStack(folder);
  if (!access)
    throw new Error(
      `No email-agent runs on ${folder}. Start one (npm start), name its data with --data, or set the environment of a service (WORK_ORDERS_TABLE, AWS_REGION, …).`,
    );
  return {
    where: `the local stack on ${folder}`,
    aws: clientConfig(access),
    tables: access.tables,
    statusTopicArn: access.statusTopicArn,
    bucket: bucket.name,
    defaults: { EMAIL_FROM: "office@example.org", MAILCHIMP_REPLY_TO: "" },
    places: {
      ...{ redisUrl: access.redisUrl, commandQueueUrl: access.commandQueueUrl, logFolder: logFolderOf(folder) },
      // It is asked for where it is, for asking makes it.
      tokenSecrets: existsSync(join(folder, secretsFile)) ? localSecrets(folder).PUBLIC_TOKEN_SECRET : undefined,
    } satisfies Places,
  };
}

/** Asks the person at the terminal. Throws where no one can be asked. */
export async function ask(operation: Pick<Operation, "signal">, question: string, repair: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`Nothing was changed: ${repair}.`);
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  return (await lines.question(`${question} `, { signal: operation.signal })).trim();
}

/** True if a change may be made: with --yes, or if the person at the terminal says so. Throws where no one can be asked. */
export async function isConfirmed(
  operation: Pick<Operation, "signal" | "options">,
  question: string,
): Promise<boolean> {
  if (operation.options.yes) return true;
  return /^y(es)?$/i.test(await ask(operation, `${question} [y/N]`, "add --yes where no one can be asked"));
}

/**
 * True if the change is to be made now: not with --dry-run, which says `question` and no more, and not without consent.
 * `undefined`: a dry run, which is no failure.
 */
export async function mayChange(operation: Operation, question: string): Promise<boolean | undefined> {
  if (operation.options.dryRun) {
    operation.complain(`Not done (--dry-run): ${question}`);
    return undefined;
  }
  if (await isConfirmed(operation, question)) return true;
  operation.complain("Nothing was changed.");
  return false;
}

/** The result for a program. */
export function sayJson({ say }: Pick<Operation, "say">, value: unknown): void {
  say(JSON.stringify(value, null, 2));
}

export function refuse({ complain }: Pick<Operation, "complain">, sentence: string): false {
  complain(sentence);
  return false;
}
