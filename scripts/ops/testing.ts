import { execFile } from "node:child_process";
import { join } from "node:path";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import type { TestStack } from "../../infra/local/testStack.ts";
import type { Operation } from "./operation.ts";

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as an operator does, by the environment of a service or with --data. */
export function ops(args: readonly string[], environment: object = {}, script = "ops.ts"): Promise<Outcome> {
  return new Promise((done) => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      TZ: "UTC",
      ...environment,
    };
    const program = join(import.meta.dirname, "..", script);
    const most = { env, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [program, ...args], most, (error, out, err) =>
      done({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}

/** What a command works with on a stack, and what it has said. */
export function testOperation<Extra extends object>(
  { aws, config }: Pick<TestStack, "aws" | "config">,
  options: Partial<Operation["options"]> & Extra,
): Operation<Extra> & { readonly said: string[] } {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const log = openLog("test", "error");
  const metrics = { count() {} };
  return {
    ...{ said, aws, log, metrics, tables: config, say, complain: say, by: "olga" },
    defaults: { EMAIL_FROM: "a@example.org", MAILCHIMP_REPLY_TO: "" },
    options: { data: ".data", ...options },
    places: { redisUrl: config.REDIS_URL || undefined, commandQueueUrl: config.SQS_QUEUE_URL || undefined },
    signal: new AbortController().signal,
    store: configStore(aws, config),
    documents: documents(aws, config),
    orders: workOrderStore(aws, config, { log, metrics }),
  };
}
