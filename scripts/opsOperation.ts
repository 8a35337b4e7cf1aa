import { userInfo } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { type ConfigStore, configStore } from "@email-agent/shared/adapters/configStore.ts";
import { type Documents, documents } from "@email-agent/shared/adapters/documents.ts";
import { type WorkOrderStore, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { MessageConfig } from "@email-agent/shared/domain/delivery/message.ts";
import { loadEnvFile, processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { clientConfig, findStack } from "../infra/local/stackAccess.ts";
import { bucket, type TableNames } from "../infra/resources.ts";

interface Options {
  readonly data: string;
  readonly as?: string;
  readonly json?: true;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly name?: string;
  readonly email?: string;
  readonly role?: string;
  readonly events?: string;
  readonly addresses?: true;
  readonly csv?: true;
  readonly people?: true;
  readonly reason?: string;
}

/** What a command works with. */
export interface Operation {
  readonly options: Options;
  readonly aws: Aws;
  /** Browser connections are of no concern here. */
  readonly tables: Omit<TableNames, "CONNECTIONS_TABLE">;
  readonly store: ConfigStore;
  readonly orders: WorkOrderStore;
  readonly documents: Documents;
  readonly defaults: MessageConfig;
  /** For the audit. */
  readonly by: string;
  /** A line of the result. */
  say(text: string): void;
  /** A line about what was refused or not done. */
  complain(text: string): void;
}

/** What commands need of the environment of a service. */
const isWanted = (name: string) =>
  /^(AWS_|.*_TABLE$|EMAIL_FROM$|MAILCHIMP_REPLY_TO$|S3_BUCKET$|STATUS_TOPIC_ARN$)/.test(name);

/** Finds the tables: those of the environment, if it is that of a service, else those of the running local stack. */
export async function openOperation(options: Options, stack: AsyncDisposableStack): Promise<Operation> {
  const by = options.as ?? `ops ${userInfo().username}`;
  const own = processEnvironment()["WORK_ORDERS_TABLE"] ? serviceTables() : await localTables(options.data);
  const aws = stack.use(openAws(own.aws));
  const silent = { log: openLog("ops", "error"), metrics: { count() {} } };
  const complain = (text: string) => void process.stderr.write(`${text}\n`);
  complain(`On ${own.where}.`);
  return {
    say: (text) => void process.stdout.write(`${text}\n`),
    complain,
    ...{ options, by, aws, tables: own.tables, defaults: own.defaults },
    store: configStore(aws, own.tables),
    orders: workOrderStore(aws, { ...own.tables, STATUS_TOPIC_ARN: own.statusTopicArn }, silent),
    documents: documents(aws, { ...own.aws, S3_BUCKET: own.bucket }),
  };
}

function serviceTables() {
  loadEnvFile();
  const read = readConfig("manager", processEnvironment(), isWanted);
  if ("problems" in read) throw new Error(read.problems.map(({ name, text }) => `${name} ${text}`).join("\n"));
  const { config } = read;
  return {
    where: `the table ${config.CONFIG_TABLE} in ${config.AWS_REGION}`,
    aws: config,
    tables: config,
    statusTopicArn: config.STATUS_TOPIC_ARN,
    bucket: config.S3_BUCKET,
    defaults: { EMAIL_FROM: config.EMAIL_FROM, MAILCHIMP_REPLY_TO: config.MAILCHIMP_REPLY_TO },
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
  };
}

/** True if a change may be made: with --yes, or if the person at the terminal says so. Throws where no one can be asked. */
export async function isConfirmed({ options }: Operation, question: string): Promise<boolean> {
  if (options.yes) return true;
  if (!process.stdin.isTTY) throw new Error("Nothing was changed: add --yes where no one can be asked.");
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
}

/** The result for a program. */
export function sayJson({ say }: Operation, value: unknown): void {
  say(JSON.stringify(value, null, 2));
}
