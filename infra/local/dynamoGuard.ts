import type { IncomingHttpHeaders } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { foreignRequest } from "@email-agent/shared/kit/foreignRequest.ts";
import { type ListenOptions, listen } from "./listen.ts";

export interface DynamoGuard extends AsyncDisposable {
  readonly port: number;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const headLimitBytes = 16 * 1024;

/**
 * Listens in front of the embedded DynamoDB, which itself lets every web page read and write it. The head of each request
 * is judged as `foreignRequest` does and must be signed; its body, and everything that comes back, is passed on byte by
 * byte: Node's own HTTP server and client would cost more than the database takes to respond.
 */
export async function startDynamoGuard(database: Address, options: ListenOptions): Promise<DynamoGuard> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    open.add(client);
    client.once("close", () => open.delete(client));
    client.on("error", () => client.destroy());
    guard(client, database);
  });
  const port = await listen(server, options);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of open) client.destroy();
      await closed;
    },
  };
}

/** Passes the requests of one connection on, up to the first that is refused, which ends the connection. */
function guard(client: Socket, address: Address): void {
  let head: Buffer = Buffer.alloc(0);
  let bodyLeft = 0;
  let database: Socket | undefined;
  const forward = (bytes: Buffer) => {
    database ??= connectTo(address, client);
    if (!database.write(bytes)) client.pause();
  };
  const end = (refusal: string) => {
    client.off("data", take);
    database?.unpipe(client).destroy();
    // Read on, or what the client still sends would reset the connection before it has the response.
    client.resume().end(refusal);
  };
  function take(chunk: Buffer): void {
    const body = chunk.subarray(0, bodyLeft);
    bodyLeft -= body.length;
    if (body.length > 0) forward(body);
    if (body.length === chunk.length) return;
    head = Buffer.concat([head, chunk.subarray(body.length)]);
    const at = head.indexOf("\r\n\r\n");
    if (at === -1 && head.length <= headLimitBytes) return;
    const judged =
      at === -1 ? response(431, "The head of a request is too long.") : judge(head.toString("latin1", 0, at));
    if (typeof judged === "string") {
      end(judged);
      return;
    }
    const rest = head.subarray(at + 4);
    forward(head.subarray(0, at + 4));
    head = Buffer.alloc(0);
    bodyLeft = judged.bodyBytes;
    if (rest.length > 0) take(rest);
  }
  client.on("data", take);
}

function connectTo({ host, port }: Address, client: Socket): Socket {
  const database = connect({ host, port, noDelay: true });
  database.on("error", () => client.resetAndDestroy());
  database.on("drain", () => client.resume());
  database.once("close", () => client.destroySoon());
  client.once("close", () => database.destroy());
  database.pipe(client, { end: false });
  return database;
}

/** How long the body of a request with this head is, or the response that refuses it. */
function judge(head: string): { readonly bodyBytes: number } | string {
  const [first = "", ...lines] = head.split("\r\n");
  const [, method] = /^([A-Z]+) \S+ HTTP\/1\.1$/.exec(first) ?? [];
  const fields = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line));
  if (!method || fields.includes(null)) return response(400, "This is no request of HTTP/1.1.");
  const headers: IncomingHttpHeaders = {};
  for (const [, name = "", value = ""] of fields as RegExpExecArray[]) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  const reason = foreignRequest({ method, headers });
  if (reason !== undefined) return response(403, reason);
  const length = headers["content-length"] ?? "0";
  if (headers["transfer-encoding"] || !/^\d{1,9}$/.test(length)) return response(411, "Give the length of the body.");
  if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")) return { bodyBytes: Number(length) };
  // As DynamoDB: its health check is unsigned, nothing else is.
  if (method === "GET") return response(200, "healthy: dynamodb");
  const type = "com.amazon.coral.service#MissingAuthenticationTokenException";
  return response(400, JSON.stringify({ __type: type, message: "Request is missing Authentication Token" }), "json");
}

function response(status: number, text: string, kind: "text" | "json" = "text"): string {
  const type = kind === "json" ? "application/x-amz-json-1.0" : "text/plain; charset=utf-8";
  const headers = `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text) + 1}\r\nConnection: close`;
  return `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Refused"}\r\n${headers}\r\n\r\n${text}\n`;
}
