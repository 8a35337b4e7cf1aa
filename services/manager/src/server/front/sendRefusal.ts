import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "../../api/failure.ts";
import { type PolicyConfig, pageKind, securityHeaders } from "../http/securityHeaders.ts";
import { notNowPage } from "../public/publicPage.ts";
import { textsAsked } from "../public/publicTexts.ts";

export interface Refusal extends Failure {
  readonly status: 400 | 405 | 413 | 414 | 429 | 503;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a refusal: as JSON to the API, as a page to readers of mails, as one sentence to all others. */
export async function sendRefusal(
  response: ServerResponse,
  path: string,
  { status, headers, ...failure }: Refusal,
  config: PolicyConfig,
): Promise<void> {
  const { req: request } = response;
  const common = { "cache-control": "no-store", ...securityHeaders(config, "api", ""), ...headers };
  const isPublic = /^\/(?:u|view)\//.test(path) && (status === 429 || status === 503);
  const page = isPublic && notNowPage("view", textsAsked(request.headers["accept-language"] ?? null));
  const body = page
    ? { type: "text/html; charset=utf-8", text: await page.text() }
    : pageKind(path) === "api"
      ? { type: "application/json", text: JSON.stringify({ error: failure }) }
      : { type: "text/plain; charset=utf-8", text: failure.message };
  const shown = page ? Object.fromEntries(page.headers) : {};
  if (status === 413) await dropRest(request);
  // An unread rest of the body would be taken for the next request.
  const close = request.complete ? {} : { connection: "close" };
  response.writeHead(status, {
    ...common,
    ...shown,
    ...headers,
    ...close,
    "content-type": body.type,
    "content-length": Buffer.byteLength(body.text),
  });
  response.end(request.method === "HEAD" ? undefined : body.text);
}

const dropMilliseconds = 2000;
const dropBytes = 16 * 1024 * 1024;

/**
 * Reads a body that is too large, for a moment: a connection that is closed with data unread is reset, and its client may
 * never see the response (RFC 9112 9.6).
 */
async function dropRest(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, dropMilliseconds);
  let bytes = 0;
  request.on("data", (part: Buffer) => {
    bytes += part.byteLength;
    if (bytes > dropBytes) resolve();
  });
  for (const end of ["end", "close", "error"]) request.once(end, () => resolve());
  await promise;
  clearTimeout(timer);
}

/** The response of `/healthz`: the process runs its event loop. */
export function sendAlive(response: ServerResponse, config: PolicyConfig): void {
  const headers = { ...securityHeaders(config, "api", ""), "content-type": "application/json" };
  response.writeHead(200, headers).end(response.req.method === "HEAD" ? undefined : '{"status":"alive"}');
}
