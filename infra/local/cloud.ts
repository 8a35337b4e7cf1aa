import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import { isApiError } from "./cloud/apiError.ts";
import { type CloudState, openCloudState } from "./cloud/cloudState.ts";
import { type S3Response, s3Error, serveS3 } from "./cloud/s3Api.ts";
import { serveSecrets } from "./cloud/secretsApi.ts";
import { serveSns, snsErrorXml } from "./cloud/snsApi.ts";
import { serveSqs } from "./cloud/sqsApi.ts";
import { startGuardedServer } from "./guardedServer.ts";
import { proxyRequest } from "./proxyRequest.ts";

export interface LocalCloud extends AsyncDisposable {
  readonly url: string;
}

export interface CloudOptions {
  readonly port?: number;
  /** Queues, topics and objects live here and survive a restart. Default: a temporary folder, removed at the end. */
  readonly dataFolder?: string;
  /** Where requests for DynamoDB go, so that one endpoint serves every AWS service. */
  readonly dynamoUrl?: string;
  readonly clock?: Clock;
}

/**
 * Starts SQS, SNS, S3 and Secrets Manager in this process, behind one endpoint on 127.0.0.1. What it does not do: README.md in this folder.
 */
export async function startCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const temporary = options.dataFolder ? undefined : await mkdtemp(join(tmpdir(), "email-agent-cloud-"));
  const folder = options.dataFolder ?? (temporary as string);
  mkdirSync(join(folder, "s3"), { recursive: true });
  const state = openCloudState(options.clock ?? systemClock, options.dataFolder);
  const dynamoAgent = new Agent({ keepAlive: true });
  const server = await startGuardedServer({ ...options, keepAliveMilliseconds: 60_000 }, (request, response) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target.startsWith("DynamoDB") && options.dynamoUrl)
      proxyRequest(request, response, options.dynamoUrl, dynamoAgent);
    else serve(request, response, target, state, folder).catch((error) => response.destroy(error));
  });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      dynamoAgent.destroy();
      state.close();
      if (temporary) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Finds the service by the marks of its protocol: SQS and Secrets Manager by their target header, SNS by its form, S3 is the rest. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  state: CloudState,
  folder: string,
): Promise<void> {
  const gone = abortedWhenGone(request, response);
  const body = await buffer(request);
  const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
  const json = (answer: unknown) =>
    end(response, 200, { "content-type": "application/x-amz-json-1.0" }, JSON.stringify(answer));
  try {
    if (target.startsWith("secretsmanager.")) {
      const asked = JSON.parse(body.toString() || "{}");
      json(serveSecrets(target.slice("secretsmanager.".length), asked, join(folder, "secrets.json")));
    } else if (target) {
      const call = { state, baseUrl: url.origin, signal: gone };
      json(await serveSqs(target.replace(/^AmazonSQS\./, ""), JSON.parse(body.toString() || "{}"), call));
    } else if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
      end(response, 200, { "content-type": "text/xml" }, serveSns(new URLSearchParams(body.toString()), state));
    } else if (url.pathname === "/health") {
      end(response, 200, { "content-type": "text/plain" }, "ok\n");
    } else {
      endS3(
        response,
        serveS3({ method: request.method ?? "GET", url, headers: request.headers, body }, join(folder, "s3")),
      );
    }
  } catch (error) {
    if (!isApiError(error)) throw error;
    const { code, message, status } = error;
    const query = { "x-amzn-query-error": `${legacyCode(code)};Sender`, "content-type": "application/x-amz-json-1.0" };
    if (target) end(response, status, query, JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }));
    else if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded"))
      end(response, status, { "content-type": "text/xml" }, snsErrorXml(code, message));
    else endS3(response, s3Error(status, code, message));
  }
}

/** A signal that aborts as soon as the caller's end of the connection is closed, which is before the response is. */
function abortedWhenGone(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = () => gone.abort();
  request.socket.once("end", leave);
  response.once("close", () => {
    request.socket.off("end", leave);
    leave();
  });
  return gone.signal;
}

/** SQS names some errors twice: in the JSON protocol and, for older clients, in a header. */
function legacyCode(code: string): string {
  if (code === "QueueDoesNotExist") return "AWS.SimpleQueueService.NonExistentQueue";
  return code === "MessageNotInflight" ? "AWS.SimpleQueueService.MessageNotInflight" : code;
}

function endS3(response: ServerResponse, result: S3Response): void {
  const body = response.req.method === "HEAD" ? "" : result.body;
  end(response, result.status, result.headers, body);
}

function end(response: ServerResponse, status: number, headers: Record<string, string>, body: string | Buffer): void {
  response.writeHead(status, headers).end(body);
}
