import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { managementUrl } from "./sockets.ts";

/** Closes open WebSocket connections. */
export interface ConnectionCloser extends AsyncDisposable {
  /** The browser is disconnected; one that is gone already is fine. Every other failure is thrown. */
  close(connectionId: string): Promise<void>;
}

const requestTimeoutMilliseconds = 5000;

export function connectionCloser(
  config: Parameters<typeof managementUrl>[0] & { AWS_REGION: string },
): ConnectionCloser {
  const client = new ApiGatewayManagementApiClient({
    region: config.AWS_REGION,
    endpoint: managementUrl(config),
    requestHandler: {
      requestTimeout: requestTimeoutMilliseconds,
      connectionTimeout: requestTimeoutMilliseconds,
      throwOnRequestTimeout: true,
    },
  });
  return {
    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
      } catch (error) {
        if (!(error instanceof GoneException)) throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}
