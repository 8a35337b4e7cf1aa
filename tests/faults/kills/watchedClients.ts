import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import type { Redis } from "ioredis";
import { openSockets } from "../../../services/notifier/src/adapters/sockets.ts";
import type { NotifierClients } from "../../../services/notifier/src/openNotifier.ts";
import type { FaultWatch } from "./faultPoints.ts";

/** The clients of production; every call of theirs passes `watch` before it goes out and when its response is there. */
export function watchedClients(watch: FaultWatch): OpenClients & NotifierClients {
  return {
    openAws: (...given) => watchAws(openClients.openAws(...given), watch),
    openRedis: async (...given) => watchRedis(await openClients.openRedis(...given), watch),
    openBlockingRedis: (...given) => watchRedis(openClients.openBlockingRedis(...given), watch),
    openSockets(...given) {
      const sockets = openSockets(...given);
      const passing = async <Result>(call: string, made: () => Promise<Result>): Promise<Result> => {
        watch.before(call);
        const result = await made();
        watch.after(call);
        return result;
      };
      return {
        ...sockets,
        post: (...post) => passing("WebSocket post", () => sockets.post(...post)),
        close: (id) => passing("WebSocket close", () => sockets.close(id)),
      };
    },
  };
}

interface Stack {
  add(
    middleware: (
      next: (args: { readonly input: unknown }) => Promise<never>,
      context: { commandName?: string },
    ) => (args: { readonly input: unknown }) => Promise<never>,
    options: { step: "initialize"; name: string; priority: "low" },
  ): void;
}

function watchAws(aws: Aws, watch: FaultWatch): Aws {
  const clients = { DynamoDB: aws.dynamo, SQS: aws.sqs, SNS: aws.sns, S3: aws.s3 };
  for (const [name, { middlewareStack }] of Object.entries(clients))
    (middlewareStack as unknown as Stack).add(
      (next, { commandName = "" }) =>
        async (args) => {
          const call = `${name} ${commandName.replace(/Command$/, "")} ${subjectOf(args.input)}`;
          watch.before(call);
          const result = await next(args);
          watch.after(call);
          return result;
        },
      { step: "initialize", name: "faultPoint", priority: "low" },
    );
  return aws;
}

/** The table, queue, topic or bucket of a request. */
function subjectOf(input: unknown): string {
  const [, name = "", index] = /t[0-9a-f]{8}-([A-Za-z-]+)(?:.*?"IndexName":"(\w+)")?/.exec(JSON.stringify(input)) ?? [];
  return index === undefined ? name : `${name} ${index}`;
}

type OpenRedis = Redis & AsyncDisposable;

/** Also of its duplicates, which BullMQ makes for its workers. */
function watchRedis<Client extends Redis | OpenRedis>(redis: Client, watch: FaultWatch): Client {
  const send = redis.sendCommand.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  return Object.assign(redis, {
    sendCommand(...[command, ...rest]: Parameters<Redis["sendCommand"]>) {
      const call = `Redis ${redisName(redis, command)}`;
      watch.before(call);
      const sent = send(command, ...rest);
      command.promise.then(
        () => watch.after(call),
        () => {},
      );
      return sent;
    },
    duplicate: (...given: Parameters<Redis["duplicate"]>) => watchRedis(duplicate(...given), watch),
  });
}

/** A Lua script has the name of its method, without BullMQ's version, or the beginning of its hash. */
function redisName(redis: Redis, { name, args }: Parameters<Redis["sendCommand"]>[0]): string {
  if (name !== "evalsha") return name;
  const scripts = Object.entries((redis as unknown as { scriptsSet: Record<string, { sha: string }> }).scriptsSet);
  const [script = `script ${String(args[0]).slice(0, 7)}`] = scripts.find(([, { sha }]) => sha === args[0]) ?? [];
  return script.replace(/:.*/, "");
}
