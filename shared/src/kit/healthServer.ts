import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { foreignRequest } from "./foreignRequest.ts";

export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

const checkMilliseconds = 2000;
const readingMethods = ["GET", "HEAD"];

/**
 * `/healthz`: 200 while the process runs its event loop. `/readyz`: 200 when every dependency responds within 2 s, else
 * 503 naming those that do not. On loopback: health commands run beside the process. Requests of web pages are refused.
 */
export async function startHealthServer(
  port: number,
  checks: ReadonlyMap<string, () => Promise<unknown>>,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const respond = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(request.method === "HEAD" ? undefined : `${JSON.stringify(body)}\n`);
    };
    const reason = foreignRequest(request);
    const path = request.url?.split("?", 1)[0];
    if (reason !== undefined) respond(403, { error: reason });
    else if (!readingMethods.includes(request.method ?? "")) {
      response.setHeader("allow", readingMethods.join(", "));
      respond(405, { error: `${request.method} is not possible here. Possible: ${readingMethods.join(", ")}.` });
    } else if (path === "/healthz") respond(200, { alive: true });
    else if (path === "/readyz") {
      const notReady = await failingChecks(checks);
      respond(notReady.length === 0 ? 200 : 503, { ready: notReady.length === 0, notReady });
    } else respond(404, { error: "There is /healthz and /readyz." });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function failingChecks(
  checks: ReadonlyMap<string, () => Promise<unknown>>,
): Promise<{ name: string; why: string }[]> {
  const failures = await Promise.all(
    [...checks].map(async ([name, isReady]) => {
      try {
        await Promise.race([isReady(), lateAfter(checkMilliseconds)]);
        return undefined;
      } catch (error) {
        return { name, why: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  return failures.filter((failure) => failure !== undefined);
}

function lateAfter(milliseconds: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no response in ${milliseconds / 1000} s`)), milliseconds).unref();
  });
}
