import { fileURLToPath } from "node:url";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { connectionLifeSeconds } from "@email-agent/shared/domain/connection.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { localCredentials } from "../../../infra/local/localCredentials.ts";
import { type ServiceProcess, startServiceProcess } from "../../../infra/local/serviceProcess.ts";
import type { TestStack } from "../../../infra/local/testStack.ts";

/** A notifier in a process of its own that posts to `webSocketUrl`. Resolves when it is ready; `onRestart` is called later. */
export async function startNotifierProcess(
  { config }: TestStack,
  webSocketUrl: string,
  onRestart: (text: string) => void = () => {},
): Promise<ServiceProcess> {
  const ready = Promise.withResolvers<void>();
  const service = startServiceProcess({
    name: "notifier",
    entry: fileURLToPath(new URL("../src/main.ts", import.meta.url)),
    environment: {
      ...Object.fromEntries(Object.entries(config).filter(([, value]) => value !== "")),
      WEBSOCKET_API_URL: webSocketUrl,
      HEALTH_PORT: "0",
      AWS_ACCESS_KEY_ID: localCredentials.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.credentials.secretAccessKey,
    },
    onLine: (_, line) => line.includes('"ready"') && ready.resolve(),
    onNews(text) {
      ready.reject(new Error(text));
      onRestart(text);
    },
  });
  await ready.promise;
  return service;
}

/** Writes a user and `count` connections to the tables, as if as many browsers had opened one a minute ago. */
export async function putConnections({ aws, config }: TestStack, count: number, prefix = "connection-"): Promise<void> {
  const rights = { role: "read" as const, eventAccess: ["*"] };
  const user = { pk: "user", sk: "anna", name: "Anna", ...rights };
  await aws.dynamo.send(new PutCommand({ TableName: config.CONFIG_TABLE, Item: user }));
  const store = connections(aws, config);
  const connectedAt = instant(Date.now() - 60_000);
  const expiresAt = Math.floor(Date.now() / 1000) + connectionLifeSeconds;
  const connection = { userId: "anna", ...rights, connectedAt, expiresAt };
  const ids = Array.from({ length: count }, (_, n) => `${prefix}${n}=`);
  for (let from = 0; from < ids.length; from += 50)
    await Promise.all(ids.slice(from, from + 50).map((connectionId) => store.put({ ...connection, connectionId })));
}
