import { once } from "node:events";
import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { listen } from "../../../infra/local/listen.ts";
import { seededRandom } from "../seededRandom.ts";

/** A request as a fault sees it. */
export interface FaultRequest {
  /** Of DynamoDB, SQS and Secrets Manager, from `x-amz-target`; of SNS, from its form: `UpdateItem`, `Publish`. */
  readonly operation: string;
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The connection breaks in the middle of the body. */
  readonly isCut?: boolean;
}

/** Decides what the client gets; `pass` sends the request on, with another body if one is given. */
export type Fault = (request: FaultRequest, pass: (body?: string) => Promise<Reply>) => Promise<Reply | "cut">;

/** Chooses the fault of a request; undefined passes it on unchanged. */
export type FaultScript = (request: FaultRequest) => Fault | undefined;

export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Undefined: every request is passed on. */
  script: FaultScript | undefined;
  /** How many requests met a fault. */
  readonly faults: number;
  /** When the last one did (`performance.now()`). */
  readonly lastFaultAt: number;
}

/** A proxy on loopback before an HTTP server of the stack, with faults in the middle of the protocol. */
export async function faultProxy(upstream: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const state = { script: undefined as FaultScript | undefined, faults: 0, lastFaultAt: performance.now() };
  const server = createServer(async (incoming, response) => {
    try {
      const { method = "GET", url: path = "/", headers } = incoming;
      const body = await buffer(incoming);
      const pass = (other?: string) =>
        exchange(new URL(path, upstream), {
          method,
          headers,
          agent,
          body: other === undefined ? body : Buffer.from(other),
        });
      const request: FaultRequest = { body, operation: operationOf(headers, body) };
      const fault = state.script?.(request);
      if (fault) {
        state.faults += 1;
        state.lastFaultAt = performance.now();
      }
      const reply = fault ? await fault(request, pass) : await pass();
      if (fault) state.lastFaultAt = performance.now();
      if (reply === "cut") return void response.destroy();
      response.writeHead(reply.status, { ...reply.headers, "content-length": reply.body.length });
      if (!reply.isCut) return void response.end(reply.body);
      response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)), () => response.destroy());
    } catch {
      response.destroy();
    }
  });
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Exchange {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly agent: Agent;
}

async function exchange(to: URL, { method, headers, body, agent }: Exchange): Promise<Reply> {
  const { "transfer-encoding": _chunked, ...rest } = headers;
  const request = httpRequest(to, { method, agent, headers: { ...rest, "content-length": body.length } });
  request.end(body);
  const [response] = await once(request, "response");
  const { "transfer-encoding": _, ...received } = response.headers as IncomingHttpHeaders;
  return { status: response.statusCode, headers: received, body: await buffer(response) };
}

function operationOf(headers: IncomingHttpHeaders, body: Buffer): string {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.slice(target.lastIndexOf(".") + 1);
  if (!headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return "";
  return new URLSearchParams(body.toString()).get("Action") ?? "";
}

/** The server never sees the request. */
export const requestLost: Fault = async () => "cut";

/** The server does what was asked, and its response is lost on the way. */
export const responseLost: Fault = async (_request, pass) => {
  await pass();
  return "cut";
};

/** The response breaks off in its middle. */
export const responseCut: Fault = async (_request, pass) => ({ ...(await pass()), isCut: true });

/** The server is that slow. */
export function late(milliseconds: number): Fault {
  return async (_request, pass) => {
    await pause(milliseconds);
    return pass();
  };
}

/** The server refuses without an effect. */
export function replyWith(status: number, body: string, contentType = "application/x-amz-json-1.0"): Fault {
  return async () => ({ status, headers: { "content-type": contentType }, body: Buffer.from(body) });
}

/** What meets a fault only so many times. */
export function times(count: number, script: FaultScript): FaultScript {
  let left = count;
  return (request) => {
    const fault = left > 0 ? script(request) : undefined;
    if (fault) left -= 1;
    return fault;
  };
}

/** A share of what the script chooses, in the order of requests: the same seed chooses the same places. */
export function share(part: number, seed: number, script: FaultScript): FaultScript {
  const random = seededRandom(seed);
  return (request) => (random.fraction() < part ? script(request) : undefined);
}
