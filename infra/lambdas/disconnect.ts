import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { type Connections, connections } from "@email-agent/shared/adapters/connections.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import { lambdaConfig } from "./lambdaConfig.ts";

/** What API Gateway (WebSocket, `$disconnect`) gives its integration. Only what is read here. */
export interface DisconnectEvent {
  readonly requestContext: {
    readonly connectionId: string;
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  };
}

export interface DisconnectPorts {
  readonly connections: Pick<Connections, "remove">;
  readonly log: Log;
}

/** Forgets a closed connection. API Gateway calls this as best effort only: the notifier prunes whatever it missed. */
export function makeDisconnect({ connections, log }: DisconnectPorts) {
  return async (event: DisconnectEvent): Promise<{ statusCode: 200 }> => {
    const { connectionId, disconnectStatusCode } = event.requestContext;
    await connections.remove(connectionId);
    log.info({ connectionId, code: disconnectStatusCode }, "disconnected");
    return { statusCode: 200 };
  };
}

let wired: ReturnType<typeof makeDisconnect> | undefined;

/** The AWS entry: wired from the environment at the first event of a container. */
export async function handler(event: DisconnectEvent): Promise<{ statusCode: 200 }> {
  wired ??= await wire();
  return wired(event);
}

async function wire() {
  const config = await lambdaConfig(["CONNECTIONS_TABLE"]);
  return makeDisconnect({
    connections: connections(openAws(config), config),
    log: openLog("disconnect", config.LOG_LEVEL),
  });
}
