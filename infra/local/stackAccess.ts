import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import type { TableNames } from "../resources.ts";
import { localCredentials, useLocalCredentials } from "./localCredentials.ts";
import { openOperator } from "./operator.ts";

/** Where a running stack is to be found, for commands in other processes. */
export interface StackAccess {
  readonly tables: TableNames;
  readonly awsUrl: string;
  readonly dynamoUrl: string;
  readonly statusTopicArn: string;
  readonly webSocketUrl: string;
  readonly ticketSecret: string;
  readonly inboxUrl: string;
  readonly smtpPort: number;
  readonly managerUrl: string;
  /** Absent in containers, which reach them by other names. */
  readonly redisUrl?: string;
  readonly commandQueueUrl?: string;
  /** The organisation began empty. */
  readonly isEmpty?: boolean;
}

const fileIn = (dataFolder: string) => join(dataFolder, "stack.json");

/** Leaves word of a running stack in its data folder; disposing takes it back. */
export function announceStack(dataFolder: string, access: StackAccess): Disposable {
  writeFileSync(fileIn(dataFolder), JSON.stringify(access, null, 2), { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(fileIn(dataFolder), { force: true }) };
}

/** The stack that runs on this data folder; undefined if none does (its word may have been left behind by a kill). */
export async function findStack(dataFolder: string): Promise<StackAccess | undefined> {
  if (!existsSync(fileIn(dataFolder))) return undefined;
  const access = JSON.parse(readFileSync(fileIn(dataFolder), "utf8")) as StackAccess;
  try {
    await fetch(access.inboxUrl, { signal: AbortSignal.timeout(1000) });
    return access;
  } catch {
    // Nothing listens there any more: no stack runs.
    return undefined;
  }
}

/** How clients of AWS reach a running stack. This process takes its credentials from then on. */
export function clientConfig({ awsUrl, dynamoUrl }: StackAccess) {
  useLocalCredentials();
  return {
    AWS_REGION: localCredentials.region,
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
  };
}

/** Clients on a running stack, and an operator connected to it. */
export async function enterStack(access: StackAccess, stack: AsyncDisposableStack) {
  const aws = stack.use(openAws(clientConfig(access)));
  const orders = workOrderStore(
    aws,
    { ...access.tables, STATUS_TOPIC_ARN: access.statusTopicArn },
    { log: openLog("local", "error"), metrics: { count() {} } },
  );
  const operator = stack.use(
    await openOperator({
      orders,
      webSocketUrl: access.webSocketUrl,
      ticketSecret: access.ticketSecret,
    }),
  );
  return { aws, orders, operator };
}
