import {
  ApiGatewayManagementApiClient,
  GoneException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";

/** Posting to open WebSocket connections. */
export interface Sockets extends AsyncDisposable {
  /** Posts once. `gone` if the connection is closed (or not yet open); every other failure is thrown. */
  post(connectionId: string, data: string): Promise<"sent" | "gone">;
}

/** A gateway that does not answer within this must not hold up the other connections. */
const postSeconds = 5;

/** `wss://host/stage` → `https://host/stage`; `ws` (local) → `http`. WEBSOCKET_MANAGEMENT_URL overrides. */
export function managementUrl(config: { WEBSOCKET_API_URL: string; WEBSOCKET_MANAGEMENT_URL: string }): string {
  return config.WEBSOCKET_MANAGEMENT_URL || config.WEBSOCKET_API_URL.replace(/^ws/, "http");
}

/** The API Gateway Management API. Retries are the caller's: the SDK's own would hide what is counted. */
export function openSockets(config: {
  AWS_REGION: string;
  WEBSOCKET_API_URL: string;
  WEBSOCKET_MANAGEMENT_URL: string;
}): Sockets {
  const client = new ApiGatewayManagementApiClient({
    region: config.AWS_REGION,
    endpoint: managementUrl(config),
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: postSeconds * 1000,
      connectionTimeout: postSeconds * 1000,
      throwOnRequestTimeout: true,
    },
  });
  return {
    async post(connectionId, data) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
        return "sent";
      } catch (error) {
        if (error instanceof GoneException) return "gone";
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}
