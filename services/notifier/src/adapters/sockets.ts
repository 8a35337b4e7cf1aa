import { createHash } from "node:crypto";
import { addAbortSignal, type Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { Clock } from "@email-agent/shared/kit/clock.ts";

/** Posts to open WebSocket connections, and closes them. */
export interface Sockets extends AsyncDisposable {
  /**
   * Posts once. `gone` if the connection is closed (or not yet open), `throttled` if API Gateway responds 429: too many
   * requests of the account, or a browser that does not read. Every other failure is thrown.
   */
  post(connectionId: string, message: OutgoingMessage): Promise<PostResult>;
  /** Disconnects a browser; one that is gone already is fine. Every other failure is thrown. */
  close(connectionId: string): Promise<void>;
}

export type PostResult = "sent" | "gone" | "throttled";

/** A text with what signing and sending it need, computed once for all its connections. */
export interface OutgoingMessage {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A gateway that does not respond within this must not delay the other connections. */
const postMilliseconds = 5000;
// SigV4 requests expire after five minutes; a host's clock is corrected well before.
const skewMilliseconds = 60_000;
const errorCharacters = 500;

/** `wss://host/stage` → `https://host/stage`; `ws` (local) → `http`. WEBSOCKET_MANAGEMENT_URL overrides. */
export function managementUrl(config: { WEBSOCKET_API_URL: string; WEBSOCKET_MANAGEMENT_URL: string }): string {
  return config.WEBSOCKET_MANAGEMENT_URL || config.WEBSOCKET_API_URL.replace(/^ws/, "http");
}

export function outgoingMessage(text: string): OutgoingMessage {
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(Buffer.byteLength(text)),
    "x-amz-content-sha256": createHash("sha256").update(text).digest("hex"),
  };
  return { text, headers };
}

/**
 * `POST @connections` of the API Gateway Management API, signed and sent by the parts of the SDK's client: its credentials
 * (refreshed before they expire), its SigV4 signer (the signing key of a day is cached) and its HTTP handler (deadlines,
 * connections kept alive). `client.send` would pass each post through its middleware and schema as well, which costs three
 * times as much CPU as signing and sending together. Retries are the caller's.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function openSockets(
  config: { AWS_REGION: string; WEBSOCKET_API_URL: string; WEBSOCKET_MANAGEMENT_URL: string },
  { clock, atOnce }: { readonly clock: Pick<Clock, "now">; readonly atOnce: number },
): Sockets {
  const { protocol, hostname, port, host, pathname, href } = new URL(managementUrl(config));
  const agent = { keepAlive: true, maxSockets: atOnce };
  const client = new ApiGatewayManagementApiClient({
    region: config.AWS_REGION,
    endpoint: href,
    requestHandler: {
      requestTimeout: postMilliseconds,
      connectionTimeout: postMilliseconds,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  const { requestHandler } = client.config;
  const signer = client.config.signer();
  const address = { protocol, hostname, ...(port !== "" && { port: Number(port) }) };
  const path = `${pathname.replace(/\/$/, "")}/@connections/`;
  let skew = 0;

  /** A request that was refused for clock skew is retried with the gateway's time. */
  function correctClock(date: string | undefined): void {
    const difference = Date.parse(date ?? "") - clock.now();
    if (Math.abs(difference - skew) > skewMilliseconds) skew = difference;
  }

  return {
    async post(connectionId, { text, headers }) {
      const request = {
        ...address,
        method: "POST",
        path: path + encodeURIComponent(connectionId),
        query: {},
        headers: { ...headers, host },
        body: text,
      };
      const signed = await (await signer).sign(request, { signingDate: new Date(clock.now() + skew) });
      const { response } = await requestHandler.handle(signed as Parameters<typeof requestHandler.handle>[0]);
      const { statusCode } = response;
      const body = response.body as Readable;
      // Always read to its end: only then the connection is free for the next post.
      if (statusCode >= 200 && statusCode < 300) return discard(body, "sent");
      if (statusCode === 410) return discard(body, "gone");
      if (statusCode === 429) return discard(body, "throttled");
      if (statusCode === 403) correctClock(response.headers["date"]);
      const type = response.headers["x-amzn-errortype"] ?? "";
      const said = await readText(addAbortSignal(AbortSignal.timeout(postMilliseconds), body));
      throw new Error(`API Gateway refused a post: ${statusCode} ${type} ${said.slice(0, errorCharacters)}`);
    },
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

function discard<Result>(body: Readable, result: Result): Result {
  // The status has been received; a later error changes nothing, and the connection is not used again.
  body.on("error", () => {}).resume();
  return result;
}
